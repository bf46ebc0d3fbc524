"""``takedowns serve`` as a process: it serves, does jobs, tells its figures, and begins anew what was killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from takedowns.installation.places import var_dir
from tests.operating.installation import Installation, listens, until

pytestmark = pytest.mark.torture


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> dict[int, str]:
    """Return the programs that a process started, by their ids."""
    found = {}
    for one in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(one.name)] = (one / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
    return found


def test_it_serves_does_jobs_tells_figures_and_begins_anew_what_was_killed(
    installation: Installation,
) -> None:
    installation.port, metrics = free_port(), free_port()
    serving = installation.start(
        "-m",
        "takedowns",
        "serve",
        "--bind",
        f"127.0.0.1:{installation.port}",
        "--web",
        "1",
        METRICS_PORT=str(metrics),
    )
    until(lambda: listens(installation.port))
    assert installation.get("/operations/", as_="officer").status == 200

    def figures() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{metrics}/metrics", timeout=10) as answer:
            return answer.read().decode()

    until(lambda: listens(metrics))
    until(lambda: "takedowns_workers 1.0" in figures())
    told = figures()
    assert 'takedowns_requests_total{method="GET",route="web:operations",status="200"} 1.0' in told
    assert "takedowns_oldest_job_seconds" in told
    assert "takedowns_orders_overdue 0.0" in told
    assert "takedowns_database_up 1.0" in told

    (worker,) = [pid for pid, command in children_of(serving.pid).items() if " worker" in command]
    os.kill(worker, signal.SIGKILL)
    until(
        lambda: any(
            " worker" in command and pid != worker for pid, command in children_of(serving.pid).items()
        ),
        15,
    )
    serving.send_signal(signal.SIGHUP)
    until(lambda: installation.get("/livez").status == 200)
    before = list(children_of(serving.pid))
    serving.terminate()
    assert serving.wait(60) == 0
    assert not [pid for pid in before if Path(f"/proc/{pid}").exists()]
    assert not listens(installation.port)


def test_files_never_go_into_the_installed_package(tmp_path: Path) -> None:
    package = tmp_path / "site-packages"
    package.mkdir()
    assert var_dir(package, {"VAR_DIR": "/srv/takedowns"}) == Path("/srv/takedowns")
    expected = Path("/var/lib/takedowns") if os.geteuid() == 0 else Path("/state/takedowns")
    assert var_dir(package, {"XDG_STATE_HOME": "/state"}) == expected
    (package / "manage.py").touch()
    assert var_dir(package, {}) == package / "var"


STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "a").write("begun\\n")
time.sleep(600)
"""
KEEP = """
import sys
from takedowns.operating import supervisor
supervisor.GRACE, supervisor.FIRST_PAUSE = float(sys.argv[2]), 0.1
python = [sys.executable, "-c"]
folder = sys.argv[1]
supervisor.supervise({
    "slow": [*python, sys.argv[3], folder + "/slow"],
    "web": [*python, "import sys, time; open(sys.argv[1], 'a').write('begun\\\\n'); time.sleep(600)", folder + "/web"],
})
"""


def test_one_that_takes_long_to_begin_anew_keeps_no_other_from_it(tmp_path: Path) -> None:
    def begun(name: str) -> int:
        place = tmp_path / name
        return place.read_text().count("begun") if place.exists() else 0

    def child(name: str) -> int:
        [pid] = [pid for pid, command in children_of(keeper.pid).items() if command.rstrip().endswith(name)]
        return pid

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "takedowns.settings"}
    keeper = subprocess.Popen([sys.executable, "-c", KEEP, str(tmp_path), "15", STUBBORN], env=environment)
    try:
        until(lambda: begun("slow") == begun("web") == 1)
        keeper.send_signal(signal.SIGHUP)
        until(lambda: begun("web") == 2, 7)
        os.kill(child("/web"), signal.SIGKILL)
        until(lambda: begun("web") == 3, 7)
        assert begun("slow") == 1
        until(lambda: begun("slow") == 2, 40)
    finally:
        os.kill(child("/slow"), signal.SIGKILL)
        keeper.terminate()
        assert keeper.wait(30) == 0
