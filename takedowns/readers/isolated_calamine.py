"""Reads one workbook and ends: the part of the reader that runs as a process of its own.

The library that opens workbooks is not ours and is not written in Python: a file made for it can stop the process that reads it, fill its
memory or keep it busy. So that process holds nothing and reaches nothing: it gives up time, memory, room on the disk, further processes and,
where the kernel lets it, the network, before it looks at the file. ``isolated.py`` starts it.

The workbook comes through standard input. Standard output gets, a line each, the rows of each sheet as JSON (a cell that holds text as it
stands, any other as a list of its text), then the list of sheets ``[number, name, hidden, height, offset, rows]``, and in the last 16
bytes the length of that list.
"""

from __future__ import annotations

import ctypes
import errno
import io
import resource
import sys
from datetime import datetime
from typing import Any, BinaryIO, Final, NoReturn

PASSWORD: Final = 3
UNREADABLE: Final = 4
NO_ROOM: Final = 5
TOO_LARGE: Final = 6

MEMORY: Final = 3 << 30
SECONDS: Final = 100
OUTPUT: Final = 2 << 30
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000


def give_up() -> None:
    """Give up what reading a file does not need."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
    # A network of its own, in which there is nobody; refused where processes may make none.
    ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def cell(value: Any) -> str | list[str]:
    """Return a cell that holds text as it is, any other as a list of its text."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return ["TRUE" if value else "FALSE"]
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e16:
        return [str(int(value))]
    if isinstance(value, datetime):
        return [value.isoformat(sep=" ")]
    return [str(value)]


def write(content: bytes, out: BinaryIO) -> None:
    """Write the sheets of a workbook as the module says."""
    import orjson  # noqa: PLC0415 - after the limits are set
    import python_calamine  # noqa: PLC0415

    book = python_calamine.load_workbook(io.BytesIO(content))
    sheets, offset = [], 0
    for number, told in enumerate(book.sheets_metadata):
        if told.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        values = book.get_sheet_by_name(told.name)
        begins, rows = offset, 0
        for row in values.iter_rows():
            line = orjson.dumps([cell(value) for value in row])
            out.write(line + b"\n")
            offset += len(line) + 1
            rows += 1
        hidden = told.visible != python_calamine.SheetVisibleEnum.Visible
        height = values.end[0] + 1 if values.end else 1
        sheets.append([number, told.name, hidden, height, begins, rows])
    index = orjson.dumps(sheets)
    out.write(index + f"{len(index):016d}".encode())
    out.flush()


def _end(error: BaseException) -> NoReturn:
    if type(error).__name__ == "PasswordError":
        sys.exit(PASSWORD)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        sys.exit(NO_ROOM)
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.EFBIG):
        sys.exit(TOO_LARGE)
    sys.exit(UNREADABLE)


def main() -> None:
    """Read standard input, write standard output; the status says what was wrong."""
    give_up()
    try:
        write(sys.stdin.buffer.read(), sys.stdout.buffer)
    except BaseException as error:  # noqa: BLE001 - a panic in the Rust library is no Exception
        _end(error)


if __name__ == "__main__":
    main()
