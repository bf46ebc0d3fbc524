"""A list that leaves something open is not taken until the program says it, and nothing of it is stored before."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Repair, Submission, SubmissionRow
from takedowns.referrals.models import Event, Referral
from tests import workbooks
from tests.api.conftest import World

FILES = Path(__file__).parent.parent / "intake" / "files"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATES = (FILES / "dates" / "open.csv").read_bytes()


def _hidden() -> bytes:
    def shape(book: Any, sheet: Any) -> None:
        sheet.set_row(2, None, None, {"hidden": True})

    return workbooks.written([["URL"], *([f"https://t.me/demo_hidden/{n}"] for n in range(1, 4))], shape)


def _sheets() -> bytes:
    return workbooks.xlsx(
        {
            "week 48": [["URL"], ["https://t.me/demo_week/48"]],
            "week, 49": [["URL"], ["https://t.me/demo_week/49"], ["https://t.me/demo_week/48"]],
        }
    )


def _send(world: World, content: bytes, query: str, media_type: str) -> Any:
    return world.north.client.post(
        f"/api/v1/submissions?operation=RAD19{query}",
        content,
        content_type=media_type,
        headers={"Authorization": f"Bearer {world.north.text}"},
    )


def _rows() -> dict[str, str]:
    with acting_as(SYSTEM):
        rows = SubmissionRow.objects.filter(submission__source="api").order_by("place")
        return {row.url: row.outcome for row in rows}


@pytest.mark.parametrize(
    ("content", "media_type", "parameter", "says"),
    [
        (DATES, "text/csv", "dates", "11/05/2019 9:00"),
        (_hidden(), XLSX, "hidden", "Rows hidden in the workbook: 1"),
        (_sheets(), XLSX, "sheets", "“week 48”, “week, 49”"),
    ],
)
def test_what_is_open_is_asked_by_the_name_of_its_parameter(
    world: World, content: bytes, media_type: str, parameter: str, says: str
) -> None:
    with acting_as(SYSTEM):
        before = Submission.objects.count(), Referral.objects.count()
    answer = _send(world, content, "", media_type)
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"].endswith("/undecided")
    assert [one["parameter"] for one in problem["errors"]] == [parameter]
    assert says in problem["errors"][0]["detail"]
    assert f"{parameter}=" in problem["errors"][0]["detail"]
    with acting_as(SYSTEM):
        assert (Submission.objects.count(), Referral.objects.count()) == before


@pytest.mark.parametrize(("order", "found"), [("day", "2019-05-11"), ("month", "2019-11-05")])
def test_dates_are_read_as_said_and_the_answer_says_so(world: World, order: str, found: str) -> None:
    answer = _send(world, DATES, f"&dates={order}", "text/csv")
    assert answer.status_code == 201, answer.content
    assert answer.json()["decided"] == {"dates": order, "hidden": None, "sheets": None, "outside": "in"}
    with acting_as(SYSTEM):
        dates = Event.objects.filter(kind="submit").values_list("details__found_at", flat=True)
        assert found in {one[:10] for one in dates if one}


@pytest.mark.parametrize(("said", "outcome"), [("in", "new"), ("out", "left_out")])
def test_hidden_rows_go_in_or_stay_out_as_said(world: World, said: str, outcome: str) -> None:
    assert _send(world, _hidden(), f"&hidden={said}", XLSX).status_code == 201
    assert _rows() == {
        "https://t.me/demo_hidden/1": "new",
        "https://t.me/demo_hidden/2": outcome,
        "https://t.me/demo_hidden/3": "new",
    }


def test_sheets_are_named_one_by_one_and_rows_say_theirs(world: World) -> None:
    assert _send(world, _sheets(), "&sheets=week%2050", XLSX).status_code == 422
    answer = _send(world, _sheets(), "&sheets=week%2048&sheets=week,%2049", XLSX)
    assert answer.status_code == 201, answer.content
    assert answer.json()["decided"]["sheets"] == ["week 48", "week, 49"]
    rows = world.north.get(f"submissions/{answer.json()['id']}/rows").json()["rows"]
    assert [(row["sheet"], row["line"], row["outcome"], row["first_sheet"]) for row in rows] == [
        ("week 48", 2, "new", None),
        ("week, 49", 2, "new", None),
        ("week, 49", 3, "repeated", "week 48"),
    ]
    pages, query = [], "?limit=1"
    while query:
        page = world.north.get(f"submissions/{answer.json()['id']}/rows{query}").json()
        pages += [(row["sheet"], row["line"]) for row in page["rows"]]
        query = page["next"] and f"?limit=1&after={page['next']}"
    assert pages == [("week 48", 2), ("week, 49", 2), ("week, 49", 3)]


def test_one_sheet_of_several_is_enough(world: World) -> None:
    answer = _send(world, _sheets(), "&sheets=week,%2049", XLSX)
    assert list(_rows()) == ["https://t.me/demo_week/49", "https://t.me/demo_week/48"]
    with acting_as(SYSTEM):
        assert set(Repair.objects.values_list("submission", "by")) == {
            (Submission.objects.get(pk=answer.json()["id"]).pk, None)
        }


@pytest.mark.parametrize(
    ("said", "outcome"), [({}, "new"), ({"outside": "in"}, "new"), ({"outside": "out"}, "left_out")]
)
def test_platforms_outside_the_operation_go_in_unless_said(
    world: World, said: dict[str, str], outcome: str
) -> None:
    urls = ["https://t.me/demo_in/1", "https://www.facebook.com/demo.out"]
    answer = world.north.post(
        "submissions", {"operation": "RAD19", "rows": [{"url": url} for url in urls], **said}
    )
    assert answer.json()["decided"]["outside"] == said.get("outside", "in")
    assert _rows() == {urls[0]: "new", urls[1]: outcome}


def test_the_same_file_again_needs_nothing_said_anew(world: World) -> None:
    content = _hidden()  # once: a workbook says the second in which it was written
    first = _send(world, content, "&hidden=out", XLSX)
    again = _send(world, content, "&hidden=out", XLSX)
    assert (again.status_code, again.json()["id"], again.json()["decided"]) == (200, first.json()["id"], None)


def test_the_shell_asks_as_well(world: World, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(_hidden())
    given = ["import_submission", str(path), "--operation", "RAD19", "--by", "officer@north.example"]
    with acting_as(SYSTEM):
        given[-1] = world.people.officer.email
    with pytest.raises(CommandError, match="hidden=out"):
        call_command(*given, stdout=StringIO())
    out = StringIO()
    call_command(*given, "--hidden", "out", stdout=out)
    assert "1  Left out" in " ".join(out.getvalue().split(" ")).replace("        ", " ")
