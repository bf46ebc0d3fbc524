"""Dispatch: a coordinator releases what is approved to its platforms, at one moment.

Platforms with an API key read their referrals there. For every other platform a hand-off file is made in the same
transaction and kept byte for byte: what was told, when, by whom, provable by its SHA-256.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.accounts.mail import mail_works
from takedowns.deconfliction.queries import HeldThere, on_hold_elsewhere
from takedowns.directory.keys import ValidKeys
from takedowns.directory.models import Platform, Scope
from takedowns.holds.services import approved_on_hold
from takedowns.ledger.services import note_done
from takedowns.orders import issuing
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.locks import lock_items_of
from takedowns.referrals.models import Channel, Operation, OperationPlatform, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.transitions import Refused, apply_to_all
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.sending.hand_off import make_hand_offs
from takedowns.sending.models import Dispatch

#: The code of what a partner installation has on hold.
HELD_ELSEWHERE: Final = "held_elsewhere"


class DispatchError(ValueError):
    """Nothing was dispatched; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """What one platform would be told now.

    Attributes:
        ready: approved, not on hold here or at a partner, and no order.
        on_hold: approved, kept back by a hold.
        in_review: not approved yet.
        orders: approved orders, not on hold here, that can be issued: each on a page of its own.
        order: the first of them.
        unready: approved orders, not on hold, that lack their text, their authority or the notice before the first.
        held_elsewhere: what would be ready, and a partner installation has on hold: it goes only where somebody says so.
        reads_api: whether the platform reads its referrals from the API; otherwise it gets a file.
        mail_to: where that file goes by itself; empty where people hand it over.
    """

    slug: str
    name: str
    ready: int
    on_hold: int
    in_review: int
    reads_api: bool
    orders: int = 0
    unready: int = 0
    order: UUID | None = None
    held_elsewhere: int = 0
    mail_to: str = ""


_WAITING: Final = f"""
    WITH on_hold AS MATERIALIZED (SELECT takedowns_items_on_hold(ARRAY(
        SELECT item_id FROM referrals_referral WHERE operation_id = %(operation)s AND status = '{Status.APPROVED}'
    )) AS item_id)
    SELECT rows.platform_id,
           count(*) FILTER (WHERE cells.status = '{Status.APPROVED}' AND on_hold.item_id IS NULL),
           count(*) FILTER (WHERE cells.status = '{Status.APPROVED}' AND on_hold.item_id IS NOT NULL),
           count(*) FILTER (WHERE cells.status = '{Status.SUBMITTED}')
    FROM (
        SELECT cell.id, cell.status FROM referrals_cell AS cell
        WHERE cell.operation_id = %(operation)s AND cell.status IN ('{Status.SUBMITTED}', '{Status.APPROVED}')
    ) AS cells
    CROSS JOIN LATERAL (
        SELECT referral.item_id, referral.platform_id FROM referrals_referral AS referral
        WHERE referral.cell_id = cells.id
    ) AS rows
    LEFT JOIN on_hold ON on_hold.item_id = rows.item_id
    GROUP BY 1
"""

_APPROVED: Final = f"""
    SELECT referral.id, referral.platform_id, referral.instrument = '{Instrument.REMOVAL_ORDER}'
    FROM referrals_referral AS referral
    WHERE referral.cell_id IN (
        SELECT cell.id FROM referrals_cell AS cell
        WHERE cell.operation_id = %(operation)s AND cell.status = '{Status.APPROVED}'
          AND (%(platform)s = '' OR cell.platform_id = %(platform)s)
      AND (%(orders)s OR cell.instrument <> '{Instrument.REMOVAL_ORDER}')
    )
    AND (%(only)s::uuid IS NULL OR referral.id = %(only)s)
    ORDER BY referral.id
"""


def preview(operation: Operation, held: Collection[HeldThere] = ()) -> list[Line]:
    """Count by platform what a dispatch would do now, as far as the asking person sees it.

    Args:
        held: what is on hold at partner installations.
    """
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"operation": operation.pk})
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
    known = Platform.objects.filter(pk__in=counted).values_list("slug", "name", "addressee__mail_to")
    told = {slug: (name, mail_to or "") for slug, name, mail_to in known}
    mails = mail_works()
    reading = reading_the_api(counted, operation)
    approved, lacking = _orders(operation)
    orders, unready = Counter(approved.values()), Counter(approved[one] for one in lacking)
    elsewhere = Counter({one.referral: one.platform for one in held if one.referral not in approved}.values())
    first = {approved[one]: one for one in sorted(approved.keys() - lacking, reverse=True)}
    lines = [
        Line(
            slug,
            told[slug][0],
            ready - orders[slug] - elsewhere[slug],
            on_hold,
            in_review,
            slug in reading,
            orders[slug] - unready[slug],
            unready[slug],
            first.get(slug),
            elsewhere[slug],
            told[slug][1] if mails and slug not in reading else "",
        )
        for slug, (ready, on_hold, in_review) in counted.items()
    ]
    return sorted(lines, key=lambda line: line.name.casefold())


def _orders(operation: Operation) -> tuple[dict[UUID, str], set[UUID]]:
    """Return the approved orders that no hold keeps back, with their platforms; and those of them that could not go now."""
    waiting = dict(
        operation.referrals.filter(instrument=Instrument.REMOVAL_ORDER, status=Status.APPROVED)
        .exclude(item_id__in=approved_on_hold(operation.pk))
        .values_list("pk", "platform_id")
    )
    return waiting, {one.referral_id for one in issuing.unready(list(waiting))}


def no_orders(held: Collection[HeldThere]) -> list[HeldThere]:
    """Leave out removal orders, which do not go with all the others. One statement; none for none."""
    if not held:
        return []
    found = Referral.objects.filter(
        pk__in=[one.referral for one in held], instrument=Instrument.REMOVAL_ORDER
    )
    orders = set(found.values_list("pk", flat=True))
    return [one for one in held if one.referral not in orders]


def reading_the_api(platforms: Collection[str], operation: Operation | None = None) -> set[str]:
    """Return those platforms that have a key which reads referrals and is valid now. One statement.

    Args:
        operation: leave out those that get a file in it whatever keys they have.
    """
    keys = ValidKeys("pk", Scope.REFERRALS_READ)
    reading = Platform.objects.annotate(keys=keys).filter(pk__in=list(platforms), keys__gt=0)
    by_file = OperationPlatform.objects.filter(operation=operation, channel=Channel.FILE)
    return set(reading.exclude(pk__in=by_file.values("platform_id")).values_list("pk", flat=True))


def dispatch(
    operation: Operation,
    *,
    by: Actor,
    platform: str = "",
    at: datetime | None = None,
    despite: Collection[UUID] = (),
    orders: bool = True,
    only: UUID | None = None,
) -> Dispatch:
    """Refer everything approved of a platform, or of all, and make the files for platforms without the API.

    What a hold keeps back, or somebody else moved on at the same moment, is refused and noted; so is a removal order that
    lacks its text, its authority or the notice before the first, and what a partner installation has on hold unless it is named.
    Orders get their document. A fixed number of statements.

    Args:
        platform: slug; all where empty.
        at: the moment of referral; now unless told.
        despite: referrals that go although a partner has their item on hold.
        orders: whether removal orders go, too. Where a person presses one button for all they do not: see :func:`issue_order`.
        only: this one, and nothing else.

    Raises:
        DispatchError: not a coordinator of the operation, or nothing could be referred. Then nothing is kept.
    """
    if not (by.is_system or coordinates(by, operation)):
        raise DispatchError(gettext("Dispatching is for the coordinators of the operation."))
    at = at or timezone.now()
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(
                _APPROVED,
                {"operation": operation.pk, "platform": platform, "orders": orders, "only": only},
            )
            approved = cursor.fetchall()
        elsewhere = on_hold_elsewhere([one for one, *_ in approved])
        held_back = elsewhere - set(despite)
        platform_of: dict[UUID, str] = {one: its_platform for one, its_platform, _ in approved}
        ordered = {one for one, _, is_order in approved if is_order}
        unready = issuing.unready(ordered)
        ready = platform_of.keys() - {one.referral_id for one in unready} - held_back
        outcome = apply_to_all("refer", sorted(ready), by=by, at=at)
        refused = unready + outcome.refused + _held_back(held_back - {one.referral_id for one in unready})
        if not outcome.moved:
            raise DispatchError(_why_nothing(refused))
        documents = issuing.issue([one for one in outcome.moved if one in ordered], at)
        made = Dispatch.objects.create(
            operation=operation,
            platform_id=platform or None,
            by_id=by.user_id,
            at=at,
            referred=Counter(platform_of[one] for one in outcome.moved),
            refused=[
                {"referral": str(one.referral_id), "platform": platform_of[one.referral_id], "code": one.code}
                for one in refused
            ],
        )
        made.refresh_from_db(fields=["id"])
        without = set(made.referred) - reading_the_api(made.referred, operation)
        if gone := elsewhere & set(outcome.moved):
            note_done("dispatch_despite_partner", str(made.pk), {"referrals": len(gone)})
        make_hand_offs(made, [one for one in outcome.moved if platform_of[one] in without], documents)
    return made


def issue_order(referral: Referral, sha256: str, *, by: Actor, despite: bool = False) -> Dispatch:
    """Issue one removal order, on the document that whoever issues it has before them.

    Args:
        sha256: of that document.
        despite: whether it goes although a partner has the item on hold.

    Raises:
        DispatchError: its document is another now, or as :func:`dispatch` says.
    """
    with acting_as(SYSTEM):
        lock_items_of([referral.pk])
        now = RemovalOrder.objects.filter(pk=referral.pk).values_list("sha256", flat=True).first()
    if now != sha256:
        raise DispatchError(
            gettext(
                "The order is not the one that you were shown: look at what it says now. Nothing was issued."
            )
        )
    return dispatch(referral.operation, by=by, despite=[referral.pk] if despite else [], only=referral.pk)


def _held_back(referrals: Collection[UUID]) -> list[Refused]:
    message = gettext(
        "A partner installation has the item on hold, and nobody said that it goes all the same."
    )
    return [Refused(one, HELD_ELSEWHERE, message) for one in sorted(referrals)]


def _why_nothing(refused: list[Refused]) -> str:
    codes = {one.code for one in refused}
    if not codes:
        return gettext("Nothing is approved and waiting, so nothing was referred.")
    if codes == {"on_hold"}:
        return gettext("All that is approved is on hold, so nothing was referred. See the conflicts.")
    if "not_allowed" in codes:
        return gettext("Somebody else dispatched it at the same moment; nothing was referred twice.")
    first = min(refused, key=lambda one: one.code == "on_hold")
    return gettext("Nothing was referred: %(why)s") % {"why": first.message}
