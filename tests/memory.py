"""Where a test run keeps what it writes: in memory where there is room for it, since a disk keeps what nobody asks for again.

A copy of a database is eight hundred files: on a disk they cost ten times the processor time that they cost here. ``python -m
tests.memory`` names the folder of temporary files, for what is started beside the tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

MEMORY: Final = Path("/dev/shm")
#: What two workers, the installations that they make and their browsers hold at the same time, twice over.
ENOUGH: Final = 4_000_000_000


def folder() -> Path | None:
    """Return a folder in memory that is this checkout's and this account's alone; None where there is none with enough room."""
    checkout = Path(__file__).resolve().parent.parent
    name = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]
    found = MEMORY / f"td{os.geteuid()}-{name}"  # short: the path of a socket has 107 characters at most
    try:
        # Tests make programs, too.
        if shutil.disk_usage(MEMORY).free < ENOUGH or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
            return None
        found.mkdir(mode=0o755, exist_ok=True)
        # Anybody may make a folder of that name there before us.
        is_ours = not found.is_symlink() and found.stat().st_uid == os.geteuid()
    except OSError:
        return None
    return found if is_ours else None


def keep_in_memory(var: Path) -> Path:
    """Let temporary files be made in memory, and return where to keep what ``var`` would hold."""
    found = folder()
    if found is None:
        return var
    (found / "t").mkdir(mode=0o755, exist_ok=True)
    os.environ["TMPDIR"] = tempfile.tempdir = str(found / "t")
    return found / "var"


if __name__ == "__main__":
    keep_in_memory(Path())
    print(tempfile.gettempdir())
