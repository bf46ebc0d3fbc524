"""Who may do case work: the agencies somebody reviews or holds for, the operations somebody coordinates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from takedowns.access.actor import Actor, asked_by
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.vocabulary import Instrument

#: Who may place and release holds for their agency.
MAY_HOLD: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})
#: Who may correct the facts of a referral: its agency's people, and the operation's coordinator.
MAY_CORRECT: Final = frozenset({Role.OFFICER, Role.REVIEWER, Role.COORDINATOR})

#: SQL of who wrote the text of the order that ``referral`` asks for; NULL of what is none, or not written yet.
ORDER_WRITER: Final = f"CASE WHEN referral.instrument = '{Instrument.REMOVAL_ORDER}' THEN takedowns_order_writer(referral.id) END"
#: :func:`is_ones_own` in SQL, the other way round: of ``referral`` and ``%(actor)s``, who may be nobody.
NOT_ONES_OWN: Final = (
    f"coalesce(%(actor)s NOT IN (referral.submitted_by_id, referral.changed_by_id, {ORDER_WRITER}), true)"
)


def is_ones_own(
    user_id: UUID | None, submitted_by_id: UUID | None, changed_by_id: UUID | None, writer_id: UUID | None
) -> bool:
    """Tell whether four eyes refuse somebody: who submitted a referral, changed it after an approval or wrote its order decides not on it."""
    return user_id is not None and user_id in (submitted_by_id, changed_by_id, writer_id)


def agencies_with_a_role(actor: Actor, roles: Collection[str]) -> list[UUID]:
    """Return the agencies at which the actor holds one of ``roles``, in a stable order. No statement."""
    return actor.agencies_as(roles)


def reviews_for(actor: Actor) -> list[UUID]:
    """Return the agencies whose referrals the actor may approve and reject."""
    return agencies_with_a_role(actor, TRANSITIONS["approve"].roles)


def holds_for(actor: Actor) -> list[Agency]:
    """Return the agencies for which the actor may place holds. One statement."""
    return list(Agency.objects.filter(pk__in=agencies_with_a_role(actor, MAY_HOLD)))


def may_correct(actor: Actor, referral: Referral) -> bool:
    """Tell whether the actor corrects the facts of a referral. One statement at most."""
    own = actor.roles.get(referral.agency_id, frozenset())
    return bool(own & MAY_CORRECT) or coordinates(actor, referral.operation)


def coordinates(actor: Actor, operation: Operation) -> bool:
    """Tell whether the actor is coordinator at an agency that takes part in the operation. One statement."""
    coordinating = agencies_with_a_role(actor, {Role.COORDINATOR})
    if not coordinating:
        return False
    with asked_by(actor):
        return operation.agencies.filter(pk__in=coordinating).exists()


def sees_legal_holds(actor: Actor) -> bool:
    """Tell whether somebody is shown legal holds at all: auditors, administrators, coordinators. No statement."""
    return actor.sees_everything or bool(agencies_with_a_role(actor, {Role.COORDINATOR}))


def may_inform(actor: Actor, referral: Referral) -> bool:
    """Tell whether the actor may answer what a platform asked, as far as roles go. One statement at most."""
    roles = TRANSITIONS["provide_information"].roles
    own = any(actor.has_role(role, referral.agency_id) for role in roles)
    return own or coordinates(actor, referral.operation)
