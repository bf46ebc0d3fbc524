"""The web server is killed while a platform follows its feed and answers: each referral decided once, no change missed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.simulation.client import CallFailed, Client
from takedowns.directory.keys import create
from takedowns.directory.models import ApiKey, Platform
from takedowns.referrals.models import Event
from tests.api.conftest import refer
from tests.people import make_people
from tests.torture.processes import ROOT

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]
REFERRALS = 1_200
AT_ONCE = 40
KILLS = 4

SERVER = """
import sys
from django.conf import settings
name, settings.MEDIA_ROOT = sys.argv.pop(1), sys.argv.pop(1)
for database in settings.DATABASES.values():
    database["NAME"] = name
from gunicorn.app.wsgiapp import run
sys.exit(run())
"""


class Server:
    """Gunicorn as in production, on the test's database; killed as a whole, as a machine dies."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                SERVER,
                connection.settings_dict["NAME"],
                str(settings.MEDIA_ROOT),
                "takedowns.wsgi",
                "-c",
                "python:takedowns.serving",
                "--bind",
                f"127.0.0.1:{self.port}",
                "--workers",
                "2",
                "--threads",
                "8",
                "--log-level",
                "error",
            ],
            cwd=ROOT,
            start_new_session=True,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "takedowns.settings",
                "ALLOWED_HOSTS": "127.0.0.1",
                "HTTPS": "0",
            },
        )

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    server.start()
    try:
        yield server
    finally:
        server.kill()


def test_nothing_is_decided_twice_or_missed_though_the_server_is_killed_again_and_again() -> None:
    people = make_people()
    ids = [
        str(one)
        for one in refer(people, tuple(f"https://t.me/demo_killed/{one}" for one in range(REFERRALS)))
    ]
    _, key = create(name="program", platform=Platform.objects.get(pk="telegram"))
    ApiKey.objects.update(requests_per_minute=10**6)
    followed: list[dict[str, Any]] = []
    failures: list[BaseException] = []
    answered = threading.Event()

    def follow(base: str) -> None:
        client, after = Client(base, key), ""
        try:
            while True:
                asked = {"limit": 100, "wait": 1} | ({"after": after} if after else {})
                page = client.get("changes", **asked)
                followed.extend(page["changes"])
                after = page["next"]
                if answered.is_set() and not page["changes"] and not page["more"]:
                    return
        except CallFailed as failed:
            failures.append(failed)

    def answer(base: str) -> None:
        client = Client(base, key)
        try:
            for start in range(0, REFERRALS, AT_ONCE):
                rows = [
                    {"referral": one, "verdict": "remove", "action": "visibility_removed"}
                    for one in ids[start : start + AT_ONCE]
                ]
                result = client.post("decisions", {"decisions": rows})
                assert (result["moved"], result["refused"]) == (AT_ONCE, 0), "the first answer is given again"
        except (CallFailed, AssertionError) as failed:
            failures.append(failed)
        finally:
            answered.set()

    with serving() as server:
        base = f"http://127.0.0.1:{server.port}"
        threads = [threading.Thread(target=one, args=[base]) for one in (follow, answer)]
        for thread in threads:
            thread.start()
        decided = [0]
        for _ in range(KILLS):
            _wait_for_more_decisions(decided[-1], answered)
            server.kill()
            decided.append(_decided())
            server.start()
        for thread in threads:
            thread.join(180)
            assert not thread.is_alive()
    assert failures == []
    assert len(set(decided)) == KILLS + 1, "each time it was killed amid the answers"
    assert decided[-1] < REFERRALS
    with acting_as(SYSTEM):
        log = list(
            Event.objects.filter(kind__in=["refer", "remove"])
            .order_by("xid", "pk")
            .values_list("pk", "referral_id", "kind")
        )
    assert Counter((str(referral), kind) for _, referral, kind in log) == {
        (one, kind): 1 for one in ids for kind in ("refer", "remove")
    }
    assert [one["id"] for one in followed] == [str(pk) for pk, _, _ in log], (
        "each change once, in the log's order"
    )


def _decided() -> int:
    with acting_as(SYSTEM):
        return int(Event.objects.filter(kind="remove").count())


def _wait_for_more_decisions(than: int, answered: threading.Event) -> None:
    deadline = time.monotonic() + 60
    while _decided() < than + AT_ONCE:
        assert not answered.is_set(), "it was through before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.005)
