"""Lifting others' holds on a referral: two coordinators of its operation, with a reason, recorded and told to the holder."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.holds.models import Hold, Override
from takedowns.holds.services import HoldError, is_on_hold
from takedowns.referrals.locks import lock_items
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.vocabulary import Status


def asked_for(referral: Referral) -> Override | None:
    """Return what a coordinator asked for and another may agree to. One statement."""
    return Override.objects.filter(referral=referral, agreed_at=None).select_related("asked_by").first()


def asked_in(operation: Operation) -> set[UUID]:
    """Return the referrals of an operation on which somebody asked to lift the holds. One statement."""
    asked = Override.objects.filter(referral__operation=operation, agreed_at=None)
    return set(asked.values_list("referral_id", flat=True))


def ask(referral: Referral, reason: str, *, by: Actor) -> Override:
    """Ask that the holds on an approved referral be lifted; nothing is lifted until another coordinator agrees.

    Raises:
        HoldError: no coordinator of the operation, no reason, nothing that a hold keeps back, or asked for already.
    """
    _require(referral, by)
    assert by.user_id is not None  # noqa: S101 - a coordinator is a person
    if not reason.strip():
        raise HoldError(_("Say why it cannot wait; the agency whose hold it is reads it."))
    with acting_as(SYSTEM):
        lock_items([referral.item_id])
        if asked_for(referral) is not None:
            raise HoldError(_("Another coordinator has asked for it already. Read why, and agree if you do."))
        return Override.objects.create(
            referral=referral, reason=reason.strip(), asked_by_id=by.user_id, asked_at=timezone.now()
        )


def agree(referral: Referral, *, by: Actor) -> int:
    """Lift the holds on a referral that stood when it was asked for, as the second of two coordinators.

    One that was placed since stands: nobody of the two asked what it is about. It is asked for anew.

    Returns:
        How many were lifted. Whose they were is told to nobody but their agencies.

    Raises:
        HoldError: no coordinator, one who asked for it, or nothing was asked for.
    """
    _require(referral, by)
    now = timezone.now()
    with acting_as(SYSTEM):
        lock_items([referral.item_id])
        asked = (
            Override.objects.select_for_update(of=("self",)).filter(referral=referral, agreed_at=None).first()
        )
        if asked is None:
            raise HoldError(_("Nobody has asked to lift the holds on it."))
        if asked.asked_by_id == by.user_id:
            raise HoldError(_("You asked for it yourself; another coordinator must agree."))
        asked.agreed_by_id, asked.agreed_at = by.user_id, now
        asked.save(update_fields=["agreed_by", "agreed_at"])
        standing = Hold.objects.active().covering(referral.item).filter(placed_at__lte=asked.asked_at)
        return Hold.objects.filter(pk__in=list(standing.values_list("pk", flat=True))).update(
            released_at=now, released_by_id=by.user_id, override=asked
        )


def _require(referral: Referral, by: Actor) -> None:
    if not coordinates(by, referral.operation):
        raise HoldError(_("Holds of others are lifted by two coordinators of the operation."))
    if referral.status != Status.APPROVED or not is_on_hold(referral.item_id):
        raise HoldError(_("No hold keeps it back: it is not approved, or the hold has ended."))
