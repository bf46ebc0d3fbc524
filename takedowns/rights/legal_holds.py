"""Placing legal holds and releasing them. While one stands, no retention rule takes what it covers.

What it covers is said once, in ``sql/takedowns_under_legal_hold.sql``; each class of data asks it (``Kept.held``).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as, asked_by
from takedowns.access.roles import Role
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import agencies_with_a_role
from takedowns.referrals.reference import parse_reference
from takedowns.rights.models import LegalHold


class LegalHoldError(ValueError):
    """Nothing was placed or released; the message says why."""


@dataclass(frozen=True, slots=True)
class Covered:
    """What a legal hold is to cover: one referral, or a whole operation."""

    operation: Operation
    referral: Referral | None = None


def may_place(actor: Actor) -> bool:
    """Tell whether somebody places legal holds on anything: administrators, coordinators. No statement."""
    return actor.has_role(Role.ADMINISTRATOR) or bool(agencies_with_a_role(actor, {Role.COORDINATOR}))


def operations_to_hold(actor: Actor) -> QuerySet[Operation]:
    """Return the operations that somebody places and releases legal holds on: coordinators theirs, administrators all."""
    if actor.is_system or actor.has_role(Role.ADMINISTRATOR):
        return Operation.objects.all()
    return Operation.objects.coordinated_by(actor)


def named(text: str, *, by: Actor) -> Covered:
    """Return what a reference as typed names: of an operation, or of a referral. Two statements at most.

    Raises:
        LegalHoldError: none that the actor may place a legal hold on.
    """
    covered = named_of(text, operations_to_hold(by))
    if covered is None:
        raise LegalHoldError(
            _(
                "There is no operation or referral of that reference that you may place a legal hold on. Type it as it stands on its page, such as RAD19 or RAD19-7F3K-22QX5."
            )
        )
    return covered


def named_of(text: str, operations: QuerySet[Operation]) -> Covered | None:
    """Return what a reference as typed names among operations and their referrals; None where it names none. Two statements at most."""
    text = text.strip()
    operation = operations.filter(reference=text.upper()).first()
    if operation is not None:
        return Covered(operation)
    parsed = parse_reference(text)
    if parsed is not None:
        reference, id_ends = parsed
        ending = RawSQL("SELECT id FROM takedowns_ending_in(%s)", [[id_ends]])
        found = Referral.objects.select_related("operation").filter(
            pk__in=ending, operation__reference=reference, operation__in=operations
        )
        if (referral := found.first()) is not None:
            return Covered(referral.operation, referral)
    return None


def place(covered: Covered, reason: str, *, by: Actor) -> LegalHold:
    """Place a legal hold.

    Raises:
        LegalHoldError: no reason, or neither coordinator of the operation nor administrator.
    """
    if not reason.strip():
        raise LegalHoldError(_("Say who needs it kept, and for which proceedings."))
    with asked_by(by):
        may = operations_to_hold(by).filter(pk=covered.operation.pk).exists()
    if not may:
        raise LegalHoldError(_("Legal holds are placed by coordinators of the operation and administrators."))
    with acting_as(SYSTEM):
        return LegalHold.objects.create(
            operation=covered.operation,
            referral=covered.referral,
            reason=reason.strip(),
            placed_by_id=by.user_id,
        )


def release(hold_id: UUID, reason: str, *, by: Actor) -> None:
    """Release a legal hold; from then on the rules take what they would have taken.

    Raises:
        LegalHoldError: there is none that stands and is the actor's to release, or no reason.
    """
    if not reason.strip():
        raise LegalHoldError(_("Say why it need not be kept any more."))
    with asked_by(by):
        operations = list(operations_to_hold(by).values_list("pk", flat=True))
    with acting_as(SYSTEM):
        released = LegalHold.objects.filter(pk=hold_id, released_at=None, operation__in=operations).update(
            released_at=timezone.now(), released_by_id=by.user_id, release_reason=reason.strip()
        )
    if not released:
        raise LegalHoldError(_("It is released already, or not yours to release."))


def shown(actor: Actor, most: int) -> list[LegalHold]:
    """Return the legal holds that somebody sees, those that stand first, then the latest. One statement."""
    found = LegalHold.objects.visible_to(actor).select_related("operation", "placed_by", "released_by")
    return list(found.order_by(F("released_at").desc(nulls_first=True), "-placed_at", "-pk")[:most])
