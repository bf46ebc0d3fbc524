"""Beginning anew with what is on the disk now, for a gunicorn whose processes share what was loaded before they began.

Loaded once and forked, processes share most of the program's memory. But asked to begin anew (SIGHUP, after an update), gunicorn would then
begin processes of the program that it loaded itself. So it becomes a new program instead, under the same number and with the same sockets.
Those who serve go on until the new ones are there, then they finish what they do and leave. Nobody is refused meanwhile.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

#: Numbers of the processes that served before, for the program that comes after this one.
BEFORE: Final = "TAKEDOWNS_SERVED_BEFORE"


def begin_anew(arbiter: Any) -> None:
    """Become the program that is on the disk now. Gunicorn calls it as ``on_reload``."""
    # Another SIGHUP before the new program hears any would end it.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    environment = environment_of_next(
        arbiter.cfg.env_orig, [one.fileno() for one in arbiter.LISTENERS], list(arbiter.WORKERS)
    )
    os.chdir(arbiter.START_CTX["cwd"])
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - itself


def environment_of_next(
    environment: Mapping[str, str], sockets: Sequence[int], serving: Sequence[int]
) -> dict[str, str]:
    """Return the environment in which gunicorn takes sockets over (as after its own SIGUSR2), and we those who serve."""
    return {
        **environment,
        "GUNICORN_PID": str(os.getpid()),
        "GUNICORN_FD": ",".join(map(str, sockets)),
        BEFORE: ",".join(map(str, serving)),
    }


def take_over(arbiter: Any) -> None:
    """Begin the new processes, and let those who served before leave. Gunicorn calls it as ``when_ready``."""
    leaving = [int(pid) for pid in os.environ.pop(BEFORE, "").split(",") if pid and _is_child(int(pid))]
    if not leaving:
        return
    arbiter.spawn_workers()
    for pid in leaving:
        _send(pid, signal.SIGTERM)
    deadline = time.monotonic() + arbiter.cfg.graceful_timeout
    while (leaving := [pid for pid in leaving if _is_child(pid)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in leaving:
        arbiter.log.warning("A process (%s) did not end in time and is killed.", pid)
        _send(pid, signal.SIGKILL)


def _is_child(pid: int) -> bool:
    """Tell whether a process is there and ours: the number of one that has ended may be another's by now."""
    with suppress(OSError):
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    return False


def _send(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
