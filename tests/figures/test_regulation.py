"""What two regulations want counted: each figure once more by plain SQL on the events, and by hand on a small year."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.services import Complained, Decided, decide_complaints, record_complaints
from takedowns.directory.models import Agency
from takedowns.figures.regulation import NOT_RECORDED, Return, art8, art21, dsa22
from takedowns.figures.regulation.files import FORMATS
from takedowns.figures.regulation.orders import authorities_of
from takedowns.figures.regulation.shapes import year_of
from takedowns.orders.models import IssuingAuthority
from takedowns.orders.services import (
    CannotComply,
    Feedback,
    Receipt,
    end_impediments,
    record_feedback,
    record_impediments,
    record_receipts,
)
from takedowns.orders.vocabulary import HOUR, Impediment, Outcome
from takedowns.orders.writing import OrderText, write_orders
from takedowns.referrals.transitions import Move, apply, apply_to_all
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db
NEW_YEAR = year_of(2024)[0]
YEAR_AFTER = year_of(2025)[0]
AT = datetime(2024, 5, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def _referred(people: People, agency: Agency, urls: list[str], at: datetime, instrument: str) -> list[Any]:
    ids = make_referrals(people.operation, agency, urls, instrument=instrument, at=at - 2 * HOUR)
    if instrument == "removal_order":
        write_orders(ids, OrderText(("incites",), "It calls for attacks."), by=SYSTEM)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True, at=at - HOUR)
    assert apply_to_all("refer", ids, by=SYSTEM, at=at).moved == ids
    return ids


@pytest.fixture
def year(people: People) -> People:
    """Fifteen orders of 2024 in every state, some of other years and agencies, and seven notices of 2024."""

    def orders(name: str, count: int, at: datetime = AT, agency: Agency = people.agency) -> list[Any]:
        urls = [f"https://t.me/demo_{name}_{number}" for number in range(count)]
        return _referred(people, agency, urls, at, "removal_order")

    orders("before", 2, NEW_YEAR - timedelta(seconds=1))
    orders("after", 1, YEAR_AFTER)
    orders("first", 1, NEW_YEAR)
    orders("last", 1, YEAR_AFTER - timedelta(microseconds=1))
    orders("south", 2, agency=people.other_agency)
    quick, late, disabled, undone, stopped, nothing, declined, labelled, withdrawn, back, unknown = orders(
        "of", 11
    )
    told = [quick, late, disabled, undone, stopped, nothing, declined, labelled, back]
    record_receipts([Receipt(one, AT + MINUTE) for one in told], by=SYSTEM)
    record_feedback(
        [
            Feedback(quick, Outcome.REMOVED, AT + 31 * MINUTE, "A. Clerk"),
            Feedback(late, Outcome.REMOVED, AT + 3 * HOUR, "A. Clerk"),
            Feedback(disabled, Outcome.ACCESS_DISABLED, AT + 61 * MINUTE, "A. Clerk"),
            Feedback(undone, Outcome.REMOVED, AT + 11 * MINUTE, "A. Clerk"),
        ],
        by=SYSTEM,
    )
    # Standing still, then begun anew: three hours after receipt and yet in time.
    record_impediments(
        [CannotComply(stopped, Impediment.FORCE_MAJEURE, "Fire.", AT + 20 * MINUTE)], by=SYSTEM
    )
    end_impediments([Receipt(stopped, AT + 2.5 * HOUR)], by=SYSTEM)
    apply(
        [
            Move(stopped, "remove", {"action": "account_terminated"}, AT + 3 * HOUR),
            Move(nothing, "report_unavailable", {}, AT + HOUR),
            Move(declined, "decline", {"decline_reason": "not_in_breach"}, AT + HOUR),
            Move(labelled, "restrict", {"action": "visibility_labelled"}, AT + HOUR),
            Move(withdrawn, "withdraw", {"reason": "Mistaken."}, AT + HOUR),
            Move(back, "restrict", {"action": "visibility_demoted"}, AT + HOUR),
            # Acted without a word of receipt: carried out, and its speed is not known.
            Move(unknown, "remove", {"action": "visibility_removed"}, AT + HOUR),
        ],
        by=SYSTEM,
    )
    apply_to_all("reinstate", [back], by=SYSTEM, reason="Asked to.")
    complaints = record_complaints(
        [
            Complained(undone, AT + 2 * HOUR),
            Complained(quick, AT + 2 * HOUR),
            Complained(quick, AT + 3 * HOUR),
            Complained(quick, AT + 3 * HOUR, "other"),
            Complained(late, YEAR_AFTER),
        ],
        by=SYSTEM,
    )
    assert not complaints.refused
    decide_complaints(
        [
            Decided(complaints.complaints[0], "upheld", AT + 5 * HOUR),
            Decided(complaints.complaints[1], "dismissed", AT + 5 * HOUR),
        ],
        by=SYSTEM,
    )
    notices = _referred(
        people,
        people.agency,
        [
            *(f"https://t.me/demo_notice_{number}" for number in range(4)),
            "https://youtu.be/abcdefghij1",
            "https://youtu.be/abcdefghij2",
            "https://youtu.be/abcdefghij3",
        ],
        AT,
        "referral",
    )
    apply_to_all("remove", [notices[0], notices[4]], by=SYSTEM, action="visibility_removed")
    apply_to_all("restrict", [notices[1]], by=SYSTEM, action="geo_blocked")
    apply_to_all("decline", [notices[5]], by=SYSTEM, decline_reason="journalistic")
    return people


def value(told: Return, name: str) -> Any:
    return next(one.told for one in told.figures if one.name == name)


def test_an_authority_counts_its_orders(year: People) -> None:
    with acting_as(SYSTEM):
        told = art8(year.agency, 2024)
    counted = {one.name: one.told for one in told.figures if one.recorded}
    assert counted == {
        "orders_issued": 13,
        "orders_carried_out": 6,
        "orders_removed": 5,
        "orders_disabled": 1,
        "orders_put_back": 1,
        "orders_not_carried_out": 7,
        "orders_unavailable": 1,
        "orders_declined": 1,
        "orders_limited": 2,
        "orders_withdrawn": 1,
        "orders_unanswered": 2,
    }
    for name in ("orders_scrutinised", "measures_decided", "reviews", "penalties"):
        assert value(told, name) == NOT_RECORDED
    assert sum(int(line[-1]) for line in told.tables[0].lines) == 13


def test_a_member_state_counts_its_orders_and_what_followed(year: People) -> None:
    with acting_as(SYSTEM):
        told = art21("NL", authorities_of("nl"), 2024)
    counted = {one.name: one.told for one in told.figures if one.recorded}
    # Times from receipt: 10, 30, 60, 179, 179 minutes.
    assert counted == {
        "orders_issued": 13,
        "items_removed": 6,
        "orders_timed": 5,
        "within_the_hour": 4,
        "median_seconds": 3600,
        "p90_seconds": 179 * 60,
        "complaints": 3,
        "complaints_upheld": 1,
        "complaints_dismissed": 1,
        "complaints_undecided": 1,
        "complaints_reinstated": 1,
    }


def test_a_trusted_flagger_counts_its_notices(year: People) -> None:
    with acting_as(SYSTEM):
        told = dsa22(year.agency, 2024)
    tables = {table.name: table.lines for table in told.tables}
    assert value(told, "notices") == 7
    assert {line[-2]: line[-1] for line in tables["by_provider"]} == {"Telegram": 4, "YouTube": 3}
    assert dict(tables["by_action"]) == {
        "visibility_removed": 2,
        "geo_blocked": 1,
        "declined": 1,
        "no_decision_yet": 3,
    }
    for lines in tables.values():
        assert sum(int(line[-1]) for line in lines) == 7


def sql(statement: str, **parameters: Any) -> dict[str, int]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {str(key): number for key, number in cursor.fetchall()}


def test_plain_sql_on_the_events_says_the_same(year: People) -> None:
    """Another way of counting: by sets of referrals that have events, from nothing but events and their cells."""
    issued = """
        SELECT event.referral_id AS id FROM referrals_event AS event JOIN referrals_cell AS cell ON cell.id = event.to_cell_id
        WHERE event.kind = 'refer' AND cell.agency_id = %(agency)s AND cell.instrument = %(instrument)s
          AND extract(year FROM event.at AT TIME ZONE 'Europe/Amsterdam') = 2024
    """
    has = "SELECT referral_id FROM referrals_event WHERE kind = "
    disabling = f"{has}'restrict' AND details->>'action' IN ('geo_blocked', 'visibility_disabled')"
    orders = sql(
        f"""
        WITH issued AS ({issued})
        SELECT 'orders_issued', count(*) FROM issued
        UNION ALL SELECT 'orders_removed', count(*) FROM issued WHERE id IN ({has}'remove')
        UNION ALL SELECT 'orders_disabled', count(*) FROM issued WHERE id NOT IN ({has}'remove') AND id IN ({disabling})
        UNION ALL SELECT 'orders_put_back', count(*) FROM issued
                  WHERE (id IN ({has}'remove') OR id IN ({disabling})) AND id IN ({has}'reinstate')
        UNION ALL SELECT 'orders_withdrawn', count(*) FROM issued WHERE id IN ({has}'withdraw')
        UNION ALL SELECT 'orders_unavailable', count(*) FROM issued WHERE id IN ({has}'report_unavailable')
        UNION ALL SELECT 'orders_declined', count(*) FROM issued
                  WHERE id IN ({has}'decline') AND id NOT IN ({has}'remove') AND id NOT IN ({disabling})
        """,
        agency=year.agency.pk,
        instrument="removal_order",
    )
    notices = sql(
        f"SELECT 'notices', count(*) FROM ({issued}) AS issued", agency=year.agency.pk, instrument="referral"
    )
    by_kind = sql(
        f"SELECT cell.kind, count(*) FROM ({issued}) AS issued JOIN referrals_event AS event ON event.referral_id = issued.id"
        " JOIN referrals_cell AS cell ON cell.id = event.to_cell_id WHERE event.kind = 'refer' GROUP BY 1",
        agency=year.agency.pk,
        instrument="referral",
    )
    with acting_as(SYSTEM):
        told, flagged = art8(year.agency, 2024), dsa22(year.agency, 2024)
    assert orders == {name: value(told, name) for name in orders}
    assert notices == {"notices": value(flagged, "notices")}
    assert by_kind == dict(flagged.tables[1].lines)


def test_a_past_moment_is_told_as_it_was_then_and_to_the_byte(year: People) -> None:
    then = timezone.now()
    with acting_as(SYSTEM):
        before = art8(year.agency, 2024)
    _referred(year, year.agency, ["https://t.me/demo_more"], AT, "removal_order")
    with acting_as(SYSTEM):
        assert value(art8(year.agency, 2024), "orders_issued") == 14
        again = [art8(year.agency, 2024, as_of=then) for _ in range(2)]
    assert again[0].figures == before.figures
    for write in FORMATS.values():
        assert write(again[0]) == write(again[1])


def test_every_format_says_the_same(year: People) -> None:
    with acting_as(SYSTEM):
        told = art8(year.agency, 2024)
    document: Mapping[str, Any] = json.loads(FORMATS["json"](told))
    for one in document["figures"]:
        assert one["recorded"] == (one["value"] is not None), "nothing that is not recorded reads as a zero"
    lines = list(csv.DictReader(io.StringIO(FORMATS["csv"](told).decode("utf-8-sig"))))
    written = {line["name"]: line["value"] for line in lines if not line["by"]}
    assert written == {one.name: str(one.told) for one in told.figures}
    book = CalamineWorkbook.from_filelike(io.BytesIO(FORMATS["xlsx"](told)))
    rows = book.get_sheet_by_name("Figures").to_python()
    labels = {one.label: one.told for one in told.figures}
    assert {row[1]: row[2] for row in rows if row[1] in labels} == labels
    assert FORMATS["pdf"](told).startswith(b"%PDF")


def test_authorities_are_of_the_state_their_orders_name(people: People) -> None:
    with acting_as(SYSTEM):
        IssuingAuthority.objects.create(
            agency=people.other_agency,
            name="Court",
            kind="judicial",
            member_state="BE",
            address="Here",
            email="a@b.example",
            redress_body="Court",
            redress_deadline="30 days",
        )
        assert [authorities_of(code) for code in ("NL", "BE", "ES")] == [
            [people.agency],
            [people.other_agency],
            [],
        ]


def test_nothing_to_tell_is_told_as_nothing(people: People) -> None:
    with acting_as(SYSTEM):
        told = art21("NL", [people.agency], 2024)
        empty = art8(people.agency, 2024)
    assert (value(told, "orders_issued"), value(told, "median_seconds")) == (0, None)
    for write in FORMATS.values():
        assert write(told)
        assert write(empty)


def test_the_command_writes_what_is_asked(year: People, tmp_path: Path) -> None:
    path = tmp_path / "art8.json"
    call_command(
        "regulation_report",
        "art8",
        "--year",
        "2024",
        "--agency",
        "north",
        "--format",
        "json",
        "-o",
        str(path),
    )
    assert json.loads(path.read_text())["subject"] == "North Unit"
    call_command(
        "regulation_report",
        "art21",
        "--year",
        "2024",
        "--member-state",
        "es",
        "--format",
        "json",
        "-o",
        str(path),
    )
    assert {one["name"]: one["value"] for one in json.loads(path.read_text())["figures"]}[
        "orders_issued"
    ] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["art8", "--year", "2024"], "--agency"),
        (["art8", "--year", "2024", "--agency", "x"], "Known: absent"),
        (["art21", "--year", "2024", "--agency", "north"], "--member-state"),
        (["art21", "--year", "2024", "--member-state", "XX"], "No agency"),
        (["dsa22", "--year", "24", "--agency", "north"], "24"),
        (
            ["dsa22", "--year", "2024", "--agency", "north", "--as-of", "2999-01-01T00:00:00Z"],
            "still to come",
        ),
    ],
)
def test_the_command_says_what_is_wrong(people: People, arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("regulation_report", *arguments)
