"""What is done to the installation, each while somebody is amid something."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tests.operating.installation import until
from tests.torture.calling import Caller
from tests.torture.elsewhere import restore_elsewhere
from tests.torture.room import Room, send

#: At which of these it happens; of the worker's, the names of the jobs.
PHASES: Final = {
    "import": "intake.%",
    "review": "",
    "dispatch": "",
    "decisions": "",
    "webhooks": "webhooks.%",
    "sealing": "ledger.%",
    "figures": "figures.%",
    "backup": "",
    "report": "",
}
#: Seconds within which a page says that the database is away.
SAID_WITHIN_S: Final = 3.0
#: Pages, calls and what a load balancer asks.
ASKED: Final = (("officer", "/operations/"), ("telegram", "/api/v1/referrals"), ("officer", "/health/"))


class Torture:
    """Injures one room, as the dice say.

    Args:
        away_s: how long the database is away; disks are full and clocks differ for half of it.
        patience_s: how long is waited for somebody to be amid something.
    """

    def __init__(self, room: Room, dice: random.Random, away_s: float, patience_s: float) -> None:
        self.room, self.dice, self.away_s, self.patience_s = room, dice, away_s, patience_s

    def injuries(self) -> dict[str, Callable[[], None]]:
        """Return those that this machine lets us do, by name."""
        found: dict[str, Callable[[], None]] = {
            "worker killed": self.kill_worker,
            "web killed": self.kill_web,
            "process of the web killed": self.kill_web_process,
            "backup killed": self.kill_backup,
            "sessions ended": self.end_sessions,
            "session killed": self.kill_session,
            "server killed": self.kill_server,
            "server stopped at once": self.stop_at_once,
            "database away": self.database_away,
            "power cut": self.cut_power,
            "all begun anew (HUP)": self.begin_anew,
            "backup restored elsewhere": self.restore_elsewhere,
        }
        if self.room.front is not None:
            found |= {
                "nginx killed": self.kill_nginx,
                "process of nginx killed": self.kill_nginx_process,
                "nginx reads anew (HUP)": self.room.front.read_anew,
            }
        if self.room.has_disks:
            found |= {"files' disk full": self.files_full, "database's disk full": self.database_full}
        if self.room.has_clock:
            found |= {"clock set back": self.clock_back, "programs' clock set back": self.programs_clock_back}
        return found

    def amid(self, phase: str) -> bool:
        """Wait until somebody is amid something, and a little; return whether that came to be."""
        deadline = time.monotonic() + self.patience_s
        while not self._is_amid(phase):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        time.sleep(self.dice.choice((0.0, 0.01, 0.05, 0.2)))
        return True

    def _is_amid(self, phase: str) -> bool:
        jobs = PHASES[phase]
        if self.room.in_flight[phase]:
            return True
        running = "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND task_name LIKE %s LIMIT 1"
        return bool(jobs) and bool(self.room.rows(running, jobs))

    # -- programs ------------------------------------------------------------------------------------

    def kill_worker(self) -> None:
        for one in self.room.processes("worker"):
            send(one, signal.SIGKILL)

    def kill_web(self) -> None:
        """All of its processes at once."""
        for one in self.room.processes("web"):
            send(one, signal.SIGKILL)

    def kill_web_process(self) -> None:
        """One of those that answer; its parent makes another."""
        if answering := self.room.processes("web")[1:]:
            send(self.dice.choice(answering), signal.SIGKILL)

    def kill_backup(self) -> None:
        """The one that is being made; where none is, nothing happens."""
        if (backup := self.room.commands.get("backup")) is not None:
            backup.kill()

    def cut_power(self) -> None:
        """Everything ends at the same moment, and is started again."""
        self.room.kill_server()
        self.room.kill_programs()
        self.room.start_server()
        self.room.begin_to_serve()

    def begin_anew(self) -> None:
        """As after an update: what is being done is finished, and nobody who asks notices more than a wait."""
        assert self.room.serving is not None
        self.room.serving.send_signal(signal.SIGHUP)
        time.sleep(self.dice.uniform(0.5, 3))

    def restore_elsewhere(self) -> None:
        """A backup is made just now, restored on a new server, and looked at; here work goes on."""
        restore_elsewhere(self.room, self.dice)

    # -- nginx ---------------------------------------------------------------------------------------

    def kill_nginx(self) -> None:
        """All of it; whatever supervises it starts it again."""
        assert self.room.front is not None
        self.room.front.kill()
        time.sleep(self.dice.uniform(0.2, 2))
        self.room.front.begin()

    def kill_nginx_process(self) -> None:
        """The one that answers; its parent makes another."""
        assert self.room.front is not None
        for one in self.room.front.processes()[1:]:
            send(one, signal.SIGKILL)

    # -- the server ----------------------------------------------------------------------------------

    def end_sessions(self) -> None:
        self.room.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'takedowns%%' AND pid <> pg_backend_pid()"
        )

    def kill_session(self) -> None:
        """One dies of itself, upon which the server ends all others and recovers."""
        busy = self.room.rows(
            "SELECT pid FROM pg_stat_activity WHERE usename LIKE 'takedowns%%' ORDER BY state = 'active' DESC, random() LIMIT 1"
        )
        for (pid,) in busy:
            send(pid, signal.SIGKILL)
        time.sleep(1)
        self.room.start_server()

    def kill_server(self) -> None:
        self.room.kill_server()
        time.sleep(self.dice.uniform(0.5, 3))
        self.room.start_server()

    def stop_at_once(self) -> None:
        with suppress(Exception):
            self.room.cluster._run(
                "pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.room.cluster.data)
            )
        time.sleep(self.dice.uniform(0.5, 3))
        self.room.start_server()

    def database_away(self) -> None:
        """It is stopped for a while; whoever asks is told so, soon."""
        self.room.stop_server()
        ends = time.monotonic() + self.away_s
        while time.monotonic() < ends:
            for who, path in ASKED:
                self._ask_while_away(who, path)
        self.room.start_server()
        self._works_again()

    def _ask_while_away(self, who: str, path: str) -> None:
        room, caller = self.room, Caller(self.room, who)
        # What the machine needs for a page that asks no database is not the page's fault.
        idle = caller.once("GET", "/livez")
        told = caller.once("GET", path)
        if idle is None or told is None:
            room.book.breaks(f"{path} was cut off while the database was away")
            return
        room.book.count("asked while the database was away")
        if told.status != 503:
            room.book.breaks(f"{path} answered {told.status} while the database was away")
        elif told.seconds > SAID_WITHIN_S + 2 * idle.seconds:
            room.book.breaks(
                f"{path} said only after {told.seconds:.1f} s that the database is away (/livez: {idle.seconds:.1f} s)"
            )
        time.sleep(0.1)

    def _works_again(self) -> None:
        def works() -> bool:
            told = Caller(self.room, "officer").once("GET", "/operations/")
            return told is not None and told.status == 200

        try:
            until(works, 60)
        except AssertionError:
            self.room.book.breaks("pages do not come back within a minute, though the database is there")

    # -- disks ---------------------------------------------------------------------------------------

    def files_full(self) -> None:
        self.room.files.fill()
        time.sleep(self.away_s / 2)
        self.room.files.empty()

    def database_full(self) -> None:
        """The server may end of it, where not even its log can be written; then it is started once there is room."""
        self.room.database.fill()
        time.sleep(self.away_s / 2)
        self.room.database.empty()
        self.room.start_server()

    # -- clocks --------------------------------------------------------------------------------------

    def clock_back(self) -> None:
        """The machine's clock ran ahead, and is put right: all at once, and for good."""
        clock = self.room.clock
        clock.set(machine=clock.machine - self.dice.choice((20, 400, 4000)))

    def programs_clock_back(self) -> None:
        """Web and worker are on a machine whose clock is behind the server's for a while: a little, or so that nobody believes them."""
        self.room.clock.set(programs=-self.dice.choice((20, 200, 4000)))
        time.sleep(self.away_s / 2)
        self.room.clock.set(programs=0)
