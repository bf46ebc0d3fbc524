"""What is done to the machine under the installation: small disks, and a clock that can be set.

Each needs something that not every machine has: disks root's right to mount, the clock a C compiler. What is missing is left out and said.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from takedowns.access.lapses import DIFFER_S

SOURCE = Path(__file__).parent / "clock.c"
#: What is left free of a full disk: less than a page of PostgreSQL's.
LEFT_FREE = 4096


@dataclass
class Disk:
    """A file system of its own under a folder, in memory; it can be made as small as what is on it."""

    folder: Path
    size: int  # bytes
    is_mounted: bool = False

    def mount(self) -> bool:
        """Mount it, if the machine lets us; return whether."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={self.size},mode=0700", "takedowns-torture"]
        self.is_mounted = os.geteuid() == 0 and _runs([*command, str(self.folder)])
        return self.is_mounted

    def fill(self) -> None:
        """Leave no room; what is there stays, and nothing is written for it."""
        self._resize(self.used() + LEFT_FREE)

    def empty(self) -> None:
        """Give the room back."""
        self._resize(self.size)

    def used(self) -> int:
        """Return the bytes that are taken."""
        found = os.statvfs(self.folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def unmount(self) -> None:
        """Take it away with all that is on it."""
        if self.is_mounted and (
            _runs(["umount", str(self.folder)]) or _runs(["umount", "-l", str(self.folder)])
        ):
            self.is_mounted = False

    def _resize(self, size: int) -> None:
        # Whoever writes at this moment may need more than was asked for: then a little more is given.
        for _ in range(20):
            if _runs(["mount", "-o", f"remount,size={size}", str(self.folder)]):
                return
            size += 1 << 18
        raise AssertionError(f"{self.folder} could not be given {size} bytes")


@dataclass
class Clock:
    """The clock of the server and the programs that are started with it in their environment; everybody else's goes on.

    Attributes:
        of_server, of_programs: environments in which it counts.
        machine: by how many seconds it is ahead; negative: behind.
        programs: by how many more it is for the programs, as if they were on another machine.
        ended_sessions: whether it was set back so far that no session of before lasts (``access/lapses.py``).
    """

    folder: Path
    of_server: Mapping[str, str] = field(default_factory=dict)
    of_programs: Mapping[str, str] = field(default_factory=dict)
    machine: int = 0
    programs: int = 0
    ended_sessions: bool = False

    def make(self) -> bool:
        """Make it, if there is a C compiler; return whether."""
        library = self.folder / "clock.so"
        if not build(library):
            return False
        self.set()
        self.of_server = {"LD_PRELOAD": str(library), "TORTURE_CLOCK": str(self.folder / "clock")}
        self.of_programs = {**self.of_server, "TORTURE_PROGRAM": "1"}
        return True

    def set(self, *, machine: int | None = None, programs: int | None = None) -> None:
        """Set it for everybody at the same moment."""
        self.ended_sessions |= machine is not None and self.machine - machine > DIFFER_S
        self.machine = self.machine if machine is None else machine
        self.programs = self.programs if programs is None else programs
        handle = os.open(self.folder / "clock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            os.write(handle, struct.pack("=qq", self.machine, self.programs))  # in its place: it is mapped
        finally:
            os.close(handle)


def build(library: Path) -> bool:
    """Compile what stands between programs and the machine's clock."""
    compiler = shutil.which("cc")
    return compiler is not None and _runs(
        [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE)]
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """Make a folder that every account of this machine may read, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="takedowns-torture-") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@contextmanager
def in_environment(more: Mapping[str, str]) -> Iterator[None]:
    """Let what is started in the block find more in its environment."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
