"""Rounds: people work, something is injured, work comes to rest, and everything is looked at."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.torture.actors import Work
from tests.torture.followers import AGENCIES, PLATFORMS, Follower
from tests.torture.injuries import PHASES, Torture
from tests.torture.looking import come_to_rest, look
from tests.torture.machine import open_folder
from tests.torture.room import Room
from tests.webhooks.receiver import receiving

#: Injuries of one round, at most.
IN_A_ROUND: Final = 3

#: Jobs of a dead worker, and lists for which there was no space, are tried again after half a minute and more.
SLOW_TO_HEAL: Final = ("worker killed", "files' disk full", "database's disk full", "power cut")


@dataclass
class Outcome:
    """What was done and found.

    Attributes:
        injuries: how often each, with what it came amid.
        rests: seconds until work had come to rest, of each round.
        looked_at: how much, in the last round.
        broken: what must not be; empty where all held.
        told_of: what web and worker wrote last, where something broke.
    """

    seed: str
    seconds: float = 0.0
    rounds: int = 0
    injuries: Counter[str] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    rests: list[float] = field(default_factory=list)
    looked_at: dict[str, int] = field(default_factory=dict)
    said: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    told_of: str = ""

    def __str__(self) -> str:
        lines = [
            f"Seed {self.seed}: {self.rounds} rounds in {self.seconds:,.0f} s, {sum(self.injuries.values())} injuries.",
            f"  Injuries: {_told(self.injuries)}",
            f"  Amid: {_told(self.phases)}",
            f"  Work and answers: {_told(self.said)}",
            f"  Looked at, the last time: {_told(self.looked_at)}",
        ]
        if self.rests:
            lines.append(
                f"  Until rest: {sorted(self.rests)[len(self.rests) // 2]:.0f} s in the middle, {max(self.rests):.0f} s at most"
            )
        lines += [f"  LEFT OUT: {one}" for one in self.missing]
        lines += [f"  BROKEN: {one}" for one in self.broken]
        lines.append(
            f'Something broke. Once more: make torture ARGS="--seconds {self.seconds:.0f} --seed {self.seed}"'
            if self.broken
            else "Nothing broke."
        )
        lines += ["What web and worker wrote last:", self.told_of] if self.told_of else []
        return "\n".join(lines)


def torture(
    folder: Path,
    seed: str,
    seconds: float,
    *,
    away_s: float = 60.0,
    only: Sequence[str] = (),
    logs: Path | None = None,
    behind_nginx: bool = True,
) -> Outcome:
    """Play rounds until the time is over or something broke.

    Args:
        folder: for the installation; empty.
        seed: what is injured when follows from it; what people do just then follows from the machine as well.
        away_s: how long the database is away.
        only: names of injuries; all that the machine lets us do unless told.
        logs: where logs are kept if something broke.
        behind_nginx: whether people and programs come through nginx, where there is one.
    """
    outcome, dice, began = Outcome(seed), random.Random(seed), time.monotonic()
    with _room(folder, seed, outcome, logs, behind_nginx=behind_nginx) as (room, work):
        torturer = Torture(room, dice, away_s, patience_s=25)
        ends = time.monotonic() + seconds
        possible = [one for one in torturer.injuries() if not only or one in only]
        left = dice.sample(possible, len(possible))
        while time.monotonic() < ends and not room.book.broken:
            names = [
                left.pop() if left else dice.choice(possible) for _ in range(dice.randint(1, IN_A_ROUND))
            ]
            play_round(torturer, work, names, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def torture_shortly(folder: Path, seed: str) -> Outcome:
    """Play one round with every injury once."""
    outcome, dice, began = Outcome(seed), random.Random(seed), time.monotonic()
    with _room(folder, seed, outcome, None) as (room, work):
        torturer = Torture(room, dice, away_s=4, patience_s=2)
        # What takes the longest to come to rest comes first.
        names = sorted(torturer.injuries(), key=lambda name: (name not in SLOW_TO_HEAL, dice.random()))
        play_round(torturer, work, names, outcome)
    outcome.seconds = time.monotonic() - began
    return outcome


def play_round(torturer: Torture, work: Work, names: list[str], outcome: Outcome) -> None:
    """Injure, each time amid something; let it come to rest; look."""
    room, injuries = torturer.room, torturer.injuries()
    room.allowed.set()
    for name in names:
        time.sleep(torturer.dice.uniform(0.2, 0.6) * min(torturer.away_s, 5))
        phase = torturer.dice.choice(list(PHASES))
        outcome.phases[phase if torturer.amid(phase) else "nothing of note"] += 1
        outcome.injuries[name] += 1
        before = len(room.book.broken)
        injuries[name]()
        room.book.broken[before:] = [
            f"{one} (after: {name} amid {phase})" for one in room.book.broken[before:]
        ]
    time.sleep(2)
    room.pause()
    outcome.rests.append(come_to_rest(room))
    outcome.looked_at = look(room, work)
    outcome.rounds += 1
    print(
        f"Round {outcome.rounds}: {', '.join(names)}; at rest after {outcome.rests[-1]:.0f} s; {_told(outcome.looked_at)}"
        f"{'; BROKEN' if room.book.broken else ''}",
        flush=True,
    )


@contextmanager
def _room(
    folder: Path, seed: str, outcome: Outcome, logs: Path | None, *, behind_nginx: bool = True
) -> Iterator[tuple[Room, Work]]:
    with ExitStack() as listening, open_folder() as shared:
        followers = [Follower(name, listening.enter_context(receiving())) for name in (*PLATFORMS, *AGENCIES)]
        room = Room(folder, followers=followers, shared=shared, behind_nginx=behind_nginx)
        try:
            outcome.missing = room.missing
            room.prepare()
            work = Work(room, seed)
            work.begin()
            yield room, work
        finally:
            outcome.broken, outcome.said = list(room.book.broken), room.book.said
            if room.book.broken:
                outcome.told_of = room.last_lines()
                if logs is not None:
                    room.keep_logs(logs)
            room.end()


def _told(numbers: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in sorted(numbers.items())) or "nothing"
