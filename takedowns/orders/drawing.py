"""The document of an order is drawn when a second person approves it, and goes out as it was drawn, byte for byte."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.orders.document import particulars, pdf_of
from takedowns.orders.models import RemovalOrder, RemovalOrderQuerySet
from takedowns.referrals.transitions import Moved
from takedowns.referrals.vocabulary import Instrument

#: Moves after which nothing is approved: what was drawn is drawn anew with the next approval.
_TAKE_BACK: Final = frozenset({"reopen", "undo_review"})
_SHOWN: Final = (
    "referral__operation",
    "referral__platform__provider",
    "referral__platform__addressee",
    "item",
    "agency__issuing_authority",
)


def to_draw(referral_ids: Collection[UUID]) -> RemovalOrderQuerySet:
    """Return orders with all that their documents say; those without an issuing authority, which cannot be drawn, are left out."""
    found = RemovalOrder.objects.filter(pk__in=list(referral_ids), agency__issuing_authority__isnull=False)
    assert isinstance(found, RemovalOrderQuerySet)  # noqa: S101 - the manager's own
    return found.select_related(*_SHOWN)


def follow(moves: Sequence[Moved], by: Actor) -> None:  # noqa: ARG001 - whoever approved it
    """Draw what was approved, dated then; forget what was drawn of what goes back to review. Called with each set of moves."""
    orders = [one for one in moves if one.instrument == Instrument.REMOVAL_ORDER]
    if approved := {one.referral_id: one.at for one in orders if one.transition == "approve"}:
        _draw(approved)
    if back := [one.referral_id for one in orders if one.transition in _TAKE_BACK]:
        RemovalOrder.objects.filter(pk__in=back).update(document=None, sha256="", particulars={})


def draft_of(referral_id: UUID) -> bytes | None:
    """Return what the document of an order would be, were it approved now; None where it cannot be drawn. One statement.

    The caller has checked that who asks may see the order.
    """
    with acting_as(SYSTEM):
        order = to_draw([referral_id]).first()
        return pdf_of(particulars(order, timezone.now())) if order else None


def differing(referral_ids: Collection[UUID]) -> set[UUID]:
    """Return those whose document would say something else now than when it was approved. One statement; none for none.

    Its authority, its addressee, its address, its ground: whoever changed them, and by whatever way.
    """
    if not referral_ids:
        return set()
    return {
        one.pk
        for one in to_draw(referral_ids).defer("document")
        if not one.particulars
        or particulars(one, datetime.fromisoformat(one.particulars["issued_at"])) != one.particulars
    }


def _draw(approved: Mapping[UUID, datetime]) -> None:
    """Draw and keep the documents of orders approved at these moments. Two statements."""
    said = {order.pk: particulars(order, approved[order.pk]) for order in to_draw(approved)}
    documents = [pdf_of(each) for each in said.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE orders_removalorder AS removal
            SET particulars = made.said, document = made.document, sha256 = made.sha256
            FROM unnest(%s::uuid[], %s::jsonb[], %s::bytea[], %s::text[]) AS made (id, said, document, sha256)
            WHERE removal.referral_id = made.id
            """,
            [
                list(said),
                [Jsonb(each) for each in said.values()],
                documents,
                [hashlib.sha256(document).hexdigest() for document in documents],
            ],
        )
