"""Writing removal orders: what an officer in a hurry fills in, for one referral or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models.functions import Now
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.orders.judgement import Standing, Why, lock, sort_out
from takedowns.orders.models import RemovalOrder
from takedowns.orders.parties import AFTER_APPROVAL
from takedowns.orders.vocabulary import NON_DISCLOSURE, Material
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.models import Event
from takedowns.referrals.permissions import MAY_CORRECT
from takedowns.referrals.transitions import Applied, Refused, reopen
from takedowns.referrals.vocabulary import EventKind, Status

#: Until when an order may still be written.
_BEFORE_ISSUE: Final = (Status.SUBMITTED, Status.APPROVED)


@dataclass(frozen=True, slots=True)
class OrderText:
    """What somebody writes for an order; all else comes from its authority, its addressee and its referral.

    Attributes:
        not_told_until: at most six weeks ahead (Art. 11(3)); needed where the content provider is not told.
    """

    material: tuple[str, ...]
    reasons: str
    further_information: str = ""
    file_number: str = ""
    officer: str = ""
    content_provider_told: bool = True
    not_told_reason: str = ""
    not_told_until: datetime | None = None
    emergency: bool = False
    emergency_reason: str = ""


def write_orders(
    referral_ids: Iterable[UUID], text: OrderText, *, by: Actor, at: datetime | None = None
) -> Applied:
    """Write the same text for the orders of a set of referrals, or write it anew while they are not issued.

    What was approved goes back to review: an order is approved on its text.

    Returns:
        Ids written, and those refused: ``not_found``, ``not_an_order``, ``not_allowed``, ``not_your_role``, and for all
        of them ``missing_fact`` or ``unknown_value`` where the text itself cannot stand.
    """
    at = at or timezone.now()
    ids = list(dict.fromkeys(referral_ids))
    if problem := _problem(text, at):
        code, message, fact = problem
        return Applied([], [Refused(one, code, message, fact=fact) for one in ids])
    with acting_as(SYSTEM):
        found = lock(ids, by)
        written, refused = sort_out(ids, found, lambda one: _why_not_written(one, by))
        facts = {
            **asdict(text),
            "material": list(text.material),
            "written_by_id": by.user_id,
            "written_at": at,
        }
        RemovalOrder.objects.bulk_create(
            [
                RemovalOrder(
                    referral_id=one.referral_id, item_id=one.item_id, agency_id=one.agency_id, **facts
                )
                for one in written
            ],
            update_conflicts=True,
            unique_fields=["referral"],
            update_fields=list(facts),
        )
        Event.objects.bulk_create(
            [
                Event(
                    item_id=one.item_id,
                    referral_id=one.referral_id,
                    at=at,
                    recorded_at=Now(),
                    kind=EventKind.WRITE_ORDER,
                    actor_id=by.user_id,
                    agency_id=one.agency_id,
                    details={"again": one.has_order},
                )
                for one in written
            ]
        )
        # A second person approves the text that goes out, not the intention to write one.
        approved = [one.referral_id for one in written if one.status == Status.APPROVED]
        reopen(approved, by=by, at=at, because="order_written")
    return Applied([one.referral_id for one in written], refused)


def lock_to_write(referral_id: UUID) -> None:
    """Let nobody else write or decide the order of a referral until the transaction ends. A statement."""
    with acting_as(SYSTEM):
        lock_items_of([referral_id])


def _problem(text: OrderText, at: datetime) -> tuple[str, str, str] | None:
    """Return why a text cannot stand, as code, sentence and the fact that it is about; None where it can."""
    unknown = set(text.material) - set(Material.values)
    if unknown:
        return "unknown_value", f"“{min(unknown)}” is no type of material.", "material"
    if not text.material:
        return "missing_fact", "Tick at least one type of material.", "material"
    if not text.reasons.strip():
        return "missing_fact", "Give the reasons why it is terrorist content.", "reasons"
    if text.emergency and not text.emergency_reason.strip():
        return (
            "missing_fact",
            "Say why it is an emergency that cannot wait for the notice of 12 hours.",
            "emergency_reason",
        )
    if text.content_provider_told:
        return None
    if not text.not_told_reason.strip() or text.not_told_until is None:
        return (
            "missing_fact",
            "Say why the content provider must not be told, and until when (at most six weeks).",
            "not_told_until" if text.not_told_reason.strip() else "not_told_reason",
        )
    if not at < text.not_told_until <= at + NON_DISCLOSURE:
        return (
            "unknown_value",
            "The content provider can be kept uninformed for at most six weeks from now.",
            "not_told_until",
        )
    return None


def _why_not_written(one: Standing, by: Actor) -> Why:
    at_its_agency = by.roles.get(one.agency_id, frozenset())
    if not (by.is_system or one.coordinates or at_its_agency & MAY_CORRECT):
        return "not_your_role", "Writing an order is for its agency and the operation's coordinator."
    if one.status not in _BEFORE_ISSUE:
        return "not_allowed", "It is issued or ended, and what was issued is not changed."
    approved = one.status == Status.APPROVED and one.has_order
    if approved and not (by.is_system or one.coordinates or at_its_agency & AFTER_APPROVAL):
        return "not_your_role", "It is approved: only a reviewer or coordinator changes its order now."
    return None
