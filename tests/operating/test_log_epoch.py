"""The log's epoch: where the data come to another server, all that is new stands behind all that is old, for every reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.models import LogEpoch
from takedowns.postgres.objects import keep_log_epoch
from takedowns.referrals.log import Position, latest, place_in_words, read
from takedowns.referrals.models import Event
from tests.databases import Run
from tests.factories import make_referrals, wait_for_the_log
from tests.ledger.conftest import superuser
from tests.people import People, make_people

EPOCH = 1 << 44
FAR = UUID("ffffffff-ffff-7fff-bfff-ffffffffffff")


@pytest.fixture
def people(transactional_db: None, database_run: Run) -> Iterator[People]:
    """The cast, in a database that is thrown away: a sequence goes back by no clean-up."""
    yield make_people()
    database_run.reset()


def epochs() -> list[int]:
    return list(LogEpoch.objects.order_by("number").values_list("number", flat=True))


def come_from(server: str = "", timeline: str = "") -> None:
    """Let the data be those of another server, or of another timeline of this one."""
    with superuser() as server_:
        server_.execute("SET session_replication_role = replica")
        server_.execute(
            "UPDATE installation_logepoch SET server = coalesce(nullif(%s, ''), server),"
            " timeline = coalesce(nullif(%s, ''), timeline)",
            [server, timeline],
        )


def refer(people: People, *urls: str) -> list[UUID]:
    return make_referrals(people.operation, people.agency, list(urls))


def told(after: Position) -> list[str]:
    wait_for_the_log()
    with acting_as(SYSTEM):
        reading = read(lambda: Event.objects.select_related("item"), after, 100)
        return [event.item.key for event in reading.events if event.item]


def test_where_nothing_moved_nothing_begins(people: People) -> None:
    for _ in range(2):
        keep_log_epoch("default")
    assert epochs() == [0]
    refer(people, "https://t.me/one/1")
    with acting_as(SYSTEM):
        (event,) = Event.objects.all()
    assert event.xid < EPOCH


@pytest.mark.parametrize("moved", [{"server": "1"}, {"timeline": "0000000F"}])
def test_after_a_move_what_is_new_stands_behind_every_cursor(people: People, moved: dict[str, str]) -> None:
    refer(people, "https://t.me/one/1", "https://t.me/one/2")
    wait_for_the_log()
    before = latest()
    come_from(**moved)
    connections["default"].close_pool()  # a server that is another ends every connection
    connections["default"].close()
    refer(people, "https://t.me/one/3")
    assert len(epochs()) == 2
    assert told(before) == ["one/3"]
    # One that was given out later than the backup was made: by a server that had gone on for a long time.
    assert told(Position(before.xid + 10**12, FAR)) == ["one/3"]
    assert len(told(Position(0, UUID(int=0)))) == 3
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT max(xid)::text FROM ledger_entry")
        assert int(cursor.fetchone()[0]) > EPOCH


def test_the_number_tells_the_hour_so_that_two_copies_of_one_backup_differ(people: People) -> None:
    come_from(server="1")
    keep_log_epoch("default")
    hours = epochs()[-1]
    assert hours > 7_000  # since 2026 began
    come_from(server="2")
    keep_log_epoch("default")
    assert epochs() == [0, hours, hours + 1]


def test_many_that_come_at_once_begin_one(people: People) -> None:
    come_from(server="1")
    began = threading.Barrier(5)
    parameters = connections["default"].get_connection_params()

    def come() -> None:
        with psycopg.connect(
            **{k: v for k, v in parameters.items() if k != "pool"}, autocommit=True
        ) as session:
            began.wait(20)
            session.execute("SELECT takedowns_keep_log_epoch()")

    several = [threading.Thread(target=come) for _ in range(5)]
    for one in several:
        one.start()
    for one in several:
        one.join(30)
    assert len(epochs()) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT setval('takedowns_log_epoch', 9)",
        "SELECT nextval('takedowns_log_epoch')",
        "INSERT INTO installation_logepoch (number, server, timeline) VALUES (9, '', '')",
        "UPDATE installation_logepoch SET number = 9",
        "DELETE FROM installation_logepoch",
    ],
)
def test_the_application_cannot_move_it(db: None, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_place_is_told_as_a_person_counts() -> None:
    assert place_in_words(1_234) == "1,234"
    assert place_in_words(7_959 * EPOCH + 1_234) == "1,234 of epoch 7959"
