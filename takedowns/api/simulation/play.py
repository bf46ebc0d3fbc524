"""Playing a platform: follow the changes, acknowledge what is new, decide what is acknowledged, at a given speed."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from takedowns.api.simulation.client import Client
from takedowns.api.simulation.mix import Mix
from takedowns.api.simulation.receiver import Receiver

PAGE: Final = 1000
#: Seconds between two rounds where the speed is limited.
ROUND_SECONDS: Final = 1.0
OWN_ANSWERS: Final = frozenset(
    {"acknowledge", "remove", "restrict", "decline", "report_unavailable", "request_information"}
)
#: How long to listen for a webhook before it counts as quiet.
TOLD_SOON_SECONDS: Final = 3

#: Told after each call that answered: how many answers were taken so far, and how many referrals wait.
Tell = Callable[[int, int], None]


@dataclass(slots=True)
class Player:
    """One platform's program. Where each referral stands is read from the change feed; nothing else is kept.

    Attributes:
        per_minute: answers a minute, acknowledgements among them; 0 for as fast as the API takes them.
        wait_seconds: how long a call waits for a change where there is nothing to do.
        receiver: where changes are told by webhooks; without one they are asked for.
        taken: how many answers of each verdict the API took.
        refused: how many it refused, by code: somebody else moved on first.
    """

    client: Client
    mix: Mix
    per_minute: float = 0
    wait_seconds: int = 5
    clock: Callable[[], float] = time.monotonic
    receiver: Receiver | None = None
    taken: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    _cursor: str = ""
    _to_acknowledge: deque[str] = field(default_factory=deque)
    _to_decide: deque[str] = field(default_factory=deque)
    _status: dict[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    @property
    def waiting(self) -> int:
        """How many referrals the platform has not answered."""
        return len(self._to_acknowledge) + len(self._to_decide)

    def run(
        self,
        *,
        until_done: bool,
        sleep: Callable[[float], bool | None] = time.sleep,
        tell: Tell | None = None,
    ) -> None:
        """Answer until told to stop, or with ``until_done`` until nothing waits for the platform.

        What waits for an agency's answer does not wait for the platform.

        Args:
            sleep: waits; returns True where the run is to stop.

        Raises:
            CallFailed: the API refused a call, or could not be reached.
        """
        due, last = 0.0, self.clock()
        while True:
            quiet = self._read(0 if self.waiting or until_done else self.wait_seconds)
            now = self.clock()
            due = min(due + (now - last) * self.per_minute / 60, PAGE)
            last = now
            size = int(due) if self.per_minute else PAGE
            answered = self._answer(size) if size else 0
            due -= answered
            if answered and tell is not None:
                tell(self.taken.total(), self.waiting)
            if until_done and quiet and not answered and not self.waiting:
                return
            if self.per_minute:
                self.client.close()  # rather than let the server end an idle connection amid a call
            if sleep(ROUND_SECONDS if self.per_minute else 0):
                return

    def catch_up(self) -> None:
        """Take in all changes there were up to now."""
        self._read(0)

    def _read(self, wait: int) -> bool:
        """Take in all changes there are; return whether there were none."""
        if self.receiver is not None:
            told = self.receiver.read(wait or TOLD_SOON_SECONDS)
            for change in told:
                # A call shows a referral as it was when the call was made up; of its own answers the player knows.
                if change["change"] not in OWN_ANSWERS:
                    self._take_in(change)
            return not told
        quiet = True
        while True:
            after = {"after": self._cursor} if self._cursor else {}
            page = self.client.get("changes", limit=PAGE, wait=wait, **after)
            self._cursor = page["next"]
            for change in page["changes"]:
                quiet = False
                self._take_in(change)
            if not page["more"]:
                return quiet
            wait = 0

    def _take_in(self, change: dict[str, Any]) -> None:
        referral, status = change["referral_id"], change["referral"]["status"]
        if change["change"] == "request_information":
            self._asked.add(referral)
        if self._status.get(referral) == status:
            return
        self._status[referral] = status
        if status == "referred":
            self._to_acknowledge.append(referral)
        elif status == "acknowledged":
            self._to_decide.append(referral)

    def _answer(self, size: int) -> int:
        """Answer up to ``size`` referrals, the new ones first; return how many."""
        first = [{"referral": one, "verdict": "acknowledge"} for one in self._next("referred", size)]
        then = [
            self.mix.answer(one, asked_before=one in self._asked)
            for one in self._next("acknowledged", size - len(first))
        ]
        rows = first + then
        if not rows:
            return 0
        answered = self.client.post("decisions", {"decisions": rows})
        for row, result in zip(rows, answered["results"], strict=True):
            if result["outcome"] == "refused":
                self.refused[result["code"]] += 1
                continue
            self.taken[row["verdict"]] += 1
            self._status[row["referral"]] = result["status"]
            if row["verdict"] == "acknowledge":
                self._to_decide.append(row["referral"])
            elif row["verdict"] == "request_information":
                self._asked.add(row["referral"])
        return len(rows)

    def _next(self, status: str, size: int) -> list[str]:
        """Take up to ``size`` referrals that still are in ``status`` from the line."""
        line = self._to_acknowledge if status == "referred" else self._to_decide

        def still() -> Iterator[str]:
            while line:
                referral = line.popleft()
                if self._status[referral] == status:
                    yield referral

        return list(islice(still(), size))
