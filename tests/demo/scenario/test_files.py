"""The lists look like those officers send: many dialects, each readable by ordinary programs."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from takedowns.demo.scenario import Scenario, build
from takedowns.readers import Table, open_table

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def tables(scenario: Scenario) -> list[Table]:
    return [
        open_table(BytesIO(submission.text_bytes), submission.filename, zone=AMSTERDAM)
        for submission in scenario.submissions
    ]


def test_each_agency_sends_three_to_eight_lists_over_the_two_days(scenario: Scenario) -> None:
    main = [s for s in scenario.submissions if s.operation_reference == "RAD19"]
    for agency in scenario.agencies:
        theirs = [s for s in main if s.agency_slug == agency.slug]
        assert 3 <= len(theirs) <= 8
        assert len({s.handed_in_at.date() for s in theirs}) == 2
    assert len({s.filename for s in scenario.submissions}) == len(scenario.submissions)


def test_the_lists_come_in_many_dialects(scenario: Scenario) -> None:
    layouts = [table.layout for table in tables(scenario)]
    assert {layout.delimiter for layout in layouts} == {",", ";", "\t"}
    assert len({layout.encoding.lower() for layout in layouts}) >= 3
    assert {layout.columns["url"] for layout in layouts} == {
        "URL",
        "Link",
        "Adresse",
        "Lien",
        "Adresse URL",
        "Webadres",
        "Enlace",
    }
    starts = {submission.text_bytes[:5] for submission in scenario.submissions}
    assert b"sep=;" in starts
    assert b"Lista" in starts  # a title above the header
    assert any(start.startswith(b"\xef\xbb\xbf") for start in starts)
    assert any(start.startswith(b"\xff\xfe") for start in starts)
    assert any(
        b"\xe9" in s.text_bytes for s in scenario.submissions if "_eu-iru_" in s.filename
    )  # the stray byte


def test_an_ordinary_csv_program_reads_the_same_number_of_rows(scenario: Scenario) -> None:
    broken_over_lines = 0
    for submission, table in zip(scenario.submissions, tables(scenario), strict=True):
        encoding = "utf-16" if submission.text_bytes.startswith(b"\xff\xfe") else "latin-1"
        text = submission.text_bytes.decode(encoding)
        above = text.startswith(("sep=", "Lista"))
        records = list(csv.reader(StringIO(text, newline=""), delimiter=table.layout.delimiter))[1 + above :]
        assert len(records) == scenario.expected.files[submission.filename].rows
        assert {len(record) for record in records} == {len(table.layout.header)}
        broken_over_lines += sum("\n" in cell for record in records for cell in record)
    assert broken_over_lines > 100


def test_written_files_are_the_submissions_and_writing_again_changes_nothing(tmp_path: Path) -> None:
    scenario = build(scale=0.01)
    folder = tmp_path / "var" / "demo"
    paths = scenario.write(folder)
    assert [path.name for path in paths] == [s.filename for s in scenario.submissions]
    assert [path.read_bytes() for path in paths] == [s.text_bytes for s in scenario.submissions]
    assert scenario.write(folder) == paths
    assert sorted(folder.iterdir()) == sorted(paths)
