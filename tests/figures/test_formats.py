"""Each format is opened by somebody else's reader and says what the board says; the same board, the same bytes."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pyjstat import pyjstat
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.board import board
from takedowns.figures.exports import FORMATS, json_of, jsonstat_of, pdf_of, workbook_of
from takedowns.figures.measures import MEASURES, UNIT_OF_COUNT
from takedowns.pages.templatetags.plain import as_of, duration
from tests.figures.test_exports import day, figures_of  # noqa: F401 - a fixture
from tests.people import People


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_board_gives_the_same_bytes(day: People, name: str) -> None:  # noqa: F811
    figures = figures_of(day)
    assert FORMATS[name](figures) == FORMATS[name](figures)


def test_the_workbook_says_what_the_board_says(day: People) -> None:  # noqa: F811
    figures = figures_of(day)
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook_of(figures)))
    assert book.sheet_names == ["Figures", "Hours", "Platforms' own counts", "Definitions"]
    lines = book.get_sheet_by_name("Figures").to_python()
    head = lines[3]
    telegram = dict(zip(head, next(line for line in lines if line[0] == "Telegram"), strict=True))
    assert (telegram["Submitted items"], telegram["Removed"], telegram["Share removed"]) == (
        3,
        2,
        pytest.approx(2 / 3, abs=1e-6),
    )
    median = telegram["Median time to action (h:mm:ss)"]
    assert median in (timedelta(hours=1), pytest.approx(1 / 24))
    assert [line[3] for line in book.get_sheet_by_name("Platforms' own counts").to_python()[2:]] == [
        2096,
        2959,
    ]
    hours = book.get_sheet_by_name("Hours").to_python()
    assert hours[-1][1:] == [3, 3, 2, 2, 0]
    words = {str(cell) for line in book.get_sheet_by_name("Definitions").to_python() for cell in line}
    assert words >= {UNIT_OF_COUNT, *(measure.definition for measure in MEASURES.values())}


def test_the_workbook_has_charts_of_its_own_and_no_formula(day: People) -> None:  # noqa: F811
    day.operation.name = '=HYPERLINK("https://example.org")'
    day.operation.save()
    with zipfile.ZipFile(io.BytesIO(workbook_of(figures_of(day)))) as parts:
        assert sum(name.startswith("xl/charts/chart") for name in parts.namelist()) == 2
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                content = parts.read(name)
                assert b"<f>" not in content
                assert b"<hyperlink" not in content


def test_an_independent_reader_reads_the_json_stat(day: People) -> None:  # noqa: F811
    figures = figures_of(day)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the reader warns of its own functions
        frame = pyjstat.Dataset.read(jsonstat_of(figures).decode()).write("dataframe")
    read = {(row["Platform"], row["Measure"]): row["value"] for _, row in frame.iterrows()}
    assert len(read) == len(frame) == (1 + len(figures.rows)) * len(MEASURES)
    for name, counts in (("All platforms", figures.total), *((row.name, row.counts) for row in figures.rows)):
        assert read[name, "Submitted items"] == counts.handed_in
        assert read[name, "Removed"] == counts.removed
    assert read["Telegram", "Median time to action"] == 3600
    assert read["Telegram", "Share removed"] == pytest.approx(2 / 3, abs=1e-6)
    assert read["YouTube", "Share removed"] != read["YouTube", "Share removed"], "none: not a number"
    document = json.loads(jsonstat_of(figures))
    assert set(document["dimension"]["measure"]["category"]["note"]) == set(MEASURES)


def test_the_report_is_two_pages_and_an_annex(day: People) -> None:  # noqa: F811
    content = pdf_of(figures_of(day))
    assert content.startswith(b"%PDF-")
    (pages,) = re.findall(rb"/Type/Pages/Count (\d+)", content)
    assert int(pages) == 4, "two to publish, all figures, what they mean"


def test_a_withheld_figure_is_in_no_format(day: People) -> None:  # noqa: F811
    open_board = figures_of(day)
    withheld = replace(open_board, suppressed=frozenset({("telegram", "handed_in"), ("", "share_removed")}))
    for write in FORMATS.values():
        assert write(withheld) != write(open_board)
    document = json.loads(json_of(withheld))
    assert document["figures"]["total"]["share_removed"] == "withheld"
    telegram = next(row for row in document["figures"]["platforms"] if row["slug"] == "telegram")
    assert (telegram["handed_in"], telegram["referred"]) == ("withheld", 3)
    dataset = json.loads(jsonstat_of(withheld))
    assert sorted(dataset["status"].values()).count("s") == 2


def test_names_cannot_break_the_report(day: People) -> None:  # noqa: F811
    day.operation.name = '#panic("x") ] $ \\ " */ @here <label> ـعربي'
    day.operation.save()
    assert pdf_of(figures_of(day)).startswith(b"%PDF-")


def test_a_report_of_nothing_is_a_report(people: People) -> None:
    with acting_as(SYSTEM):
        figures = board(people.operation, SYSTEM)
    for write in FORMATS.values():
        assert write(figures)


def test_the_command_writes_the_file_it_was_asked_for(day: People, tmp_path: Path) -> None:  # noqa: F811
    with acting_as(SYSTEM):
        for name in FORMATS:
            call_command("report", "RAD19", "--format", name, "-o", str(tmp_path / name))
            assert (tmp_path / name).stat().st_size > 500
        moment = datetime.now(UTC).isoformat()
        for copy in ("one", "two"):
            call_command("report", "RAD19", "--format", "xlsx", "--as-of", moment, "-o", str(tmp_path / copy))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["RAD20"], "There is no operation RAD20. Known: RAD19."),
        (["RAD19", "--as-of", "yesterday"], "is no moment"),
        (["RAD19", "--as-of", "2019-11-22T18:00:00"], "has no time zone"),
        (["RAD19", "--as-of", "2999-01-01T00:00:00Z"], "still to come"),
        (["RAD19", "-o", "no/such/folder/file"], "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(people: People, arguments: list[str], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        call_command("report", *arguments)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) reads the PDF back")
def test_the_report_on_paper_is_in_the_readers_language_and_zone(day: People) -> None:  # noqa: F811
    """The same figures as on the page, to the word: thousands, times and moments."""
    figures = figures_of(day)
    median = timedelta(hours=6, minutes=56, seconds=40)
    figures = replace(figures, total=replace(figures.total, handed_in=26_312, median_time_to_action=median))
    told = {}
    for language in ("en", "de"):
        with translation.override(language):
            content = pdf_of(figures)
            read = subprocess.run(
                ["pdftotext", "-layout", "-", "-"], input=content, check=True, capture_output=True
            )
            told[language] = read.stdout.decode()
            assert duration(median) in told[language], language
            assert as_of(figures.as_of) in told[language], "in the zone of the page"
    assert "26,312" in told["en"]
    assert "26.312" in told["de"]
    assert "Anhang: alle Zahlen" in told["de"]
    assert "Annex" not in told["de"]
