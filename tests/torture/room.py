"""The installation that is tortured: a server and files on small disks, ``takedowns serve`` behind nginx, receivers of webhooks, and what was noticed."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psycopg

from takedowns.postgres.cluster import ClusterError
from tests.operating.installation import ROOT, Installation, listens, until
from tests.torture import front
from tests.torture.followers import Follower
from tests.torture.machine import Clock, Disk, in_environment

#: Most of what is tortured is small; the rest is more than a request loads by itself, so that the worker does.
INLINE_BYTES: Final = 8_000
#: Sessions of these are made; whoever else calls has a key.
PEOPLE: Final = ("officer", "reviewer", "coordinator")


@dataclass
class Book:
    """What was noticed on the way; ``broken`` is what must not be."""

    broken: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str, number: int = 1) -> None:
        """Count something."""
        with self.lock:
            self.said[what] += number

    def breaks(self, what: str) -> None:
        """Write down that something is as it must not be."""
        with self.lock:
            self.broken.append(what)


@dataclass
class Room(Installation):
    """The installation, and what stands around it.

    Attributes:
        followers: whoever follows the log, each with a receiver of webhooks.
        behind_nginx: whether people and programs come through it, as far as this machine has it.
        front: that nginx.
        shared: a folder that the server's own account may read.
        database, files: the disks under them.
        clock: of server and programs.
        missing: what this machine does not let us do, and why.
        allowed: set while the actors work.
        in_flight: how many of each kind are at it just now.
        commands: the last of each name that was run.
    """

    followers: Sequence[Follower] = field(kw_only=True)
    shared: Path = field(kw_only=True)
    behind_nginx: bool = True
    front: front.Front | None = None
    megabytes: int = 1024
    book: Book = field(default_factory=Book)
    missing: list[str] = field(default_factory=list)
    allowed: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    in_flight: Counter[str] = field(default_factory=Counter)
    serving: subprocess.Popen[bytes] | None = None
    commands: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _signing_in: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.database = Disk(self.folder / "postgres", self.megabytes << 20)
        self.files = Disk(self.folder / "var", 128 << 20)
        self.clock = Clock(self.shared)
        disks = [disk.mount() for disk in (self.database, self.files)]
        if not all(disks):
            self.missing.append("full disks: this account may not mount a small file system (be root)")
        if not self.clock.make():
            self.missing.append("a clock that is set back: there is no C compiler (cc)")
        with in_environment(self.clock.of_server):
            super().__post_init__()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.settings |= {
            "WEBHOOK_ALLOW_NETWORKS": "127.0.0.1/32",
            "WEBHOOK_PLAIN_HTTP": "1",
            "SUBMISSION_INLINE_BYTES": str(INLINE_BYTES),
            "LOG_FORMAT": "console",
        }
        if self.behind_nginx and front.is_there():
            self.front = front.Front(self.folder / "nginx", self.folder / "web.sock")
            self.settings |= front.SETTINGS
        elif self.behind_nginx:
            self.missing.append("nginx in front: it is not installed (Debian: apt-get install nginx)")

    @property
    def has_disks(self) -> bool:
        return self.database.is_mounted and self.files.is_mounted

    @property
    def has_clock(self) -> bool:
        return bool(self.clock.of_server)

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **self.clock.of_programs}

    def prepare(self) -> None:
        """Migrate, make people, and begin to serve."""
        for words in ("migrate --verbosity 0", "collectstatic --no-input --verbosity 0"):
            code, said = self.command(*words.split())
            assert code == 0, said
        urls = {one.name: one.receiver.url for one in self.followers}
        code, said = self.command(
            "shell", "--no-imports", "-c", f"from tests.torture import cast; cast.make({urls!r})"
        )
        assert code == 0, said
        self.tokens = dict(line.split() for line in said.splitlines() if line.count(" ") == 1)
        for one in self.followers:
            one.receiver.secrets.append(self.tokens[f"{one.name}-secret"])
        self.begin_to_serve()
        if self.front is not None:
            self.front.begin()

    def sign_in_again(self, who: str, session: str) -> bool:
        """Let somebody whose session the clock ended have a new one; return whether they have. No other session ends in a room."""
        if who not in PEOPLE or not self.clock.ended_sessions:
            return False
        with self._signing_in:
            if self.tokens[who] == session:
                code, said = self.command(
                    "shell", "--no-imports", "-c", f"from tests.torture import cast; cast.sign_in({who!r})"
                )
                made = [line.split()[1] for line in said.splitlines() if line.startswith(f"{who} ")]
                if code == 0 and made:
                    self.tokens[who] = made[0]
                    self.book.count("signed in again")
        return True

    def connect(self, timeout: float) -> http.client.HTTPConnection:
        """Return a connection as people and programs have one."""
        if self.front is not None:
            return self.front.connect(timeout)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    # -- programs ------------------------------------------------------------------------------------

    def begin_to_serve(self) -> None:
        """Start ``takedowns serve`` and wait until it listens."""
        place = f"unix:{self.front.socket}" if self.front is not None else f"127.0.0.1:{self.port}"
        words = f"-m takedowns serve --bind {place} --web 2 --threads 8 --jobs 4"
        with (self.folder / "serve.log").open("ab") as log:
            self.serving = subprocess.Popen(
                [sys.executable, *shlex.split(words)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        until(self._listens, 180)

    def _listens(self) -> bool:
        if self.front is None:
            return listens(self.port)
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.front.socket)) == 0

    def command(self, *words: str, seconds: float = 600) -> tuple[int, str]:
        """Run a command of the installation; return its exit code and what it said."""
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
            self.commands[words[0]] = process
            try:
                code = process.wait(seconds)
            finally:
                process.kill()
            output.seek(0)
            return code, output.read().decode(errors="replace")

    def processes(self, of: str = "") -> list[int]:
        """Return the processes of ``serve`` below the supervisor: those of its child ``of`` (web, worker), parents first, or all."""
        assert self.serving is not None
        found = []
        for child, command in children_of(self.serving.pid).items():
            if not of or (" worker" in command) == (of == "worker"):
                found += [child, *children_of(child)]
        return found

    def kill_programs(self) -> None:
        """Kill everything that ``serve`` started, and it."""
        assert self.serving is not None
        everyone = [self.serving.pid, *self.processes()]
        for one in everyone:
            send(one, signal.SIGKILL)
        self.serving.wait(30)

    # -- the server ----------------------------------------------------------------------------------

    def start_server(self) -> None:
        """Start the server, as whatever supervises it would, until it stays: recovery may take its time."""
        with in_environment(self.clock.of_server):
            for last in (*[False] * 20, True):
                try:
                    super().start_server()
                except ClusterError:
                    if last:
                        raise
                    time.sleep(1)
                else:
                    return

    def kill_server(self) -> None:
        """Kill the postmaster; its children notice."""
        self.cluster.kill()

    @contextmanager
    def superuser(self) -> Iterator[psycopg.Connection[Any]]:
        """Ask as the server's superuser, who sees every row."""
        with psycopg.connect(self.cluster.dsn("takedowns", "postgres"), autocommit=True) as session:
            yield session

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what a statement finds; nothing while the server is away."""
        with suppress(psycopg.Error), self.superuser() as session:
            return session.execute(statement, values or None).fetchall()
        return []

    # -- actors --------------------------------------------------------------------------------------

    @contextmanager
    def at_it(self, what: str) -> Iterator[None]:
        """Say for the length of the block that somebody does something."""
        with self.book.lock:
            self.in_flight[what] += 1
        try:
            yield
        finally:
            with self.book.lock:
                self.in_flight[what] -= 1

    def pause(self, seconds: float = 300) -> None:
        """Let the actors finish what they are at."""
        self.allowed.clear()
        deadline = time.monotonic() + seconds
        while any(self.in_flight.values()):
            if time.monotonic() > deadline:
                self.book.breaks(f"somebody waits for ever: {dict(+self.in_flight)}")
                return
            time.sleep(0.1)

    # -- its end -------------------------------------------------------------------------------------

    def end(self) -> None:
        """End everything, and take the disks away."""
        self.ended.set()
        self.allowed.set()
        if self.serving is not None and self.serving.poll() is None:
            self.kill_programs()
        if self.front is not None:
            self.front.kill()
        super().end()
        self.cluster._wait_for_orphans()
        for disk in (self.database, self.files):
            disk.unmount()

    def last_lines(self, number: int = 150) -> str:
        """Return what web and worker wrote last, but for what they say when a database is away."""
        lines = (self.folder / "serve.log").read_text(errors="replace").splitlines()
        return "\n".join([one[:300] for one in lines if "Service Unavailable" not in one][-number:])

    def keep_logs(self, folder: Path) -> None:
        """Put what programs and server said beside where somebody looks for it."""
        folder.mkdir(parents=True, exist_ok=True)
        for log in (self.folder / "serve.log", self.cluster.data / "server.log"):
            if log.exists():
                shutil.copy(log, folder)
        (folder / "broken.json").write_text(json.dumps(self.book.broken, indent=1))


def children_of(pid: int) -> dict[int, str]:
    """Return what a process started, with its command line."""
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, ValueError):
            if int((one / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found[int(one.name)] = (one / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def send(pid: int, what: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, what)
