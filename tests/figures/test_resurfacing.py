"""What came back: by hand on the demo's weeks, the curve against its textbook, and what each actor may see of it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.figures.board import board
from takedowns.figures.exports import csv_of, json_of, workbook_of
from takedowns.figures.publication import publish
from takedowns.figures.report import report
from takedowns.figures.resurfacing import Resurfacing, curve, resurfacing_of
from takedowns.figures.return_measures import RETURN_MEASURES
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Item, Operation, Outlet, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks
from takedowns.verification.returns import refuges, returned_outlets
from tests.factories import MORNING, make_referrals
from tests.figures.returns_by_hand import middle, returns_by_hand
from tests.people import People
from tests.played import PlayOnce

H = timedelta(hours=1)
spans = st.lists(st.tuples(st.integers(0, 30).map(lambda hours: hours * H), st.booleans()), max_size=40)


@pytest.mark.django_db(transaction=True)
def test_the_demos_weeks_by_hand(play_once: PlayOnce) -> None:
    play_once(0.03)
    for reference, closes in (
        ("RAD19", datetime(2019, 11, 22, 23, tzinfo=UTC)),  # midnight in Amsterdam
        ("RAD19-F", None),
    ):
        with acting_as(SYSTEM):
            operation = Operation.objects.get(reference=reference)
            found, by_hand = resurfacing_of(operation, SYSTEM), returns_by_hand(reference, closes)
            settled = resurfacing_of(operation, SYSTEM, as_of=timezone.now() - timedelta(milliseconds=50))
            figures = report(operation, SYSTEM)
            morning_after = {one.platform: one.outlets for one in refuges(returned_outlets(operation))}
        assert found.items_seen_gone == by_hand.items_seen_gone > 0
        assert found.items_back == by_hand.items_back
        assert found.median_item_back == middle(by_hand.waits)
        assert (found.outlets_seen_gone, found.outlets_back) == (
            by_hand.outlets_seen_gone,
            by_hand.outlets_back,
        )
        assert {(one.source, one.target): (one.outlets, one.items, one.median) for one in found.moves} == {
            pair: (len(each), sum(items for _, items in each), middle([wait for wait, _ in each]))
            for pair, each in by_hand.moves.items()
        }
        turned_up: Counter[str] = Counter()
        for one in found.moves:
            turned_up[one.target_name] += one.outlets
        assert morning_after == turned_up, "the morning after counts what the figures count"
        assert list(found.curve) == curve(by_hand.spans)
        assert settled == found
        _assert_in_every_format(found, figures)
    assert by_hand.outlets_back > 0


def _assert_in_every_format(found: Resurfacing, figures: object) -> None:
    told = json.loads(json_of(figures))["came_back"]  # type: ignore[arg-type]
    assert told["figures"]["items_seen_gone"] == found.items_seen_gone
    assert told["figures"]["share_outlets_back"]["numerator"] == found.outlets_back
    assert [one["outlets"] for one in told["displacement"]] == [one.outlets for one in found.moves]
    rows = list(csv.DictReader(io.StringIO(csv_of(figures).decode("utf-8-sig"))))  # type: ignore[arg-type]
    told_there = {row["measure"]: row["value"] for row in rows if row["scope"] == "total"}
    assert told_there["outlets_back"] == str(found.outlets_back)
    assert sum(row["measure"] == "outlets_moved" for row in rows) == len(found.moves)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(figures))).get_sheet_by_name("Came back")  # type: ignore[arg-type]
    cells = {str(line[0]): line[1] for line in sheet.to_python()}
    assert cells[RETURN_MEASURES["outlets_seen_gone"].label] == found.outlets_seen_gone


@pytest.mark.django_db(transaction=True)
def test_what_is_published_holds_nothing_of_it(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern"])
    with acting_as(SYSTEM):
        figures = publish(board(people.operation, SYSTEM), 5)
    assert figures.came_back is None
    assert "came_back" not in json.loads(json_of(figures))


@given(spans)
def test_the_curve_never_falls_and_counts_who_is_left(watched: list[tuple[timedelta, bool]]) -> None:
    points = curve(watched)
    assert [point.share for point in points] == sorted(point.share for point in points)
    for point in points:
        assert point.watched == sum(span >= point.after for span, _ in watched)
    if watched and all(is_back for _, is_back in watched):
        for point in points:  # nobody lost from sight: the plain share
            share = sum(span <= point.after for span, _ in watched) / len(watched)
            assert point.share == pytest.approx(share)


def test_the_curve_of_a_textbook() -> None:
    # Five, back after 1 and 3 of them; one was last watched at 2: 1/5, then 1 - 4/5 * 2/3.
    watched = [(1 * H, True), (2 * H, False), (3 * H, True), (4 * H, False), (5 * H, False)]
    assert [(point.after, round(point.share, 6), point.watched) for point in curve(watched)] == [
        (1 * H, 0.2, 5),
        (3 * H, round(1 - 0.8 * 2 / 3, 6), 3),
    ]


@pytest.fixture
def moved(people: People) -> Outlet:
    """An outlet seen gone on Telegram on the day, and a week later on TamTam in an operation only the other agency is in."""
    day, later = MORNING, MORNING + timedelta(days=7)
    with acting_as(SYSTEM):
        weeks = Operation.objects.create(reference="WEEKS19", name="The weeks after", starts=later.date())
        weeks.agencies.set([people.other_agency])
        weeks.platforms.set(Platform.objects.filter(slug="tamtam"))
    old = make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern"], at=day)
    new = make_referrals(weeks, people.other_agency, ["https://tamtam.chat/demo_lantern"], at=later)
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Amber Lantern")
        Item.objects.filter(referrals__in=[*old, *new]).update(outlet=outlet)
        Referral.objects.filter(pk__in=old).update(referred_at=day + H)
        item = Referral.objects.get(pk__in=old).item_id
    record_checks([Look(item, Availability.OFFLINE, day + 2 * H)], by=SYSTEM, robot="probe")
    return outlet


@pytest.mark.django_db(transaction=True)
def test_an_agency_counts_what_it_may_see(people: People, moved: Outlet) -> None:
    found = {}
    for name in ("officer", "other_officer", "absent_officer", "auditor"):
        with acting_as(people.actor(name)):
            found[name] = resurfacing_of(people.operation, SYSTEM)
    assert (found["officer"].outlets_seen_gone, found["officer"].outlets_back) == (1, 0)
    assert (found["other_officer"].outlets_seen_gone, found["other_officer"].outlets_back) == (1, 1)
    (move,) = found["other_officer"].moves
    assert (move.source, move.target, move.outlets, move.items) == ("telegram", "tamtam", 1, 1)
    assert move.median == timedelta(days=7) - 2 * H
    assert found["auditor"] == replace(found["other_officer"])
    assert found["absent_officer"] == Resurfacing()
