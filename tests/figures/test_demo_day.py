"""Every figure of the demo day's report, in each format read back by somebody else's reader, is what the events say."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import warnings
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyjstat import pyjstat
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.board import Board, board
from takedowns.figures.exports import csv_of, json_of, jsonstat_of, pdf_of, workbook_of
from takedowns.figures.fold import fold
from takedowns.figures.measures import DURATIONS, MEASURES, RELATIVE_ERROR
from takedowns.figures.publication import publish
from takedowns.referrals.models import Operation
from tests.figures.by_hand import figures_by_hand, hours_by_hand
from tests.figures.test_publication import THRESHOLD, assert_hidden
from tests.played import PlayOnce

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = {measure.name for measure in DURATIONS}
By = dict[str, dict[str, Any]]


@pytest.fixture
def played(play_once: PlayOnce) -> Board:
    """A small action day with everything in it, folded in many small stretches."""
    play_once(0.02)
    fold(stretch=300)
    with acting_as(SYSTEM):
        return board(Operation.objects.get(reference="RAD19"), SYSTEM)


def by_hand(figures: Board) -> By:
    """Return what the events say, by the platforms' names; a platform without referrals has zeros and no times."""
    with acting_as(SYSTEM):
        found = figures_by_hand("RAD19")
    nothing = {name: None if "time" in name or "share" in name else 0 for name in MEASURES} | {"timed": 0}
    return {"All platforms": found.pop("")} | {row.name: found.pop(row.slug, nothing) for row in figures.rows}


def assert_same(said: By, expected: By) -> None:
    assert said.keys() == expected.keys()
    for platform, figures in expected.items():
        for name in MEASURES:
            told, counted = said[platform][name], figures[name]
            if counted is None:
                assert told is None, (platform, name)
            elif name in TIMES:
                assert told == pytest.approx(counted, rel=RELATIVE_ERROR), (platform, name)
            else:
                assert told == pytest.approx(counted, abs=1e-6), (platform, name)


def from_json(figures: Board) -> By:
    document = json.loads(json_of(figures))["figures"]
    lines = {"All platforms": document["total"]} | {row["name"]: row for row in document["platforms"]}
    return {
        name: {
            measure: line[measure]["value"] if isinstance(line[measure], dict) else line[measure]
            for measure in MEASURES
        }
        for name, line in lines.items()
    }


def from_csv(figures: Board) -> By:
    found: By = {}
    for row in csv.DictReader(io.StringIO(csv_of(figures).decode("utf-8-sig"), newline="")):
        found.setdefault(row["platform"], {})[row["measure"]] = float(row["value"]) if row["value"] else None
    return found


def from_jsonstat(figures: Board) -> By:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader warns of its own functions
        frame = pyjstat.Dataset.read(jsonstat_of(figures).decode()).write("dataframe")
    name_of = {measure.label: name for name, measure in MEASURES.items()}
    found: By = {}
    for _, row in frame.iterrows():
        value = None if row["value"] != row["value"] else row["value"]
        found.setdefault(row["Platform"], {})[name_of[row["Measure"]]] = value
    return found


def from_workbook(figures: Board) -> By:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(figures))).get_sheet_by_name("Figures")
    lines = sheet.to_python()[3:]
    found: By = {}
    for line in lines[1 : 2 + len(figures.rows)]:
        cells = dict(zip(MEASURES, line[2 : 2 + len(MEASURES)], strict=True))
        found[str(line[0])] = {
            name: None if cell == "" else _seconds(cell) if name in TIMES else cell
            for name, cell in cells.items()
        }
    return found


def _seconds(cell: Any) -> float:
    return cell.total_seconds() if isinstance(cell, timedelta) else float(cell) * 86_400


def test_the_reports_figures_are_what_the_events_say(played: Board) -> None:
    expected = by_hand(played)
    assert expected["All platforms"]["removed"] > 300
    for read in (from_json, from_csv, from_jsonstat, from_workbook):
        assert_same(read(played), expected)
    with acting_as(SYSTEM):
        hours = hours_by_hand("RAD19")
    assert json.loads(json_of(played))["hours"] == hours
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(played))).get_sheet_by_name("Hours")
    lines = [line[:6] for line in sheet.to_python()[1:] if line[0] != ""]
    assert [[f"{line[0]:%Y-%m-%dT%H:%MZ}", *line[1:]] for line in lines] == [
        [*hour.values()] for hour in hours
    ]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) reads the PDF back")
def test_the_printed_figures_are_what_the_events_say(played: Board, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of(played))
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    annex = text[text.index("Annex: all figures") : text.index("Annex: what each figure means")]
    portions = (
        (
            "handed_in",
            "in_review",
            "rejected",
            "withdrawn",
            "co_referred",
            "referred",
            "acknowledged",
            "open",
            "removed",
            "restricted",
            "declined",
            "unavailable",
            "reinstated",
        ),
        (
            "share_removed",
            "seen_online",
            "seen_offline",
            "not_seen",
            "removed_and_gone",
            "removed_but_online",
            "removed_not_seen",
            "timed",
        ),
    )
    for platform, figures in by_hand(played).items():
        lines = [line.strip() for line in annex.splitlines() if line.strip().startswith(platform + "  ")]
        assert len(lines) == len(portions), platform
        for names, line in zip(portions, lines, strict=True):
            printed = line.removeprefix(platform).replace(" %", "%").split()
            expected = [
                ("\u2013" if figures[name] is None else f"{figures[name] * 100:.1f}%")
                if name == "share_removed"
                else f"{figures[name]:,}"
                for name in names
            ]
            assert printed[: len(names)] == expected, platform


def test_the_platforms_own_counts_stand_beside(played: Board) -> None:
    own = {row.name: row.self_reports for row in played.rows if row.self_reports}
    (report,) = own["Telegram"]
    assert report.days == ((date(2019, 11, 22), 2096), (date(2019, 11, 23), 2959))


def test_the_demo_days_publication_gives_nothing_away(played: Board) -> None:
    assert assert_hidden(played, json.loads(json_of(publish(played, THRESHOLD)))) > 20
