"""What it did that places in the log were once in the order of their digits: to the figures nothing, to who began at the head a lot.

``SELECT xid::text ... ORDER BY xid`` sorts by what it selects, so that place 99 stood behind 1000. The worked example: 24 events,
four to each of the transactions 9, 10, 99, 100, 101 and 1000.

==================================  =======================  =================================
where                               in order of the digits   in order of the numbers
==================================  =======================  =================================
a fold of all goes to               99, then 101, then 1000  1000
transactions of the fold            3                        1
removed, as shown after each        6, 6, 6                  6
``after=latest`` begins after       99                       1000
told again to a new endpoint        12 of 24                 none
==================================  =======================  =================================

A stretch that ended early only left more for the next: each event was added once, and what was not yet added was counted from the
log. So no figure that was ever shown was wrong, and none had to be published again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, connections

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures import fold as folding
from takedowns.figures.board import board
from takedowns.figures.models import Cursor
from takedowns.figures.recount import recount
from takedowns.referrals import log
from takedowns.referrals.log import Position
from takedowns.referrals.models import Event
from takedowns.referrals.transitions import apply_to_all
from tests.factories import make_referrals
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

PLACES = (9, 10, 99, 100, 101, 1000)
#: As they stood in ``log.py`` and ``fold.py`` until they were mended.
LATEST_BY_DIGITS = "SELECT xid::text, id FROM referrals_event ORDER BY xid DESC, id DESC LIMIT 1"
STRETCH_BY_DIGITS = """
    SELECT xid::text, id FROM (
        SELECT xid, id FROM referrals_event
        WHERE (xid, id) > (%s::xid8, %s) AND xid < takedowns_log_horizon()
        ORDER BY xid, id LIMIT %s
    ) AS stretch ORDER BY xid DESC, id DESC LIMIT 1
"""


@pytest.fixture
def people() -> People:
    """Six referrals that were submitted, approved, referred and removed, in transactions whose numbers have one to four digits."""
    people = make_people()
    urls = [f"https://t.me/demo_digits/{number}" for number in range(1, 7)]
    ids = make_referrals(people.operation, people.agency, urls)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    with psycopg.connect(**connections["owner"].get_connection_params()) as owner:
        owner.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        owner.execute(
            """
            UPDATE referrals_event SET xid = (%s::text[]::xid8[])[place]
            FROM (SELECT id, 1 + (row_number() OVER (ORDER BY id) - 1) / 4 AS place FROM referrals_event) AS placed
            WHERE placed.id = referrals_event.id
            """,
            [[str(place) for place in PLACES]],
        )
        owner.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")
    owner.close()
    return people


def one(statement: str, *values: Any) -> Position | None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    return Position(int(row[0]), row[1]) if row else None


def by_digits(after: Position, most: int) -> Position | None:
    """Return where a stretch ended in the order of digits."""
    return one(STRETCH_BY_DIGITS, str(after.xid), after.event_id, most)


def folded(people: People) -> list[tuple[int, int]]:
    """Fold one stretch after another; return how far each went, and what the board said was removed after it."""
    told = []
    while folding._fold_a_stretch(folding.STRETCH):
        assert recount() == []
        with acting_as(SYSTEM):
            [cursor] = Cursor.objects.all()
            told.append((int(cursor.xid), board(people.operation, SYSTEM).total.removed))
    return told


def test_in_order_of_the_digits_a_fold_stopped_early_and_showed_the_same(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "next_stretch", by_digits)
    assert folded(people) == [(99, 6), (101, 6), (1000, 6)]


def test_in_order_of_the_numbers_it_goes_to_the_end_at_once(people: People) -> None:
    assert folded(people) == [(1000, 6)]


def test_who_began_at_the_head_was_told_half_of_the_past_again(people: People) -> None:
    def still_to_come(after: Position | None) -> list[UUID]:
        assert after is not None
        return [event.pk for event in log.read(Event.objects.all, after, 1000).events]

    with acting_as(SYSTEM):
        before, now = one(LATEST_BY_DIGITS), log.latest()
        assert (before and before.xid, now.xid) == (99, 1000)
        assert len(still_to_come(before)) == 12
        assert still_to_come(now) == []
