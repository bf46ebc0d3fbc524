"""However many calls wait, and however many one key makes at once, others are answered."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection

from takedowns.api.places import Places
from takedowns.api.problems import Problem
from tests.api.conftest import World, make_world
from tests.factories import wait_for_the_log
from tests.people import make_people

ROOT = Path(__file__).parents[2]
THREADS = 4
SERVER = """
import sys
from django.conf import settings
name = sys.argv.pop(1)
for database in settings.DATABASES.values():
    database["NAME"] = name
from gunicorn.app.wsgiapp import run
sys.exit(run())
"""


def test_a_key_has_its_share_of_the_places_and_gives_them_back() -> None:
    places = Places(threads=8)
    mine, theirs = uuid4(), uuid4()
    with places.waiting(mine), places.waiting(mine):
        with pytest.raises(Problem, match="wait for changes already") as refused, places.waiting(mine):
            pass
        assert (refused.value.status, refused.value.headers["Retry-After"]) == (429, "5")
        with places.waiting(theirs), places.waiting(theirs):
            with pytest.raises(Problem) as full, places.waiting(uuid4()):
                pass
            assert (full.value.status, full.value.name) == (503, "no-room-to-wait")
    with places.waiting(mine), places.waiting(mine):
        pass
    for _ in range(2):
        held = [places.answering(mine) for _ in range(6)]
        for one in held:
            one.__enter__()
        with pytest.raises(Problem, match="answered already") as refused, places.answering(mine):
            pass
        assert refused.value.status == 429
        with places.answering(theirs):
            pass
        for one in held:
            one.__exit__(None, None, None)


@pytest.fixture
def served(transactional_db: None) -> Iterator[tuple[World, int]]:
    """A world, and gunicorn with four threads on its database, as the documents start it."""
    world = make_world(make_people())
    wait_for_the_log()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable,
        "-c",
        SERVER,
        str(connection.settings_dict["NAME"]),
        "-c",
        "python:takedowns.serving",
        "takedowns.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        str(THREADS),
        "--log-level",
        "error",
    ]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "takedowns.settings",
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "0",
    }
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if _get(port, "/health/")[0] == 200:
                    break
            except OSError:
                time.sleep(0.2)
        yield world, port
    finally:
        server.terminate()
        server.wait(60)


def _get(port: int, path: str, key: str = "") -> tuple[int, dict[str, str], bytes]:
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=40)
    asked.request("GET", path, headers={"Authorization": f"Bearer {key}"} if key else {})
    answer = asked.getresponse()
    told = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    asked.close()
    return told


def test_twelve_long_polls_with_one_key_do_not_stop_the_health_page(served: tuple[World, int]) -> None:
    world, port = served
    place = json.loads(_get(port, "/api/v1/changes?after=latest", world.telegram.text)[2])["next"]
    told: list[tuple[int, dict[str, str], bytes]] = []

    def poll() -> None:
        told.append(_get(port, f"/api/v1/changes?after={place}&wait=8", world.telegram.text))

    callers = [threading.Thread(target=poll) for _ in range(12)]
    for one in callers:
        one.start()
    time.sleep(2)
    times = []
    for _ in range(5):
        started = time.monotonic()
        assert _get(port, "/health/")[0] == 200
        times.append(time.monotonic() - started)
    assert max(times) < 2, "it does not wait for those who wait"
    other = _get(port, "/api/v1/key", world.north.text)
    assert other[0] == 200
    for one in callers:
        one.join(40)
    statuses = sorted(status for status, _, _ in told)
    assert statuses == [200] + [429] * 11, "one waits; the others are told when to ask again"
    for status, headers, body in told:
        if status == 429:
            assert int(headers["retry-after"]) >= 1
            assert json.loads(body)["type"] == "/api/v1/problems/too-many-at-once"
