"""The embedded server: many processes, root and not, killed and started again without a person."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from takedowns.postgres.bootstrap import APPLICATION_ROLE, DATABASE, OWNER_ROLE, prepare
from takedowns.postgres.cluster import Cluster, ClusterError, embedded_bin_dir

ROOT = Path(__file__).resolve().parent.parent.parent

USE = """
import sys, time, psycopg
from pathlib import Path
from takedowns.postgres.bootstrap import prepare
from takedowns.postgres.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), Path(sys.argv[2]))
prepare(cluster)
with psycopg.connect(cluster.dsn("takedowns", "takedowns_app")) as connection:
    print(connection.execute("SELECT 1").fetchone()[0], flush=True)
time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "postgres"
    Cluster(tmp_path / "postgres").kill()


def process_using(
    folder: Path, seconds: float, interpreter: str = sys.executable, **how: object
) -> subprocess.Popen[str]:
    command = [interpreter, "-c", USE, str(folder), str(embedded_bin_dir()), str(seconds)]
    return subprocess.Popen(command, cwd=how.pop("cwd", ROOT), stdout=subprocess.PIPE, text=True, **how)  # type: ignore[call-overload]


def is_running(folder: Path) -> bool:
    return Cluster(folder)._server_pid() is not None


def test_it_is_postgresql_18_with_two_roles_of_which_the_application_owns_nothing(folder: Path) -> None:
    cluster = Cluster(folder)
    prepare(cluster)
    with psycopg.connect(cluster.dsn(DATABASE, APPLICATION_ROLE)) as connection:
        assert connection.info.server_version // 10000 == 18
        flags = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert flags == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(cluster.dsn(DATABASE, OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE theirs (id int)")
    cluster.release()


def test_several_processes_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    users = [process_using(folder, seconds) for seconds in (0.2, 0.2, 1.5)]
    assert [user.stdout.readline().strip() for user in users] == [
        "1",
        "1",
        "1",
    ]  # all three started it at once
    assert [user.wait(30) for user in users[:2]] == [0, 0]
    assert is_running(folder), "somebody still uses it"
    assert users[2].wait(30) == 0
    assert not is_running(folder)


def test_a_killed_user_leaves_no_lock_and_the_next_one_cleans_up(folder: Path) -> None:
    user = process_using(folder, 60)
    assert user.stdout.readline().strip() == "1"
    user.send_signal(signal.SIGKILL)
    user.wait(30)
    assert is_running(folder), "nobody was left to stop it"
    assert process_using(folder, 0).wait(60) == 0
    assert not is_running(folder)


def test_a_killed_server_recovers_what_was_committed(folder: Path) -> None:
    first = Cluster(folder)
    prepare(first)
    with psycopg.connect(first.dsn(DATABASE, OWNER_ROLE)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    first.kill()
    second = Cluster(folder)
    second.acquire()
    with psycopg.connect(second.dsn(DATABASE, OWNER_ROLE)) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    first.release()
    second.release()
    assert not is_running(folder)


def test_a_process_number_that_now_belongs_to_another_program_is_no_server(folder: Path) -> None:
    first = Cluster(folder)
    first.acquire()
    first.kill()
    time.sleep(0.2)
    pid_file = folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().split("\n") if pid_file.exists() else ["", str(folder / "data")]
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    second = Cluster(folder)
    second.acquire()
    assert is_running(folder)
    first.release()
    second.release()


def test_a_first_start_that_was_killed_half_way_is_begun_anew(folder: Path) -> None:
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "half").write_text("of an initdb")
    cluster = Cluster(folder)
    cluster.acquire()
    assert not (folder / "data" / "half").exists()
    cluster.release()


def test_a_path_too_long_for_a_socket_still_works(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 15) / ("folder" * 12)
    cluster = Cluster(deep)
    cluster.acquire()
    with psycopg.connect(cluster.dsn("postgres", "postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.release()


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    cluster = Cluster(folder)
    cluster.acquire()
    cluster.release()
    with (folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write("shared_buffers = 'nonsense'\n")
    with pytest.raises(ClusterError, match="shared_buffers"):
        Cluster(folder).acquire()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try an ordinary user")
def test_an_ordinary_user_can_use_it(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = Path(f"/var/tmp/takedowns-test-{os.getpid()}")
    home.mkdir(mode=0o755)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    try:
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        # The environment's own interpreter may live in root's home; the system's will do with the same packages.
        packages = os.pathsep.join(
            [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
        )
        for interpreter in (sys.executable, "/usr/bin/python3"):
            try:
                found = subprocess.run(
                    [interpreter, "-c", "import psycopg, takedowns.postgres.cluster"],
                    env={"PYTHONPATH": packages},
                    cwd="/",
                    check=False,
                    capture_output=True,
                    **who,
                )
            except PermissionError:
                continue
            if found.returncode == 0:
                break
        else:
            pytest.skip("an ordinary user cannot reach this checkout or its environment")
        user = process_using(
            home / "postgres",
            0,
            interpreter=interpreter,
            env={"PYTHONPATH": packages, "PATH": os.environ["PATH"]},
            **who,
        )
        assert user.wait(60) == 0
        assert user.stdout.readline().strip() == "1"
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that nobody else may enter")
def test_root_can_use_it_in_a_folder_nobody_else_may_enter(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel, programs = embedded_bin_dir().parent.parent, embedded_bin_dir().parent
    shutil.copytree(programs, closed / wheel.name / programs.name, symlinks=True)
    shutil.copytree(f"{wheel}.libs", closed / f"{wheel.name}.libs", symlinks=True)
    cluster = Cluster(closed / "postgres", closed / wheel.name / programs.name / "bin")
    cluster.acquire()
    with psycopg.connect(cluster.dsn("postgres", "postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    cluster.release()
    assert closed.stat().st_mode & 0o777 == 0o700, "and the folder stays closed"
