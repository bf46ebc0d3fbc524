"""The board: self-reports beside, a fixed number of statements, and a refresh that knows when nothing changed."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.context import SAY, everything
from takedowns.directory.models import Platform
from takedowns.figures.board import board, fingerprint
from takedowns.figures.models import SelfReport
from takedowns.referrals.availability import Look, record_seen
from takedowns.referrals.models import CoReferral, Item, Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from tests.factories import MORNING, make_referrals
from tests.people import People, make_people


def report(people: People, platform: str, day: int, what: str, count: int) -> SelfReport:
    return SelfReport.objects.create(
        operation=people.operation, platform_id=platform, day=date(2019, 11, day), what=what, count=count
    )


def test_a_platforms_own_count_is_totalled_with_itself_only(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_one"])
    report(people, "telegram", 22, "accounts and bots", 2096)
    report(people, "telegram", 23, "accounts and bots", 2959)
    report(people, "telegram", 22, "messages", 7)
    report(people, "tamtam", 24, "channels", 12)
    with acting_as(SYSTEM):
        figures = board(people.operation, SYSTEM)
    rows = {row.slug: row for row in figures.rows}
    assert [(own.what, own.total) for own in rows["telegram"].self_reports] == [
        ("accounts and bots", 5055),
        ("messages", 7),
    ]
    assert rows["telegram"].self_reports[0].days == ((date(2019, 11, 22), 2096), (date(2019, 11, 23), 2959))
    assert rows["telegram"].counts.removed == figures.total.removed == 0, "never added to ours"
    assert rows["tamtam"].self_reports[0].total == 12, "a platform that only reported itself is shown"
    assert rows["tamtam"].provider.startswith("Mail.Ru")


@pytest.mark.parametrize(
    ("who", "sees"),
    [("officer", True), ("absent_officer", False), ("platform_contact", True), ("stranger", False)],
)
def test_own_counts_are_shown_to_those_of_the_operation(people: People, who: str, sees: bool) -> None:
    report(people, "telegram", 22, "accounts and bots", 2096)
    report(people, "youtube", 22, "videos", 50)
    actor = people.actor(who)
    with acting_as(actor):
        shown = {row.slug for row in board(people.operation, actor).rows if row.self_reports}
    assert ("telegram" in shown) is sees
    assert ("youtube" in shown) is (who == "officer")


def test_most_handed_in_comes_first(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://www.youtube.com/watch?v=dQw4w9WgXcQ"])
    make_referrals(people.operation, people.agency, ["https://t.me/demo_one", "https://t.me/demo_two"])
    with acting_as(SYSTEM):
        rows = board(people.operation, SYSTEM).rows
    assert [(row.slug, row.counts.handed_in) for row in rows] == [
        ("telegram", 2),
        ("youtube", 1),
        ("twitter", 0),
    ]


@pytest.mark.parametrize("size", [0, 1, 40])
def test_the_board_is_four_statements_however_much_there_is(
    people: People, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_referrals(people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(size)])
    for number in range(size):
        report(people, "telegram", 22, f"thing {number}", 1)
    actor = people.actor("officer")
    with acting_as(actor):
        with django_assert_num_queries(4):
            board(people.operation, actor)
        with django_assert_num_queries(1):
            etag = fingerprint(people.operation, actor)
        with django_assert_num_queries(3):
            assert board(people.operation, actor, etag=etag).etag == etag


def etag(people: People, who: str = "officer") -> str:
    actor = people.actor(who)
    with acting_as(actor):
        return fingerprint(people.operation, actor)


def test_the_fingerprint_stays_where_nothing_changed(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_one"])
    assert etag(people) == etag(people)


def test_the_fingerprint_stays_where_another_operation_moves(people: People) -> None:
    """Not even that something happens elsewhere is told; what the operation handed in as well, and what happens to its items, is."""
    make_referrals(people.operation, people.agency, ["https://t.me/demo_one"])
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="OTHER", name="Other", starts=MORNING.date())
        other.agencies.set([people.absent_agency])
    before = {who: etag(people, who) for who in ("officer", "auditor", "platform_contact")}
    theirs = make_referrals(
        other, people.absent_agency, ["https://t.me/demo_theirs", "https://t.me/demo_two"]
    )
    apply_to_all("approve", theirs, by=SYSTEM, exemptions_checked=True)
    assert {who: etag(people, who) for who in before} == before
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=theirs[0]).item_id
        CoReferral.objects.create(
            referral_id=theirs[0], item_id=item, agency=people.agency, operation=people.operation, at=MORNING
        )
    before = {who: etag(people, who) for who in before}
    apply_to_all("refer", theirs[1:], by=SYSTEM)
    assert {who: etag(people, who) for who in before} == before
    apply_to_all("refer", theirs[:1], by=SYSTEM)
    assert etag(people) != before["officer"], "what it submitted as well is its own"


def test_the_fingerprint_of_an_operation_whose_events_lie_far_back_still_sees_each_new_one(
    people: People,
) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_one"])
    with acting_as(SYSTEM), connection.cursor() as cursor:
        busy = Operation.objects.create(reference="BUSY", name="Busy", starts=MORNING.date())
        [other] = make_referrals(busy, people.absent_agency, ["https://t.me/demo_busy"])
        seen = [etag(people)]
        for _ in range(2):
            cursor.execute(
                "INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, details)"
                " SELECT item_id, id, now(), 'check', cell_id, cell_id, '{}' FROM referrals_referral, generate_series(1, 5001)"
                " WHERE id = %s",
                [other],
            )
            make_referrals(people.operation, people.agency, [f"https://t.me/demo_late_{len(seen)}"])
            seen.append(etag(people))
    assert len(set(seen)) == 3


def test_the_fingerprint_changes_with_every_figure(people: People) -> None:
    seen = [etag(people)]
    ids = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_one"], submitted_by=people.officer
    )
    seen.append(etag(people))
    apply_to_all("approve", ids, by=people.actor("reviewer"), exemptions_checked=True)
    seen.append(etag(people))
    apply_to_all("refer", ids, by=people.actor("coordinator"))
    seen.append(etag(people))
    apply_to_all("remove", ids, by=people.actor("platform_contact"), action="visibility_removed")
    seen.append(etag(people))
    with acting_as(SYSTEM):
        item = Item.objects.get()
    record_seen([Look(item.pk, Availability.OFFLINE, MORNING + timedelta(hours=9))], by=SYSTEM, robot="test")
    seen.append(etag(people))
    own = report(people, "telegram", 22, "accounts and bots", 2096)
    seen.append(etag(people))
    own.count = 2097
    own.save()
    seen.append(etag(people))
    people.operation.platforms.add(Platform.objects.get(slug="tamtam"))
    seen.append(etag(people))
    Platform.objects.filter(slug="tamtam").update(name="TamTam Messenger")
    seen.append(etag(people))
    assert len(set(seen)) == len(seen)


def test_two_who_see_different_things_have_different_fingerprints(people: People) -> None:
    assert (
        len({etag(people, who) for who in ("officer", "absent_officer", "auditor", "platform_contact")}) == 4
    )


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_fingerprint_sees_an_event_that_commits_late() -> None:
    """An older transaction that commits after a newer one changes the figures, but not the newest event."""
    people = make_people()
    (first, second) = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_one", "https://t.me/demo_two"]
    )
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}) as slow:
        slow.execute(SAY, [everything()])
        insert = """
            INSERT INTO referrals_event (item_id, referral_id, at, kind)
            SELECT item_id, id, now(), 'check' FROM referrals_referral WHERE id = %s
        """
        slow.execute(insert, [first])
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(insert, [second])
        before = etag(people)
        assert etag(people) == before
        slow.commit()
        after = etag(people)
        assert after != before
        # Once nothing is in flight any more, the name settles.
        assert etag(people) == etag(people)


def test_the_figures_are_of_one_moment(people: People) -> None:
    with acting_as(SYSTEM), CaptureQueriesContext(connection) as queries:
        board(people.operation, SYSTEM)
    counting = [query["sql"] for query in queries if "takedowns_tallies" in query["sql"]]
    assert len(counting) == 1, "what is counted in two statements can be of two moments"
