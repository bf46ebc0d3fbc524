"""Who may say what every order says: the issuing authority of an agency, the addressee of a platform."""

from __future__ import annotations

from takedowns.directory.asking import Asker
from takedowns.directory.models import Role
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import MAY_CORRECT, coordinates


def may_name_parties(asker: Asker, operation: Operation) -> bool:
    """Tell whether the asker enters authorities and addressees: administrators, and the operation's coordinators.

    An agency does not make itself a competent authority. One statement at most.
    """
    return asker.has_role(Role.ADMINISTRATOR) or coordinates(asker, operation)


def may_write(asker: Asker, referral: Referral) -> bool:
    """Tell whether the asker writes the order of a referral, as far as roles go. One statement at most."""
    own = asker.roles.get(referral.agency_id, frozenset())
    return bool(own & MAY_CORRECT) or coordinates(asker, referral.operation)
