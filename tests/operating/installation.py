"""An installation of a test's own: a database server that may be stopped, its settings, and processes as an operator starts them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from takedowns.postgres.bootstrap import APPLICATION_ROLE, DATABASE, OWNER_ROLE, PART_ROLES, prepare
from takedowns.postgres.cluster import SUPERUSER, Cluster

ROOT = Path(__file__).resolve().parent.parent.parent

#: Makes the cast of ``tests.people``, and prints an officer's session and a key of Telegram's.
MAKE_PEOPLE = """
from django.test import Client
from tests.people import make_people
from takedowns.directory.keys import create
from takedowns.directory.models import Platform, Scope
people = make_people()
for name in ("officer", "administrator"):
    client = Client()
    client.force_login(getattr(people, name))
    print(name, client.cookies["sessionid"].value)
print("key", create(name="x", platform=Platform.objects.get(slug="telegram"), scopes=[Scope.REFERRALS_READ])[1])
"""


@dataclass
class Answer:
    """What came back over HTTP, and how long it took."""

    status: int
    headers: Mapping[str, str]
    text: str
    seconds: float


@dataclass
class Installation:
    """A server, a folder of files, and what was started on them."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    port: int = 0
    _started: list[subprocess.Popen[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.folder / "postgres")
        prepare(self.cluster)

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@{quote(str(self.cluster.socket_dir), safe='')}/{database}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {
            **kept,
            "DATABASE_URL": self.url(APPLICATION_ROLE),
            "DATABASE_OWNER_URL": self.url(OWNER_ROLE),
            **{f"DATABASE_{part.upper()}_URL": self.url(role) for part, role in PART_ROLES.items()},
            "VAR_DIR": str(self.folder / "var"),
            "SECRET_KEY": "s" * 50,
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "HTTPS": "0",
            "REQUIRE_SECOND_FACTOR": "0",
            **self.settings,
        }

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        """Start a program of this Python with the installation's settings."""
        output = (self.folder / "output.log").open("w")  # a pipe that nobody reads would stop it when full
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**self.environment, **settings},
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        output.close()
        self._started.append(process)
        return process

    @property
    def said(self) -> str:
        """What the program that was started last said."""
        return (self.folder / "output.log").read_text(errors="replace")

    def run(self, *command: str, **settings: str) -> tuple[int, str]:
        """Run ``manage.py command ...`` and return its exit code and what it said."""
        code = self.start("manage.py", *command, **settings).wait(180)
        return code, self.said

    def done(self, *command: str, **settings: str) -> str:
        code, said = self.run(*command, **settings)
        assert code == 0, said
        return said

    def make_people(self) -> None:
        said = self.done("shell", "--no-imports", "-c", MAKE_PEOPLE)
        self.tokens = dict(line.split() for line in said.splitlines() if line.count(" ") == 1)

    def serve(self, **settings: str) -> subprocess.Popen[str]:
        """Start gunicorn as docs/operators/processes.md says, and wait until it listens."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        process = self.start(
            "-m",
            "gunicorn",
            "takedowns.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--workers",
            "1",
            "--threads",
            "4",
            **settings,
        )
        until(lambda: listens(self.port))
        return process

    def get(self, path: str, *, as_: str = "", **headers: str) -> Answer:
        """Ask for a page; ``as_`` names the person (a session) or ``key`` (an API key)."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if as_ == "key":
            sent["Authorization"] = f"Bearer {self.tokens['key']}"
        elif as_:
            sent["Cookie"] = f"sessionid={self.tokens[as_]}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        began = time.monotonic()
        try:
            connection.request("GET", path, headers=sent)
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, answer.headers, text, time.monotonic() - began)  # type: ignore[arg-type]
        finally:
            connection.close()

    # -- its server ----------------------------------------------------------------------------------

    def stop_server(self) -> None:
        self.cluster._stop()

    def start_server(self) -> None:
        if not self.cluster._answers():
            self.cluster._start()

    def ask(self, statement: str, *parameters: object, database: str = DATABASE) -> list[tuple]:  # type: ignore[type-arg]
        """Run a statement as the server's superuser."""
        with psycopg.connect(self.cluster.dsn(database, SUPERUSER), autocommit=True) as connection:
            found = connection.execute(statement, parameters or None)
            return found.fetchall() if found.description else []

    def log(self) -> str:
        return (self.cluster.data / "server.log").read_text(errors="replace")

    # -- ends ----------------------------------------------------------------------------------------

    def end_processes(self) -> None:
        for process in self._started:
            if process.poll() is None:
                process.terminate()
        for process in self._started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._started.clear()

    def end(self) -> None:
        self.end_processes()
        self.cluster.release()
        self.cluster.kill()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(condition, seconds: float = 60) -> None:  # type: ignore[no-untyped-def]
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.1)
