"""Who works in the installation meanwhile, and what each was promised by an answer: that is looked for afterwards."""

from __future__ import annotations

import hashlib
import json
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from tests.torture.calling import Caller
from tests.torture.followers import AGENCIES, OTHERS, PLATFORMS, Follower
from tests.torture.room import Room

OPERATION: Final = "/operations/RAD19/"
SMALL, LARGE = 8, 600  # rows of a list: read at once, and by the worker
#: What platforms answer, and in which state a referral is then.
VERDICTS: Final = (
    ({"verdict": "remove", "action": "visibility_removed"}, "removed"),
    ({"verdict": "remove", "action": "account_suspended"}, "removed"),
    ({"verdict": "acknowledge"}, "acknowledged"),
)


@dataclass
class Promised:
    """What answers said is done.

    Attributes:
        lists: digest of a list to its rows, from when it was first sent; taken: those whose taking was answered.
        decided: referral to the state that its decision brings.
        backups: how many were said to be made.
    """

    lists: dict[str, int] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    decided: dict[str, str] = field(default_factory=dict)
    backups: int = 0


class Work:
    """The actors, each in a thread of its own."""

    def __init__(self, room: Room, seed: str) -> None:
        self.room, self.seed, self.promised = room, seed, Promised()
        self.number = 0
        self.threads = [
            threading.Thread(target=self._again_and_again, args=(name, act, pause, seed), daemon=True)
            for name, act, pause in (
                ("import", self.hand_in, 1.2),
                ("review", self.review, 1.5),
                ("dispatch", self.send, 2.0),
                ("decisions", self.decide, 0.7),
                ("others' decisions", self.decide_elsewhere, 0.9),
                ("report", self.report, 4.0),
                ("backup", self.back_up, 20.0),
            )
        ]
        self.threads += [
            threading.Thread(target=self.follow, args=(one,), daemon=True) for one in room.followers
        ]

    def begin(self) -> None:
        """Let everybody work."""
        self.room.allowed.set()
        for one in self.threads:
            one.start()

    def _again_and_again(
        self, name: str, act: Callable[[random.Random], None], pause: float, seed: str
    ) -> None:
        room, dice = self.room, random.Random(f"{seed} {name}")
        while not room.ended.wait(dice.uniform(0.2, 1.8) * pause):
            room.allowed.wait()
            with room.at_it(name):
                if room.ended.is_set() or not room.allowed.is_set():
                    continue
                try:
                    act(dice)
                    room.book.count(name)
                except Exception as error:
                    room.book.breaks(f"{name}: {type(error).__name__}: {error}")

    # -- what they do --------------------------------------------------------------------------------

    def hand_in(self, dice: random.Random) -> None:
        """An agency's program hands a list in, mostly North's; every sixth is long enough for the worker."""
        self.number += 1
        who = "north" if self.number % 3 else list(AGENCIES)[self.number // 3 % len(AGENCIES)]
        rows = LARGE if self.number % 6 == 2 else dice.randint(1, SMALL)
        content = "\n".join(["url", *(self._address(one, dice) for one in range(rows)), ""]).encode()
        digest = hashlib.sha256(content).hexdigest()
        self.promised.lists[digest] = rows
        told = Caller(self.room, who).heard(
            "POST",
            f"/api/v1/submissions?operation={AGENCIES[who]}",
            content,
            {"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
        )
        if told is not None:
            assert told.status in (200, 201, 202), told.said
            self.promised.taken.add(digest)

    def _address(self, row: int, dice: random.Random) -> str:
        """Return an address that nobody handed in before; three of five are Telegram's."""
        name = hashlib.sha256(f"{self.seed} {self.number}".encode()).hexdigest()[:10]
        platform = "telegram" if dice.random() < 0.6 else dice.choice(OTHERS)
        digits = 10**18 + self.number * 1000 + row
        return PLATFORMS[platform].format(name=name, row=row + 1, digits=digits)

    def review(self, dice: random.Random) -> None:
        """A reviewer approves a page of what waits, or all of it."""
        caller, everything = Caller(self.room, "reviewer"), dice.random() < 0.5
        path = f"{OPERATION}review/many/"
        page = caller.page(f"{path}?select={'matching' if everything else 'all'}")
        if page is None:
            return
        assert page.status == 200, page.said
        matching = re.search(r'name="matching" value="(\d+)"', page.text)
        ids = re.findall(r'name="referral" value="([0-9a-f-]{36})"', page.text)
        if not ids:
            return
        chosen: dict[str, Any] = {"matching": matching[1]} if matching else {"referral": ids}
        ground = re.search(r'name="ground" value="([^"]*)"', page.text)
        fields = {"decision": "approve", "exemptions_checked": "on", "ground": ground[1] if ground else ""}
        done = caller.form(path, {**fields, **chosen})
        assert done is None or done.status in (302, 422), done.said

    def send(self, dice: random.Random) -> None:
        """A coordinator sends what is approved."""
        done = Caller(self.room, "coordinator").form(f"{OPERATION}dispatch/", {"platform": ""})
        assert done is None or done.status == 302, done.said

    def decide(self, dice: random.Random) -> None:
        """Telegram's program answers some of what waits for it."""
        self._decide("telegram", dice)

    def decide_elsewhere(self, dice: random.Random) -> None:
        """At the same time another platform's program does."""
        self._decide(dice.choice(OTHERS), dice)

    def _decide(self, platform: str, dice: random.Random) -> None:
        caller = Caller(self.room, platform)
        found = caller.heard("GET", f"/api/v1/referrals?status=referred&limit={dice.randint(1, 200)}")
        if found is None:
            return
        assert found.status == 200, found.said
        ids = [one["id"] for one in json.loads(found.body)["referrals"]]
        if not ids:
            return
        chosen = {one: dice.choice(VERDICTS) for one in ids}
        rows = [{"referral": one, **verdict} for one, (verdict, _state) in chosen.items()]
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        told = caller.heard("POST", "/api/v1/decisions", json.dumps({"decisions": rows}).encode(), headers)
        if told is None:
            return
        result = json.loads(told.body)
        assert (told.status, result.get("moved")) == (200, len(ids)), told.said
        self.promised.decided |= {one: state for one, (_verdict, state) in chosen.items()}
        self.room.book.count("referrals decided", len(ids))

    def report(self, dice: random.Random) -> None:
        """A coordinator takes a report along."""
        kind = dice.choice(("csv", "xlsx", "json"))
        told = Caller(self.room, "coordinator").page(f"{OPERATION}figures/report.{kind}")
        assert told is None or told.status == 200, told.said

    def back_up(self, dice: random.Random) -> None:
        """The operator backs up; where that fails, a sentence says why."""
        code, said = self.room.command("backup", str(self.room.folder / "backups"), "--keep", "2")
        if code == 0:
            self.promised.backups += 1
        else:
            self.room.book.count("backups that failed")
            assert "Traceback" not in said, said[-1500:]
            assert said.strip() or code < 0, f"a backup failed with {code} and said nothing"

    def follow(self, one: Follower) -> None:
        """A platform's or an agency's other program reads the feed at its head, from the first change on."""
        caller, after = Caller(self.room, one.name), ""
        while not self.room.ended.is_set():
            asked = f"&after={after}" if after else ""
            told = caller.once("GET", f"/api/v1/changes?limit=500&wait=2{asked}")
            if told is None or told.status != 200:
                if told is not None and told.status != 503:
                    self.room.book.breaks(f"{one.name}'s feed answers {told.said}")
                time.sleep(1)  # the places for calls that wait are fewer than those who follow
                continue
            page = json.loads(told.body)
            one.read += [change["id"] for change in page["changes"]]
            after = page["next"]
