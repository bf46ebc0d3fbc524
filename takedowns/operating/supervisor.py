"""Web, worker and metrics under one roof, for an installation on one machine: each is begun anew when it ends by itself."""

from __future__ import annotations

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from takedowns.installation.places import environment_of_children

log = logging.getLogger(__name__)

#: Seconds before a child is begun anew: the first time, and at most. One that lived for :data:`LIVED` begins at the first again.
FIRST_PAUSE: Final = 1.0
LONGEST_PAUSE: Final = 60.0
LIVED: Final = 60.0
#: Seconds that children have to finish what they are doing when asked to stop.
GRACE: Final = 30.0


@dataclass
class Child:
    """One program that is kept running.

    Attributes:
        reloads: whether it takes SIGHUP to begin anew with what is on the disk; else it is ended in order and begun again.
        kill_at: until when it may finish what it is doing, where it was asked to begin anew.
    """

    name: str
    command: Sequence[str]
    reloads: bool = False
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    pause: float = FIRST_PAUSE
    begin_at: float = field(default=0.0)
    kill_at: float | None = None

    def begin(self) -> None:
        """Start it, in a session of its own so that Ctrl-C reaches the supervisor alone."""
        self.process, self.began = (
            subprocess.Popen(self.command, start_new_session=True, env=environment_of_children()),
            time.monotonic(),
        )

    def look(self) -> None:
        """Begin it where it is time; notice where it ended."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.begin_at:
                self.begin()
            return
        if (code := self.process.poll()) is None:
            if self.kill_at is not None and now >= self.kill_at:
                self._kill(self.process)
            return
        if self.kill_at is not None:  # it was asked to
            self.process, self.kill_at, self.begin_at = None, None, 0.0
            return
        if now - self.began >= LIVED:
            self.pause = FIRST_PAUSE
        log.error("The %s ended by itself (%s); it is begun anew in %g s.", self.name, code, self.pause)
        self.process, self.begin_at = None, now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def reload(self) -> None:
        """Let it begin anew with what is on the disk now, finishing what it is doing; nobody waits for that here."""
        if self.process is None:
            return
        if self.reloads:
            self.process.send_signal(signal.SIGHUP)
            return
        self.process.terminate()
        self.kill_at = time.monotonic() + GRACE

    def end(self, deadline: float | None = None) -> None:
        """Ask it to stop, and wait until the deadline; then it is killed."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(max(0.1, (deadline or time.monotonic() + GRACE) - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._kill(self.process)
            self.process.wait()

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        log.warning("The %s did not end in time and is killed; what it did is tried again.", self.name)
        process.kill()


def supervise(commands: Mapping[str, Sequence[str]], *, reloading: Sequence[str] = ()) -> None:
    """Keep programs running until SIGTERM or SIGINT. SIGHUP lets all begin anew.

    Args:
        commands: name to command.
        reloading: names of those that take SIGHUP themselves.
    """
    stop, reload = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    children = [Child(name, command, name in reloading) for name, command in commands.items()]
    while not stop.wait(0.2):
        if reload.is_set():
            reload.clear()
            for child in children:
                child.reload()
        for child in children:
            child.look()
    deadline = time.monotonic() + GRACE
    for child in children:
        if child.process is not None:
            child.process.terminate()
    for child in children:
        child.end(deadline)
