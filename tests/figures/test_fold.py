"""Folded or not, early, late or while others write: the figures agree with a full recount at every commit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.pq import TransactionStatus

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.context import SAY, everything
from takedowns.figures.board import Board, board
from takedowns.figures.counts import Figures, count
from takedowns.figures.fold import fold
from takedowns.figures.models import Cursor, Reached, Standing, Taken
from takedowns.figures.recount import recount
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.lifecycle import CORRECTION, RIGHT_ANSWERS, TRANSITIONS, Transition
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import Move, apply, apply_to_all
from takedowns.referrals.vocabulary import Availability, Status
from tests.databases import clean_up
from tests.factories import MORNING, make_referrals
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

MOVES = tuple(transition for transition in TRANSITIONS.values() if transition.leaves)
FACTS = {
    "exemptions_checked": True,
    "reason": "a reason",
    "question": "which?",
    "note": "first this",
    "answer": "this",
    "decline_reason": "other",
}


@contextmanager
def another_session() -> Iterator[psycopg.Connection]:
    """Open a second connection to the test's database, as the application's role; who writes there says who asks (``SAY``)."""
    with psycopg.connect(
        **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
    ) as session:
        yield session
        session.rollback()


def move(people: People, transition: Transition, portion: int, minutes: int) -> None:
    """Make one move with every third (first, second) referral that may make it."""
    with acting_as(SYSTEM):
        able = list(
            Referral.objects.filter(status__in=transition.leaves)
            .order_by("item_id")
            .values_list("pk", flat=True)
        )
    if transition.corrects:
        correct(able[portion::2], RIGHT_ANSWERS[(minutes // 10 + portion) % len(RIGHT_ANSWERS)], minutes)
        return
    facts = FACTS | ({"action": str(transition.actions[0])} if transition.actions else {})
    done = apply_to_all(
        transition.name, able[portion::2], by=SYSTEM, at=MORNING + timedelta(minutes=minutes), **facts
    )
    assert not done.refused


def correct(ids: list[UUID], right: str, minutes: int) -> None:
    """Say that another answer was the right one, given at another time; or none. What is recorded already stays."""
    actions = TRANSITIONS[right].actions if right in TRANSITIONS else ()
    facts = FACTS | {"right_answer": right} | ({"action": str(actions[-1])} if actions else {})
    at = MORNING + timedelta(minutes=minutes) if minutes % 100 else None
    done = apply([Move(one, "correct_answer", facts, at) for one in ids], by=SYSTEM)
    assert {one.code for one in done.refused} <= {"unchanged", "before_referral"}


def look(seen: Availability, portion: int, minutes: int) -> None:
    with acting_as(SYSTEM):
        items = list(Referral.objects.order_by("item_id").values_list("item_id", flat=True).distinct())
    at = MORNING + timedelta(minutes=minutes)
    record_seen([Look(item, seen, at) for item in items[portion::2]], by=SYSTEM, robot="test")


def co_refer(people: People, portion: int) -> None:
    """Let two further agencies join, as the loader's statements do."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for agency in (people.other_agency, people.absent_agency):
            cursor.execute(
                """
                WITH joined AS (
                    INSERT INTO referrals_coreferral (id, referral_id, item_id, agency_id, at)
                    SELECT gen_random_uuid(), id, item_id, %(agency)s, now() FROM (
                        SELECT *, row_number() OVER (ORDER BY item_id) AS place FROM referrals_referral
                        WHERE status IN ('submitted', 'approved', 'referred', 'acknowledged')
                    ) AS able WHERE place %% 2 = %(portion)s
                    ON CONFLICT DO NOTHING RETURNING referral_id, item_id
                )
                INSERT INTO referrals_event (item_id, referral_id, at, kind, agency_id)
                SELECT item_id, referral_id, now(), 'co_refer', %(agency)s FROM joined
                """,
                {"agency": agency.pk, "portion": portion},
            )


minutes = st.sampled_from([0, 30, 70, 100, 200, 1500, 5000])
moves = st.tuples(st.sampled_from(MOVES), st.integers(0, 1), minutes)
answers = st.tuples(
    st.sampled_from(
        [TRANSITIONS[name] for name in ("remove", "restrict", "reinstate", "acknowledge", "withdraw")]
    ),
    st.integers(0, 1),
    minutes,
)
corrections = st.tuples(st.just(CORRECTION), st.integers(0, 1), minutes)
looks = st.tuples(st.sampled_from(Availability), st.integers(0, 1), minutes)
steps = st.one_of(
    st.tuples(st.just("load"), st.integers(1, 3), minutes),
    moves,
    moves,
    answers,
    answers,
    corrections,
    corrections,
    looks,
    looks,
    looks,
    st.tuples(st.just("co_refer"), st.integers(0, 1), st.just(0)),
    st.tuples(st.just("fold"), st.sampled_from([1, 2, 7, 1000]), st.just(0)),
    st.tuples(st.just("begin"), st.just(0), st.just(0)),
    st.tuples(st.just("commit"), st.just(0), st.just(0)),
)
#: On the way that most referrals go, so that the later moves find something to move.
usual = [("load", 3, 0), (TRANSITIONS["approve"], 0, 5), (TRANSITIONS["refer"], 0, 9)]
answered = [*usual, (TRANSITIONS["remove"], 0, 70), (TRANSITIONS["restrict"], 1, 30)]
seen_gone = [*answered, (Availability.OFFLINE, 0, 200), ("fold", 1000, 0)]


#: A second server runs the same statements once more: what its version changes shows in a dozen of these.
INTERLEAVINGS = 40 if "EMBEDDED" in connections["owner"].settings_dict else 12


@settings(max_examples=INTERLEAVINGS, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    before=st.sampled_from([usual, answered, seen_gone, seen_gone]),
    later=st.lists(steps, min_size=3, max_size=14),
)
def test_any_interleaving_of_writing_and_folding_agrees_with_a_recount(
    before: list[tuple[object, int, int]], later: list[tuple[object, int, int]]
) -> None:
    people = make_people()
    then: dict[datetime, Figures] = {}
    try:
        with another_session() as slow:
            for number, step in enumerate([*before, *later]):
                written = end_of_what_was_written()
                take(step, number, people, slow)
                if end_of_what_was_written() == written:
                    continue  # byte for byte what was recounted after the step before
                # The steps before the last of these are the same each time: the next test recounts after each of them.
                if number >= len(before) - 1:
                    assert recount() == []
                if slow.info.transaction_status == TransactionStatus.IDLE:
                    moment = now_and_a_little_later()
                    then[moment] = figures(people)
            slow.commit()
            for moment, found in then.items():
                assert replace(figures(people, as_of=moment), as_of=found.as_of) == found
            assert recount() == []
            fold()
            assert recount() == []
            with acting_as(SYSTEM):
                folded = board(people.operation, SYSTEM)
                assert figures_of(board(people.operation, SYSTEM, as_of=moment)) == figures_of(then[moment])
                Cursor.objects.all().delete()
                for table in (Standing, Reached, Taken):
                    table.objects.all().delete()
                unfolded = board(people.operation, SYSTEM)
            assert replace(folded, as_of=unfolded.as_of) == unfolded
    finally:
        clean_up()


def test_the_usual_way_agrees_with_a_recount_at_each_step() -> None:
    people = make_people()
    with another_session() as slow:
        for number, step in enumerate(seen_gone):
            take(step, number, people, slow)
            assert recount() == [], step


def end_of_what_was_written() -> str:
    """Return where the server's log of writes ends: where it did not move, nothing is other than it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()::text")
        return str(cursor.fetchone()[0])


def take(planned: tuple[object, int, int], number: int, people: People, slow: psycopg.Connection) -> None:
    """Do one step of an interleaving."""
    step, amount, minutes = planned
    if step == "load":
        urls = [f"https://t.me/demo_{number}_{each}" for each in range(amount)]
        urls.append(f"https://www.youtube.com/watch?v=demo{number:07d}")
        make_referrals(people.operation, people.agency, urls, at=MORNING + timedelta(minutes=minutes))
    elif step == "fold":
        fold(stretch=amount)
    elif step == "co_refer":
        co_refer(people, amount)
    elif step == "begin":  # a writer that stays in flight: nothing of after it may be folded
        slow.execute("SELECT pg_current_xact_id()")
        if number % 2:
            write_by_hand(slow)
    elif step == "commit":
        slow.commit()
    elif isinstance(step, Transition):
        move(people, step, amount, minutes)
    elif isinstance(step, Availability):
        look(step, amount, minutes)


def now_and_a_little_later() -> datetime:
    """Return the database's time, in a millisecond of its own: events are told apart by the millisecond."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.002)")
        cursor.execute("SELECT clock_timestamp()")
        moment = cursor.fetchone()[0]
        cursor.execute("SELECT pg_sleep(0.002)")
    return moment


def figures(people: People, as_of: datetime | None = None) -> Figures:
    """Return what a board shows: every count and the line over the hours."""
    with acting_as(SYSTEM):
        return count(people.operation, SYSTEM, as_of=as_of)


def figures_of(found: Board | Figures) -> object:
    """Return what is counted, without when it was asked and without platforms that have no figures."""
    counted = {row.slug: row.counts for row in found.rows} if isinstance(found, Board) else found.platforms
    return {slug: one for slug, one in counted.items() if one.handed_in}, found.total, found.hours


def write_by_hand(slow: psycopg.Connection) -> None:
    """Hand in one more item through the second session, without committing."""
    slow.execute(SAY, [everything()])
    slow.execute(
        """
        WITH like_it AS (SELECT * FROM referrals_referral ORDER BY id LIMIT 1),
        cell AS (
            SELECT cell.id FROM referrals_cell AS cell JOIN like_it USING (operation_id, platform_id, agency_id, instrument, tier)
            WHERE cell.status = 'submitted' AND cell.availability = 'unknown' LIMIT 1
        ),
        item AS (
            INSERT INTO referrals_item (id, platform_id, kind, key, url, first_seen_at, availability)
            SELECT %(item)s, platform_id, 'channel', %(item)s::text, 'https://example.org/', now(), 'unknown' FROM like_it
        ),
        fresh AS (
            INSERT INTO referrals_referral (
                item_id, operation_id, agency_id, platform_id, instrument, tier, language, listed_group, ground, status,
                availability, cell_id, action, decision_ground, decline_reason, submitted_at, round)
            SELECT %(item)s, operation_id, agency_id, platform_id, instrument, tier, '', '', ground, 'submitted', 'unknown',
                   cell.id, '', '', '', %(at)s, 1 FROM like_it, cell
            RETURNING id, cell_id
        )
        INSERT INTO referrals_event (item_id, referral_id, at, kind, to_cell_id)
        SELECT %(item)s, id, %(at)s, 'submit', cell_id FROM fresh
        """,
        {"item": uuid4(), "at": MORNING},
    )


def a_day(people: People) -> list[UUID]:
    ids = make_referrals(
        people.operation,
        people.agency,
        [f"https://t.me/demo_{number}" for number in range(6)],
        submitted_by=people.officer,
    )
    apply_to_all("approve", ids, by=SYSTEM, at=MORNING, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM, at=MORNING)
    apply_to_all("remove", ids[:4], by=SYSTEM, at=MORNING + timedelta(hours=2), action="visibility_removed")
    return ids


def test_nothing_is_folded_past_a_writer_in_flight_and_nothing_is_missed() -> None:
    people = make_people()
    make_referrals(people.operation, people.agency, ["https://t.me/demo_first"])
    with another_session() as slow:
        write_by_hand(slow)
        make_referrals(people.operation, people.agency, ["https://t.me/demo_second"])
        fold()
        with acting_as(SYSTEM):
            assert sum(Standing.objects.values_list("number", flat=True)) == 1, (
                "no further than the writer in flight"
            )
            assert board(people.operation, SYSTEM).total.handed_in == 2, "yet shown at once"
        slow.commit()
        with acting_as(SYSTEM):
            assert board(people.operation, SYSTEM).total.handed_in == 3
        fold()
        with acting_as(SYSTEM):
            assert sum(Standing.objects.values_list("number", flat=True)) == 3
            assert board(people.operation, SYSTEM).total.handed_in == 3
    assert recount() == []


def test_folding_changes_no_figure_of_anybody() -> None:
    people = make_people()
    a_day(people)
    make_referrals(people.operation, people.agency, ["https://t.me/demo_unsent"])

    def all_see() -> list[object]:
        seen = []
        for who in ("officer", "absent_officer", "auditor", "platform_contact", "stranger"):
            actor = people.actor(who)
            with acting_as(actor):
                found = board(people.operation, actor)
                seen.append((found.total, [row.counts for row in found.rows], found.hours))
        return seen

    before = all_see()
    assert fold(stretch=4) > 1
    assert all_see() == before
    assert [seen[0].handed_in for seen in before] == [7, 0, 7, 6, 0]  # type: ignore[index]


def test_what_was_restricted_first_and_removed_then_is_timed_once() -> None:
    people = make_people()
    ids = a_day(people)[4:]
    apply_to_all("restrict", ids, by=SYSTEM, at=MORNING + timedelta(hours=1), action="geo_blocked")
    fold()
    apply_to_all("remove", ids, by=SYSTEM, at=MORNING + timedelta(hours=7), action="visibility_removed")
    assert recount() == []
    apply_to_all("reinstate", ids, by=SYSTEM, at=MORNING + timedelta(hours=8), reason="after a complaint")
    assert recount() == []
    fold()
    assert recount() == []


def test_what_came_back_leaves_the_line_where_it_had_entered() -> None:
    people = make_people()
    a_day(people)
    for seen, hours in ((Availability.OFFLINE, 5), (Availability.ONLINE, 9), (Availability.OFFLINE, 12)):
        fold()
        look(seen, 0, hours * 60)
        look(seen, 1, hours * 60)
        assert recount() == []
        with acting_as(SYSTEM):
            last = board(people.operation, SYSTEM).hours[-1]
        assert (last.start - MORNING == timedelta(hours=hours)) is (seen == Availability.OFFLINE)
        assert last.removed_and_gone == (4 if seen == Availability.OFFLINE else 0)


def test_the_tallies_are_shown_to_nobody_but_the_system() -> None:
    people = make_people()
    a_day(people)
    fold()
    for who in ("officer", "platform_contact", "stranger"):
        with acting_as(people.actor(who)):
            assert not Standing.objects.exists()
            assert not Reached.objects.exists()
            assert not Taken.objects.exists()


def test_one_who_folds_while_another_does_leaves_it_alone() -> None:
    people = make_people()
    a_day(people)
    with another_session() as other:
        from takedowns.figures.fold import LOCK

        other.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert fold() == 0
        other.rollback()
        assert fold() == 1


def test_recount_reports_and_repairs_only_when_told(capsys: pytest.CaptureFixture[str]) -> None:
    people = make_people()
    a_day(people)
    fold()
    call_command("recount")
    assert "agrees" in capsys.readouterr().out
    with acting_as(SYSTEM):
        Standing.objects.filter(cell__status="removed").update(number=3)
    with pytest.raises(CommandError, match="--repair"):
        call_command("recount")
    out = capsys.readouterr().out
    assert "RAD19, telegram, tally standing: removed unknown referred: 3 shown, 4 recounted" in out
    assert "RAD19, all platforms, removed: 3 shown, 4 recounted" in out
    with acting_as(SYSTEM):
        assert board(people.operation, SYSTEM).total.removed == 3, "reporting repairs nothing"
    call_command("recount", "--repair")
    assert recount() == []
    with acting_as(SYSTEM):
        assert board(people.operation, SYSTEM).total.removed == 4


def test_a_referral_changed_without_an_event_is_found_and_not_painted_over() -> None:
    people = make_people()
    (first, *_) = a_day(people)
    fold()
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=first).update(status=Status.REINSTATED)
    with pytest.raises(CommandError, match="without one"):
        call_command("recount", "--repair")
    found = {difference.what: (difference.shown, difference.recounted) for difference in recount()}
    assert (found["removed"], found["reinstated"]) == ((4, 3), (0, 1))


def test_the_hour_of_a_moment_is_right_to_the_microsecond() -> None:
    """Around every full hour, in each of the zones in which a session may be; before 1970, too."""
    with connection.cursor() as cursor:
        for zone in ("UTC", "Asia/Kolkata", "America/St_Johns"):
            cursor.execute("SELECT set_config('TimeZone', %s, false)", [zone])
            cursor.execute(
                """
                SELECT count(*), count(*) FILTER (
                    WHERE takedowns_hour(at) = floor(extract(epoch FROM at) / 3600)::bigint * 3600
                )
                FROM generate_series('1969-12-30Z'::timestamptz, '2069-01-01Z', interval '997 hours') AS hour
                CROSS JOIN (VALUES (interval '-1 microsecond'), ('0'), ('1 microsecond'), ('37 minutes')) AS by (much)
                CROSS JOIN LATERAL (SELECT hour + much AS at) AS moment
                """
            )
            tried, right = cursor.fetchone()
            assert tried == right > 3000
        cursor.execute("SELECT set_config('TimeZone', 'UTC', false)")


@pytest.mark.parametrize("stretch", [1, 2, 3, 100])
def test_folding_goes_by_transaction_numbers_and_not_by_their_digits(stretch: int) -> None:
    """Transactions 9 and 10, 99 and 100: where a stretch ends among them changes no figure, and each stretch is whole."""
    people = make_people()
    urls = [f"https://t.me/demo_digits/{number}" for number in range(1, 7)]
    ids = make_referrals(people.operation, people.agency, urls)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed")
    owner = psycopg.connect(**connections["owner"].get_connection_params())
    with owner:
        owner.execute("ALTER TABLE referrals_event DISABLE TRIGGER USER")
        owner.execute(
            """
            UPDATE referrals_event SET xid = (ARRAY['9', '10', '99', '100', '101', '1000']::xid8[])[place]
            FROM (SELECT id, 1 + (row_number() OVER (ORDER BY id) - 1) / 4 AS place FROM referrals_event) AS placed
            WHERE placed.id = referrals_event.id
            """
        )
        owner.execute("ALTER TABLE referrals_event ENABLE TRIGGER USER")
    owner.close()
    assert fold(stretch=stretch) == -(-24 // stretch)
    assert recount() == []
