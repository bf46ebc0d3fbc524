"""A workbook is opened by a process of its own: what it does to that process, the one that asks does not feel."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from takedowns.readers import HandedInRow, Layout, ReaderError, isolated, isolated_calamine
from tests.readers.test_reach import HEAD

Read = Callable[..., tuple[Layout, list[HandedInRow]]]
Refused = Callable[..., ReaderError]
Make = Callable[..., bytes]

FAR_CORNER = HEAD + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def test_a_workbook_that_ends_its_reader_is_refused_and_the_operator_is_told(
    xlsx: Make, caplog: pytest.LogCaptureFixture
) -> None:
    # The look before would refuse it; what it does not find must do no more harm than this.
    with pytest.raises(isolated.TooMuchError):
        isolated.open_apart(xlsx({"A": FAR_CORNER}), "corner.xlsx")
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "corner.xlsx ended the process that read it" in caplog.text


def test_the_officer_is_told_what_to_do(
    refused: Refused, xlsx: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takedowns.readers.workbook.facts_of", lambda *_: {"A": None})
    error = refused(xlsx({"A": FAR_CORNER}))
    assert error.code == "too_large"
    assert "Save the list alone as a workbook, or as CSV." in error.message


def test_a_reader_that_does_not_end_is_ended(
    xlsx: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "busy.py").write_text("while True: pass")
    monkeypatch.setattr(isolated, "_PROGRAM", tmp_path / "busy.py")
    monkeypatch.setattr(isolated, "PATIENCE_S", 0.5)
    with pytest.raises(isolated.TooMuchError):
        isolated.open_apart(xlsx({"A": [["URL"]]}), "busy.xlsx")


def test_no_room_for_the_rows_is_said_as_a_full_disk_is(
    xlsx: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full.py").write_text(f"import sys; sys.exit({isolated_calamine.NO_ROOM})")
    monkeypatch.setattr(isolated, "_PROGRAM", tmp_path / "full.py")
    with pytest.raises(OSError, match="No space left"):
        isolated.open_apart(xlsx({"A": [["URL"]]}), "full.xlsx")


@pytest.mark.parametrize(
    ("does", "error"),
    [
        ("bytearray(4 << 30)", "MemoryError"),
        (
            "sys.stdout.buffer.seek(3 << 30); sys.stdout.buffer.write(b'1'); sys.stdout.flush()",
            "File too large",
        ),
        ("[open(sys.argv[0]) for _ in range(40)]", "Too many open files"),
    ],
)
def test_the_reader_has_given_up_memory_room_and_files(does: str, error: str, tmp_path: Path) -> None:
    program = tmp_path / "tries.py"
    folder = Path(isolated_calamine.__file__).parent
    program.write_text(
        f"import sys; sys.path.insert(0, {str(folder)!r}); import isolated_calamine; isolated_calamine.give_up(); keep = {does}"
    )
    with (tmp_path / "out").open("wb") as out:
        done = subprocess.run(
            [sys.executable, "-I", str(program)], stdout=out, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode != 0
    assert error in done.stderr


def test_rows_are_gone_through_as_often_as_one_likes(xlsx: Make) -> None:
    rows = [["URL", "Note"], *([f"https://t.me/abcde/{n}", "x" * 5_000] for n in range(1, 600))]
    [sheet] = isolated.open_apart(xlsx({"A": rows}), "long.xlsx")
    first, second = sheet.values.iter_rows(), sheet.values.iter_rows()
    assert next(first) == next(second) == ["URL", "Note"]
    assert list(first) == rows[1:] == list(second)
