"""An installation of its own with the full demo day: ``takedowns serve`` behind nginx as deploy/ has it, and people who are signed in."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.operating.installation import listens, until
from tests.operating.proxy import HOST, free_port, start_nginx, write_certificate

ROOT: Final = Path(__file__).resolve().parent.parent
#: Where a demo day is kept for the next run: to play it takes minutes.
KEPT: Final = "BENCH_DAY"
#: Who works on the day.
PEOPLE: Final = ("officer", "reviewer", "coordinator", "auditor")
_SIGN_IN = """
import json, sys, django
django.setup()
from django.conf import settings
from django.test import Client
from takedowns.directory.models import User
for user in User.objects.order_by("email"):
    if user.email.startswith(tuple(sys.argv[1:])):
        client = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0])
        client.force_login(user)
        print(json.dumps(f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"))
"""


@dataclass(frozen=True)
class Served:
    """An installation that is served.

    Attributes:
        port: where nginx listens (TLS).
        certificate: what its certificate is checked with.
        serving: the process of ``takedowns serve``.
        cookies: a session of each person.
        database: the folder of its server.
    """

    port: int
    certificate: Path
    serving: int
    cookies: tuple[str, ...]
    database: Path

    def web(self) -> list[int]:
        """Return the processes of the web: the one that begins the others first."""
        for pid in _children(self.serving):
            if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return [pid, *_children(pid)]
        return []

    def backends(self) -> list[int]:
        """Return the processes of the database."""
        first = int((self.database / "postmaster.pid").read_text().split()[0])
        return [first, *_children(first)]


def _children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def served_day(*, web: int = 2, threads: int = 8) -> Iterator[Served]:
    """Play the demo's day, or take the one that ``BENCH_DAY`` names, and serve it."""
    with ExitStack() as stack:
        var = Path(os.environ.get(KEPT) or stack.enter_context(tempfile.TemporaryDirectory()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {
            **os.environ,
            "VAR_DIR": str(var),
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
        }
        environment |= {"HTTPS": "on", "BEHIND_PROXY": "on"}
        del environment["SECRET_KEY"]  # a day that is kept was sealed with its own
        run = [sys.executable, "-m", "takedowns"]
        for command in (["demo", "--no-serve"], ["collectstatic", "--no-input", "--verbosity", "0"]):
            subprocess.run([*run, *command], check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
            environment["SECRET_KEY"] = (var / "secret-key").read_text().strip()
        signed_in = subprocess.run(
            [sys.executable, "-c", _SIGN_IN, *PEOPLE],
            check=True,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
        )
        where = folder / "web.sock"
        serving = subprocess.Popen(
            [*run, "serve", "--bind", f"unix:{where}", "--web", str(web), "--threads", str(threads)],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        stack.callback(_stop, serving)
        until(where.exists)
        write_certificate(folder)
        port = free_port()
        if (nginx := start_nginx(folder, where, port, free_port(), free_port())) is None:
            raise SystemExit("This needs nginx: apt install nginx")
        stack.callback(_stop, nginx)
        until(lambda: listens(port))
        cookies = tuple(json.loads(line) for line in signed_in.stdout.splitlines())
        yield Served(port, folder / "fullchain.pem", serving.pid, cookies, var / "postgres" / "data")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    process.wait(60)
