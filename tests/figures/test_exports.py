"""The exports explain themselves, run nowhere as formulas, and are the same to the byte."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.figures.board import Board, board
from takedowns.figures.exports import aggregates, as_csv, as_json, csv_of, json_of
from takedowns.figures.measures import MEASURES, UNIT_OF_COUNT
from takedowns.figures.models import SelfReport
from takedowns.referrals.transitions import apply_to_all
from tests.factories import MORNING, make_referrals
from tests.people import People


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def day(people: People) -> People:
    """Three referrals to Telegram, two removed after an hour and after an hour and a half, and Telegram's own count."""
    urls = [f"https://t.me/demo_channel_{number}" for number in range(3)]
    ids = make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)
    apply_to_all("approve", ids, by=people.actor("reviewer"), at=MORNING, exemptions_checked=True)
    apply_to_all("refer", ids, by=people.actor("coordinator"), at=MORNING)
    contact = people.actor("platform_contact")
    for one, minutes in ((ids[0], 60), (ids[1], 90)):
        apply_to_all(
            "remove", [one], by=contact, at=MORNING + timedelta(minutes=minutes), action="visibility_removed"
        )
    for number, count in ((22, 2096), (23, 2959)):
        SelfReport.objects.create(
            operation=people.operation,
            platform_id="telegram",
            day=date(2019, 11, number),
            what="accounts and bots",
            count=count,
            recorded_by=people.coordinator,
        )
    return people


def figures_of(people: People) -> Board:
    with acting_as(SYSTEM):
        return board(people.operation, SYSTEM)


def test_each_row_of_the_csv_is_one_figure_with_its_definition(day: People) -> None:
    rows = rows_of(csv_of(figures_of(day)))
    found = {(row["scope"], row["platform"], row["measure"]): row for row in rows}
    assert len(found) == len(rows)
    assert found["total", "All platforms", "handed_in"]["value"] == "3"
    assert UNIT_OF_COUNT in found["total", "All platforms", "handed_in"]["definition"]
    share = found["platform", "Telegram", "share_removed"]
    assert (share["value"], share["numerator"], share["denominator"]) == ("0.666667", "2", "3")
    median = found["platform", "Telegram", "median_time_to_action"]
    assert (median["value"], median["unit"], median["denominator"]) == ("3600", "second", "2")
    nothing = found["platform", "YouTube", "share_removed"]
    assert (nothing["value"], nothing["numerator"], nothing["denominator"]) == ("", "0", "0")
    assert found["platform", "YouTube", "median_time_to_action"]["value"] == ""
    for row in rows:
        assert row["operation"] == "RAD19"
        assert row["definition"]
        assert row["unit"]
        assert row["source"]
        assert row["as_of_utc"].endswith("Z")
    for platform in ("Telegram", "YouTube"):
        assert {name for _, of, name in found if of == platform} >= set(MEASURES)
    assert found["platform", "YouTube", "handed_in"]["provider"] == "Google"


def test_a_platforms_own_count_is_marked_as_such(day: People) -> None:
    own = [row for row in rows_of(csv_of(figures_of(day))) if row["measure"] == "self_report"]
    assert [(row["scope"], row["platform"], row["value"]) for row in own] == [
        ("platform", "Telegram", "5055")
    ]
    assert own[0]["unit"] == "as counted by the platform: accounts and bots"
    assert "2019-11-22: 2096, 2019-11-23: 2959" in own[0]["definition"]


def test_csv_and_json_say_the_same(day: People) -> None:
    figures = figures_of(day)
    document = json.loads(json_of(figures))
    assert document["unit_of_count"] == UNIT_OF_COUNT
    assert set(document["definitions"]) == {*MEASURES, "self_report"}
    by_name = {entry["name"]: entry for entry in document["figures"]["platforms"]}
    for row in rows_of(csv_of(figures)):
        assert row["as_of_utc"] == document["as_of"]
        if row["measure"] == "self_report":
            assert by_name[row["platform"]]["self_report"][0]["total"] == int(row["value"])
            continue
        entry = document["figures"]["total"] if row["scope"] == "total" else by_name[row["platform"]]
        figure = entry[row["measure"]]
        value = figure["value"] if isinstance(figure, dict) else figure
        assert (row["value"] == "" and value is None) or float(row["value"]) == value
        assert row["unit"] == document["definitions"][row["measure"]]["unit"]


def test_the_same_moment_gives_the_same_bytes(day: People) -> None:
    figures = figures_of(day)
    assert csv_of(figures) == csv_of(figures)
    again = figures_of(day)
    same_moment = type(again)(**{**vars(again), "as_of": figures.as_of})
    assert csv_of(same_moment) == csv_of(figures)
    assert json_of(same_moment) == json_of(figures)


def test_names_that_look_like_formulas_stay_text(day: People) -> None:
    day.operation.name = '=HYPERLINK("https://example.org","look")'
    day.operation.save()
    Platform.objects.filter(slug="telegram").update(name="@SUM(1+1)*cmd|' /C calc'!A0")
    Platform.objects.filter(slug="youtube").update(name='"; = 2+5, \r\n "')
    rows = rows_of(csv_of(figures_of(day)))
    assert {row["operation_name"] for row in rows} == {'\'=HYPERLINK("https://example.org","look")'}
    assert "'@SUM(1+1)*cmd|' /C calc'!A0" in {row["platform"] for row in rows}
    for row in rows:
        for cell in row.values():
            assert not cell.startswith(("=", "@", "+", "\t", "\r", "\n")), cell
            assert not cell.startswith("-") or cell[1:].isdigit()


def test_an_export_holds_no_person_and_no_words_of_officers(day: People) -> None:
    figures = figures_of(day)
    for content in (csv_of(figures).decode(), json_of(figures).decode()):
        for person in (day.officer, day.reviewer, day.coordinator, day.platform_contact):
            assert person.email not in content
            assert person.name not in content
        assert "demo_channel" not in content


def test_the_export_holds_what_the_reader_may_see(day: People) -> None:
    for who, sees in (("officer", "3"), ("absent_officer", "0")):
        actor = day.actor(who)
        with acting_as(actor):
            handed_in = rows_of(as_csv(day.operation, actor))[0]
            assert (handed_in["measure"], handed_in["value"]) == ("handed_in", sees)
            assert json.loads(as_json(day.operation, actor))["figures"]["total"]["handed_in"] == int(sees)
            assert next(aggregates(day.operation, actor)).value == int(sees)
