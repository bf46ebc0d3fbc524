"""Who may do case work: the agencies somebody reviews or holds for, the operations somebody coordinates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from takedowns.directory.asking import Asker
from takedowns.directory.models import Agency, Role
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Operation, Referral

#: Who may place and release holds for their agency.
MAY_HOLD: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})
#: Who may correct the facts of a referral: its agency's people, and the operation's coordinator.
MAY_CORRECT: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})


def agencies_with_a_role(asker: Asker, roles: Collection[str]) -> list[UUID]:
    """Return the agencies at which the asker holds one of ``roles``, in a stable order. No statement."""
    return sorted(agency for agency, held in asker.roles.items() if held & frozenset(roles))


def reviews_for(asker: Asker) -> list[UUID]:
    """Return the agencies whose referrals the asker may approve and reject."""
    return agencies_with_a_role(asker, TRANSITIONS["approve"].roles)


def holds_for(asker: Asker) -> list[Agency]:
    """Return the agencies for which the asker may place holds. One statement."""
    return list(Agency.objects.filter(pk__in=agencies_with_a_role(asker, MAY_HOLD)))


def may_correct(asker: Asker, referral: Referral) -> bool:
    """Tell whether the asker corrects the facts of a referral. One statement at most."""
    own = asker.roles.get(referral.agency_id, frozenset())
    return bool(own & MAY_CORRECT) or coordinates(asker, referral.operation)


def coordinates(asker: Asker, operation: Operation) -> bool:
    """Tell whether the asker is coordinator at an agency that takes part in the operation. One statement."""
    coordinating = agencies_with_a_role(asker, {Role.COORDINATOR})
    return bool(coordinating) and operation.agencies.filter(pk__in=coordinating).exists()


def may_inform(asker: Asker, referral: Referral) -> bool:
    """Tell whether the asker may answer what a platform asked, as far as roles go. One statement at most."""
    roles = TRANSITIONS["provide_information"].roles
    own = any(asker.has_role(role, referral.agency_id) for role in roles)
    return own or coordinates(asker, referral.operation)
