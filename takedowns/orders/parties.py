"""Who may say what every order says: the issuing authority of an agency, the addressee of a platform."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import MAY_CORRECT, coordinates
from takedowns.referrals.vocabulary import Status

#: Who at its agency may still change an order that a second person has approved.
AFTER_APPROVAL: Final = frozenset({Role.REVIEWER, Role.COORDINATOR})


def may_name_parties(actor: Actor, operation: Operation) -> bool:
    """Tell whether the actor enters authorities and addressees: administrators, and the operation's coordinators.

    An agency does not make itself a competent authority. One statement at most.
    """
    return actor.has_role(Role.ADMINISTRATOR) or coordinates(actor, operation)


def may_write(actor: Actor, referral: Referral, *, written: bool) -> bool:
    """Tell whether the actor writes the order of a referral, as far as roles go. One statement at most.

    Args:
        written: whether it has a text already; once that is approved, an officer no longer changes it.
    """
    roles = AFTER_APPROVAL if written and referral.status == Status.APPROVED else MAY_CORRECT
    own = actor.roles.get(referral.agency_id, frozenset())
    return bool(own & roles) or coordinates(actor, referral.operation)


def may_record_notice(actor: Actor, operation: Operation, agency_id: UUID) -> bool:
    """Tell whether the actor records the notice of an agency: its own people, and the operation's coordinators.

    One statement at most.
    """
    return bool(actor.roles.get(agency_id, frozenset()) & MAY_CORRECT) or coordinates(actor, operation)
