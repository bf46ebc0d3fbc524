"""Beginning anew after an update: what is on the disk now serves, under the same number, and nobody is refused or cut off meanwhile."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from takedowns import serving, serving_anew
from tests.operating.installation import listens, until
from tests.operating.test_serve import children_of, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.torture

SETTINGS = """
from takedowns.serving_anew import begin_anew as on_reload, take_over as when_ready
preload_app, workers, threads, worker_class = True, 2, 4, "gthread"
graceful_timeout = 3
"""
PROGRAM = """
import os, pathlib, time
def application(environ, start):
    start("200 OK", [])
    if seconds := float(environ["QUERY_STRING"] or 0):
        pathlib.Path("begun").touch()
        time.sleep(seconds)
    return [b"VERSION"]
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A gunicorn that begins anew as ours does, with a small program beside which an update can be laid."""
    (tmp_path / "how.py").write_text(SETTINGS)
    write(tmp_path, "one")
    port = free_port()
    command = [
        sys.executable,
        "-B",
        "-m",
        "gunicorn",
        "-c",
        "how.py",
        "--bind",
        f"127.0.0.1:{port}",
        "program",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(command, cwd=tmp_path, env=environment)
    try:
        until(lambda: listens(port))
        yield server, f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(30)


def write(folder: Path, version: str) -> None:
    (folder / "program.py").write_text(PROGRAM.replace("VERSION", version))


def said(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
        return text


def test_after_sighup_the_new_program_serves_and_no_call_is_lost(
    served: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    server, address = served
    before = set(children_of(server.pid))
    long: list[str] = []
    slow = threading.Thread(target=lambda: long.append(said(f"{address}?2")))
    slow.start()
    until((tmp_path / "begun").exists)
    heard, ended = [], threading.Event()

    def ask() -> None:
        while not ended.is_set():
            heard.append(said(address))

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        until(lambda: len(heard) > 5)
        for version in ("two", "three"):
            write(tmp_path, version)
            server.send_signal(signal.SIGHUP)
            until(lambda version=version: heard[-1] == version, 30)
    finally:
        ended.set()
        asking.join(60)
    slow.join(60)
    assert long == ["one"], "what was being answered is answered"
    assert list(dict.fromkeys(heard)) == ["one", "two", "three"]
    assert server.poll() is None
    until(lambda: len(children_of(server.pid)) == 2)
    assert not before & set(children_of(server.pid))


def test_one_that_does_not_end_in_time_is_killed(
    served: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    server, address = served
    before = set(children_of(server.pid))
    cut: list[object] = []

    def ask_long() -> None:
        with pytest.raises((OSError, http.client.HTTPException)) as raised:
            said(f"{address}?20")
        cut.append(raised.value)

    slow = threading.Thread(target=ask_long)
    slow.start()
    until((tmp_path / "begun").exists)
    write(tmp_path, "two")
    server.send_signal(signal.SIGHUP)
    until(lambda: said(address) == "two", 30)
    until(lambda: not before & set(children_of(server.pid)), 15)
    slow.join(30)
    assert cut
    assert said(address) == "two"


def test_numbers_of_others_are_left_alone() -> None:
    assert not serving_anew._is_child(os.getppid())
    other = subprocess.Popen([sys.executable, "-c", ""])
    other.wait()
    assert not serving_anew._is_child(other.pid)


def test_the_installation_is_served_so() -> None:
    assert serving.preload_app
    assert serving.on_reload is serving_anew.begin_anew
    assert serving.when_ready is serving_anew.take_over
