"""Typed factories of the things tests need in numbers. They write as the intake and the lifecycle would."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency, User
from takedowns.figures.board import board
from takedowns.figures.models import Publication
from takedowns.figures.publication import publish
from takedowns.figures.register.services import digest
from takedowns.figures.register.stored import stored_board
from takedowns.identity import Identity, identify
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.models import Event, Item, Operation, Outlet, Referral
from takedowns.referrals.vocabulary import Availability, Instrument, Status
from tests.people import People

MORNING = datetime(2019, 11, 21, 8, 0, tzinfo=UTC)


@contextmanager
def undone() -> Iterator[None]:
    """Run a block, then take back what it wrote, so that one set-up serves everybody who is asked in turn.

    What the test's own objects remember of the block is not taken back.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def identity(url: str) -> Identity:
    """Return the identity of a URL that has one."""
    found = identify(url)
    assert isinstance(found, Identity), found
    return found


def make_item(url: str, outlet: Outlet | None = None, at: datetime = MORNING) -> Item:
    """Return the item a URL names, made if need be."""
    found = identity(url)
    with acting_as(SYSTEM):
        item, _ = Item.objects.get_or_create(
            id=found.id,
            defaults={
                "platform_id": found.platform,
                "kind": found.kind,
                "key": found.key,
                "url": found.url,
                "outlet": outlet,
                "first_seen_at": at,
                "availability": Availability.UNKNOWN,
            },
        )
    return item


def make_referrals(
    operation: Operation,
    agency: Agency,
    urls: Sequence[str],
    *,
    submitted_by: User | None = None,
    at: datetime = MORNING,
    tier: int = 4,
    instrument: str = Instrument.REFERRAL,
    ground: str = "Directive (EU) 2017/541, Art. 5",
) -> list[UUID]:
    """Make submitted referrals with their items and first events; return their ids in the order of ``urls``."""
    ids: list[UUID] = []
    with acting_as(SYSTEM):
        for url in urls:
            item = make_item(url, at=at)
            cell = Dimensions(
                operation.pk,
                item.platform_id,
                item.kind,
                agency.pk,
                str(instrument),
                tier,
                str(Status.SUBMITTED),
                str(Availability.UNKNOWN),
            )
            number = ensure_cells([cell])[cell]
            referral = Referral.objects.create(
                item=item,
                operation=operation,
                agency=agency,
                platform_id=item.platform_id,
                instrument=instrument,
                tier=tier,
                ground=ground,
                status=Status.SUBMITTED,
                cell_id=number,
                submitted_by=submitted_by,
                submitted_at=at,
                availability=Availability.UNKNOWN,
            )
            Event.objects.create(
                item=item,
                referral=referral,
                at=at,
                kind="submit",
                to_cell_id=number,
                actor=submitted_by,
                agency=agency,
                details={},
            )
            ids.append(referral.pk)
    return ids


def wait_for_the_log(seconds: float = 60) -> None:
    """Wait until every event is behind the oldest transaction in flight: other tests' databases share the server."""
    wait_until(
        "NOT EXISTS (SELECT 1 FROM referrals_event WHERE xid >= takedowns_log_horizon())",
        seconds,
    )


def wait_until(condition: str, seconds: float = 60) -> None:
    """Wait until an SQL condition holds, for the system."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT {condition}")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError(f"A transaction stayed open, or this never held: {condition}")


def number_of_rows(table: str) -> int:
    """Count a table's rows as the system."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return int(cursor.fetchone()[0])


def make_publication(people: People) -> Publication:
    """Enter a publication that tells nothing, so small is the day, in the register."""
    with acting_as(SYSTEM):
        told = stored_board(publish(board(people.operation, SYSTEM), 5))
        return Publication.objects.create(
            operation=people.operation,
            number=1,
            as_of=timezone.now(),
            threshold=5,
            provisional=False,
            told=told,
            sha256=digest(told),
            full_counts={"": {}},
            published_by=people.coordinator,
            agency=people.other_agency,
        )
