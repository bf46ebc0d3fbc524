"""A backup that is made amid the work, restored on a server of its own at once, and looked at: while the installation goes on."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any, Final

from tests.operating.installation import Installation
from tests.torture.calling import Caller
from tests.torture.followers import changes_of
from tests.torture.machine import in_environment
from tests.torture.room import Room

#: A server that was just injured may need some time before a backup of it can be made.
TRIES: Final = 5


def restore_elsewhere(room: Room, dice: random.Random) -> None:
    """Back up, restore, work there, and look: nothing broken, and a follower's cursor from before misses and repeats nothing."""
    who = dice.choice(("telegram", "north"))
    before = _read(room, who, dice.randint(1, 300))
    kept = room.folder / "restored-from"
    if before is None or not _back_up(room, kept):
        return
    folder = room.folder / "restored"
    folder.mkdir()
    with in_environment(room.clock.of_server):
        other = Installation(folder, {**room.settings, **room.clock.of_programs})
    try:
        for what in _look_at(other, room, kept, who, before):
            room.book.breaks(f"the restored backup: {what}")
        room.book.count("backups restored elsewhere")
    finally:
        other.end()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(kept, ignore_errors=True)


def _read(room: Room, who: str, limit: int) -> tuple[list[str], str] | None:
    """Read the feed's first changes, as a follower that is far behind."""
    told = Caller(room, who).heard("GET", f"/api/v1/changes?limit={limit}")
    if told is None:
        return None
    page = json.loads(told.body)
    return [one["id"] for one in page["changes"]], page["next"]


def _back_up(room: Room, folder: Path) -> bool:
    said = ""
    for _ in range(TRIES):
        code, said = room.command("backup", str(folder))
        if code == 0:
            return True
        if room.ended.wait(5):
            return False
    room.book.breaks(f"no backup could be made in {TRIES} tries: {said[-600:]}")
    return False


def _look_at(
    other: Installation, room: Room, kept: Path, who: str, before: tuple[list[str], str]
) -> list[str]:
    """Restore, work a little, and return what is not as it must be."""
    told, after = before
    (other.folder / "var").mkdir()
    # The key comes from where the operator keeps it, not from the backup.
    shutil.copy(room.folder / "var" / "ledger-key.pem", other.folder / "var")
    code, said = other.run("restore", str(kept))
    if code:
        return [f"it is not restored: {said[-1500:]}"]
    backed_up = [str(one) for one, _referral in other.ask(changes_of(who))]
    question = f"inside.go_on({after!r}, {room.tokens[who]!r})"
    code, said = other.run("shell", "--no-imports", "-c", f"from tests.torture import inside; {question}")
    if code or "FOUND " not in said:
        return [f"it could not be looked at: {said[-1500:]}"]
    found: dict[str, Any] = json.loads(said.rpartition("FOUND ")[2].splitlines()[0])
    logged = [str(one) for one, _referral in other.ask(changes_of(who))]
    broken: list[str] = found["broken"]
    if logged[: len(backed_up)] != backed_up or len(logged) == len(backed_up):
        broken.append("what was done after it does not stand behind what was done before")
    if told + found["told"] != logged:
        broken.append(
            f"a cursor from before it, after {len(told)} changes, is told {len(found['told'])} of {len(logged) - len(told)}"
        )
    return broken
