"""What stands in the sandbox: invented referrals, made anew whenever somebody who tries the API asks for it.

Their addresses lead nowhere, under a name that is reserved for that (RFC 6761: ``.example``). Every function here runs as
somebody with a test key (``Actor.sandbox``): the tables are the sandbox's, see ``takedowns/postgres/sandbox.py``.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import Agency, Platform
from takedowns.identity import item_id
from takedowns.orders.issuing import issue
from takedowns.orders.models import IssuingAuthority, RemovalOrder
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.models import Event, Item, Operation, OperationPlatform, Referral
from takedowns.referrals.transitions import Applied, apply_to_all
from takedowns.referrals.vocabulary import Availability, EventKind, Instrument, Status
from takedowns.representation.referrals import NOT_MADE

REFERENCE: Final = "SANDBOX"
#: Invented referrals of a platform, or of an agency.
NUMBER: Final = 60
#: As many of them, the first, are removal orders.
ORDERS: Final = 3
_HOST: Final = "sandbox.example"
_KINDS: Final = ("video", "channel", "account", "post")
_ASKING: Final = (UUID(int=1), "sandbox-unit", "Sandbox Unit (invented)")
#: Who issues the invented orders, and what they say.
_AUTHORITY: Final = {
    "name": "Sandbox Authority (invented)",
    "kind": "law_enforcement",
    "member_state": "NL",
    "address": "1 Example Street",
    "email": "orders@sandbox.example",
    "redress_body": "Sandbox Court",
    "redress_deadline": "within 30 days of receipt",
}
_ORDER: Final = OrderText(
    ("threatens",), "Invented: it names a day.", emergency=True, emergency_reason="Invented: it is tomorrow."
)
#: Where an agency's own invented referrals are made to.
_PLATFORM_OF_AGENCIES: Final = "telegram"
_LOCK: Final = 7_321_940_551
#: What is kept of a referral, and goes with it.
_OF_A_REFERRAL: Final = (
    "referrals_event",
    "referrals_coreferral",
    "complaints_complaint",
    "orders_removalorder",
    "statements_statement",
    "webhooks_tolddue",
)


def ensure_filled(actor: Actor) -> None:
    """Fill the sandbox for a caller who finds it empty. One statement where it is filled.

    Raises:
        ValueError: the actor has no test key.
    """
    if not actor.sandbox:
        raise ValueError("Only a test key works in the sandbox.")
    with acting_as(actor):
        if not _is_filled(actor):
            with acting_as(SYSTEM), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                if not _is_filled(actor):
                    _fill(actor)


def reset(actor: Actor) -> int:
    """Throw away what the caller finds in the sandbox and make it anew; return how many referrals there are.

    Raises:
        ValueError: the actor has no test key.
    """
    if not actor.sandbox:
        raise ValueError("Only a test key works in the sandbox.")
    with acting_as(actor), acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        mine: list[Any] = [[*actor.platforms], [*actor.agencies]]
        # What an agency handed in for a platform and has not sent is the agency's alone.
        cursor.execute(
            "SELECT array_agg(id) FROM referrals_referral"
            " WHERE agency_id = ANY(%s) OR (platform_id = ANY(%s) AND NOT status = ANY(%s))",
            [mine[1], mine[0], [str(one) for one in NOT_MADE]],
        )
        found = cursor.fetchone()[0] or []
        for table in _OF_A_REFERRAL:
            cursor.execute(f"DELETE FROM {table} WHERE referral_id = ANY(%s)", [found])
        cursor.execute("DELETE FROM referrals_referral WHERE id = ANY(%s)", [found])
        # A hold of the agency's would keep back what is made anew.
        cursor.execute(
            "DELETE FROM holds_helditem WHERE hold_id IN (SELECT id FROM holds_hold WHERE agency_id = ANY(%s))",
            mine[1:],
        )
        cursor.execute("DELETE FROM holds_hold WHERE agency_id = ANY(%s)", mine[1:])
        cursor.execute("DELETE FROM figures_selfreport WHERE platform_id = ANY(%s)", mine[:1])
        cursor.execute(
            "DELETE FROM intake_submissionrow WHERE submission_id IN (SELECT id FROM intake_submission WHERE agency_id = ANY(%s))",
            mine[1:],
        )
        cursor.execute("DELETE FROM intake_submission WHERE agency_id = ANY(%s)", mine[1:])
        for table, item in (("verification_check", "item_id"), ("referrals_item", "id")):
            cursor.execute(
                f"DELETE FROM {table} AS gone WHERE NOT EXISTS"
                f" (SELECT 1 FROM referrals_referral WHERE item_id = gone.{item})"
            )
        return _fill(actor)


def item_of(url: str) -> UUID | None:
    """Return the id of the invented item at a canonical address; None for one that the sandbox did not make."""
    host, _, place = url.partition("://")[2].partition("/")
    if host != _HOST:
        return None
    return item_id(place.partition("/")[0], f"sandbox/{place}")


def _is_filled(actor: Actor) -> bool:
    # What agencies hand in for a platform does not fill its sandbox: it has invented referrals of its own.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM referrals_cell"
            " WHERE (platform_id = ANY(%s) AND agency_id = %s) OR agency_id = ANY(%s))",
            [[*actor.platforms], _ASKING[0], [*actor.agencies]],
        )
        return bool(cursor.fetchone()[0])


def _fill(actor: Actor) -> int:
    """Make the caller's invented referrals, in a fixed number of statements; return how many."""
    operation = _prepare(actor)
    agency_id = next(iter(actor.agencies), _ASKING[0])
    platform = next(iter(actor.platforms), _PLATFORM_OF_AGENCIES)
    return len(_make(operation, platform, agency_id, range(1, NUMBER + 1), orders=ORDERS))


def make_one(platform: str, *, ordered: bool) -> UUID:
    """Refer one more invented item to a platform, or order its removal; return the referral's id.

    Whoever calls asks in the sandbox, which is filled.
    """
    agency_id = _ASKING[0]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(
            "SELECT coalesce(max(split_part(key, '/', 4)::integer), 0) FROM referrals_item WHERE key LIKE %s",
            [f"sandbox/{_place(platform, agency_id)}/%"],
        )
        number = cursor.fetchone()[0] + 1
        operation = Operation.objects.get(reference=REFERENCE)
        [made] = _make(operation, platform, agency_id, range(number, number + 1), orders=int(ordered))
    return made


def _place(platform: str, agency_id: UUID) -> str:
    """Return the part of an address that tells whose an invented item is: a platform finds agencies' beside its own."""
    return f"{platform}/{agency_id.hex[-8:]}"


def _make(
    operation: Operation, platform: str, agency_id: UUID, numbers: range, *, orders: int
) -> Sequence[UUID]:
    """Make and send invented referrals, the first of them removal orders; return their ids."""
    place = _place(platform, agency_id)
    draw = random.Random(f"{place}/{numbers.start}")  # noqa: S311 - the same invented referrals for everybody
    now = timezone.now()
    items = [
        Item(
            id=item_id(platform, f"sandbox/{place}/{number}"),
            platform_id=platform,
            kind=draw.choice(_KINDS),
            key=f"sandbox/{place}/{number}",
            url=f"https://{_HOST}/{place}/{number}",
            first_seen_at=now,
        )
        for number in numbers
    ]
    referrals = [
        Referral(
            item=item,
            operation=operation,
            agency_id=agency_id,
            platform_id=platform,
            instrument=Instrument.REMOVAL_ORDER if number < orders else Instrument.REFERRAL,
            tier=draw.randint(1, 5),
            ground=operation.default_ground,
            status=Status.SUBMITTED,
            submitted_at=now,
        )
        for number, item in enumerate(items)
    ]
    _put_in_cells(referrals)
    Item.objects.bulk_create(items)
    Referral.objects.bulk_create(referrals)
    return _hand_in_and_send(items, agency_id, now)


def _put_in_cells(referrals: Sequence[Referral]) -> None:
    cells = [
        Dimensions(
            one.operation_id,
            one.platform_id,
            one.item.kind,
            one.agency_id,
            str(one.instrument),
            one.tier,
            str(Status.SUBMITTED),
            str(Availability.UNKNOWN),
        )
        for one in referrals
    ]
    numbers = ensure_cells(cells)
    for referral, cell in zip(referrals, cells, strict=True):
        referral.cell_id = numbers[cell]


def _hand_in_and_send(items: Sequence[Item], agency_id: UUID, now: datetime) -> Sequence[UUID]:
    """Enter that they were submitted, and send them; return the ids of the referrals."""
    made = list(Referral.objects.filter(item_id__in=[one.pk for one in items]).order_by("item_id"))
    Event.objects.bulk_create(
        Event(
            item_id=one.item_id,
            referral_id=one.pk,
            at=now,
            kind=EventKind.SUBMIT,
            to_cell_id=one.cell_id,
            agency_id=agency_id,
            details={},
        )
        for one in made
    )
    return send(made).moved


def send(referrals: Sequence[Referral]) -> Applied:
    """Do what a second person and a coordinator do elsewhere: approve what waits, refer it, and issue what is ordered.

    An order that nobody wrote gets an invented text, and its agency an invented authority. Asks as the system.
    """
    ids = [one.pk for one in referrals]
    orders = [one.pk for one in referrals if one.instrument == Instrument.REMOVAL_ORDER]
    if orders:
        for agency_id in {one.agency_id for one in referrals}:
            IssuingAuthority.objects.get_or_create(agency_id=agency_id, defaults=_AUTHORITY)
        written = set(RemovalOrder.objects.filter(pk__in=orders).values_list("pk", flat=True))
        write_orders([one for one in orders if one not in written], _ORDER, by=SYSTEM)
    waiting = [one.pk for one in referrals if one.status == Status.SUBMITTED]
    apply_to_all("approve", waiting, by=SYSTEM, exemptions_checked=True)
    done = apply_to_all("refer", ids, by=SYSTEM)
    issue([one for one in orders if one in set(done.moved)], timezone.now())
    return done


def _prepare(actor: Actor) -> Operation:
    """Bring over who takes part, and make the operation."""
    with connection.cursor() as cursor:
        for table in ("directory_provider", "directory_platform", "directory_platformhost"):
            cursor.execute(f"INSERT INTO {table} SELECT * FROM public.{table} ON CONFLICT DO NOTHING")
        cursor.execute(
            "INSERT INTO directory_agency SELECT * FROM public.directory_agency WHERE id = ANY(%s) ON CONFLICT DO NOTHING",
            [[*actor.agencies]],
        )
    pk, slug, name = _ASKING
    Agency.objects.get_or_create(pk=pk, defaults={"slug": slug, "name": name, "country": ""})
    operation, made = Operation.objects.get_or_create(
        reference=REFERENCE,
        defaults={
            "name": "Sandbox (invented)",
            "starts": date.today() - timedelta(days=1),  # noqa: DTZ011 - any day will do
            "default_ground": "Directive (EU) 2017/541, Art. 5",
        },
    )
    if made:
        operation.refresh_from_db()
    operation.agencies.add(*Agency.objects.filter(pk__in=[pk, *actor.agencies]))
    # All of them, so that whatever an agency hands in reaches its platform's test key.
    OperationPlatform.objects.bulk_create(
        [OperationPlatform(operation=operation, platform=one) for one in Platform.objects.order_by("pk")],
        ignore_conflicts=True,
    )
    return operation
