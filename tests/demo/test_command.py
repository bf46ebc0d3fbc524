"""``manage.py demo`` as a person meets it: a process that loads, serves, and stops everything it started."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from takedowns.demo.serve import port_is_free
from takedowns.postgres.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def demo(var: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE")}
    environment |= {
        "VAR_DIR": str(var),
        "DEBUG": "0",
        "SECRET_KEY": "s" * 50,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "0",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--scale", "0.01", *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def processes_of(var: Path) -> list[int]:
    """Return the living processes that descend from the demo: those that hold its folder in their environment."""
    marker = f"VAR_DIR={var}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marker in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


@pytest.mark.torture
def test_it_loads_serves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    port = free_port()
    var = tmp_path / "var"
    first = demo(var, "--no-serve")
    said, _ = first.communicate(timeout=240)
    assert first.returncode == 0, said
    assert len(list((var / "demo").glob("*"))) == 54, "the files as officers send them"

    serving = demo(var, "--port", str(port), "--live", "5")
    lines = []
    assert serving.stdout is not None
    for line in serving.stdout:
        lines.append(line)
        if "go on answering" in line:
            break
    shown = "".join(lines)
    assert "The demo day is loaded." in shown, "a second start loads nothing"
    assert f"http://127.0.0.1:{port}/" in shown
    assert re.search(r"password \S+", shown)
    assert get(port, "/health/")[0] == 200
    line = re.search(r"export KEY=(tkd_\S+) BASE=(\S+)", shown)
    assert line is not None
    asked = urllib.request.Request(
        f"{line[2]}/referrals?limit=1", headers={"Authorization": f"Bearer {line[1]}"}
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert json.load(answer)["referrals"][0]["platform"] == "telegram"
    status, page = get(port, "/sign-in/")
    assert status == 200
    for asset in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        assert get(port, asset)[0] == 200, asset

    third = demo(var, "--port", str(port))
    said, _ = third.communicate(timeout=60)
    assert third.returncode != 0
    assert f"Port {port} is taken" in said

    serving.send_signal(signal.SIGINT)
    rest, _ = serving.communicate(timeout=60)
    assert serving.returncode == 0, rest
    assert "Stopped." in rest
    assert "stopped: " not in rest, "the platforms that are played stop without a complaint"
    time.sleep(0.5)
    assert processes_of(var) == [], "web server, worker and database are gone"
    assert Cluster(var / "postgres")._server_pid() is None
    # Connections that ended a moment ago keep nobody from listening there.
    assert port_is_free(port), "the next start finds its port"
