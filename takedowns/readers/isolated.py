"""Opening a workbook in a process of its own, so that no file can stop, fill or hold up the one that asks."""

from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

import orjson

from takedowns.readers import isolated_calamine

log = logging.getLogger(__name__)

#: Seconds on the clock that a workbook may take; of the processor, isolated_calamine.py says.
PATIENCE_S: Final = 150
_PROGRAM: Final = Path(isolated_calamine.__file__)
_CHUNK: Final = 1 << 20


class PasswordError(Exception):
    """The workbook is encrypted."""


class UnreadableError(Exception):
    """The workbook cannot be opened."""


class TooMuchError(Exception):
    """Opening the workbook takes more memory, time or room than one may take."""


class Values:
    """The rows of one sheet, which wait in a temporary file; they can be gone through any number of times."""

    def __init__(self, file: IO[bytes], offset: int, rows: int) -> None:
        self._file, self._offset, self._rows = file, offset, rows

    def iter_rows(self) -> Iterator[list[str | list[str]]]:
        """Yield the cells of each row, from the first of the sheet on: text as it is, anything else as a list of its text."""
        position, left, rest = self._offset, self._rows, b""
        while left:
            chunk = os.pread(self._file.fileno(), _CHUNK, position)
            position += len(chunk)
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines[:left]:
                yield orjson.loads(line)
            left -= min(left, len(lines))


class Opened(NamedTuple):
    """One sheet of an opened workbook: which (from 0), its name, whether it is hidden, the number of its last filled row."""

    number: int
    name: str
    hidden: bool
    height: int
    values: Values


def open_apart(content: bytes, filename: str) -> list[Opened]:
    """Return the sheets of a workbook, read by a process of its own with limits on memory, time and output.

    Raises:
        PasswordError, UnreadableError: it is encrypted, or no workbook.
        TooMuchError: reading it was stopped, by a limit or because the library gave up.
        OSError: there is no room for its rows.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115 - read from for as long as the rows are
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM)],
            input=content,
            stdout=file,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        log.error("Reading the workbook %s was stopped after %s s.", filename, PATIENCE_S)  # noqa: TRY400 - where, says nothing
        raise TooMuchError from error
    _check(done.returncode, filename)
    size = file.seek(0, os.SEEK_END)
    length = int(os.pread(file.fileno(), 16, size - 16))
    sheets = orjson.loads(os.pread(file.fileno(), length, size - 16 - length))
    return [
        Opened(number, name, hidden, height, Values(file, offset, rows))
        for number, name, hidden, height, offset, rows in sheets
    ]


def _check(status: int, filename: str) -> None:
    if status == 0:
        return
    if status == isolated_calamine.PASSWORD:
        raise PasswordError
    if status == isolated_calamine.NO_ROOM:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if status == isolated_calamine.UNREADABLE:
        raise UnreadableError
    if status < 0:
        # The operator is told: a file that stops its reader may have been made for that.
        log.error(
            "The workbook %s ended the process that read it: %s.", filename, signal.Signals(-status).name
        )
    raise TooMuchError
