"""A backup that was made while people worked, restored on another server: nothing is lost, and every reader of the log goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from takedowns.operating.backup.programs import find
from tests.operating.installation import Installation, until

pytestmark = pytest.mark.torture


def at_work(installation: Installation, call: str) -> str:
    return installation.done(
        "shell", "--no-imports", "-c", f"from tests.operating import at_work; at_work.{call}"
    )


def readers(installation: Installation, *after: str) -> dict[str, Any]:
    said = at_work(installation, f"readers{after!r}" if len(after) != 1 else f"readers({after[0]!r})")
    found: dict[str, Any] = json.loads(said.split("FOUND ", 1)[1].splitlines()[0])
    return found


@dataclass
class Moved:
    """What the tests look at.

    Attributes:
        first, last: what the readers of the first installation had been told before its backup, and at its end.
        new: the restored one; found: what its readers were told after it had gone on.
        said: by the command.
    """

    old: Installation
    new: Installation
    said: str
    first: dict[str, Any]
    last: dict[str, Any]
    found: dict[str, Any]
    folder: Path
    numbers: tuple[int, int]


@pytest.fixture(scope="module")
def moved(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    """Work, back up while the work goes on, restore on a new server, and work there."""
    old, folder = migrated, tmp_path_factory.mktemp("backups")
    # Long in service: its server has counted further than the new one will have.
    old.ask("DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$")
    at_work(old, "listen()")
    at_work(old, "work('before', 3)")
    first = readers(old)
    stop = folder / "stop"
    call = f"from tests.operating import at_work; at_work.work('during', 3, {str(stop)!r})"
    worker = old.start("manage.py", "shell", "--no-imports", "-c", call)
    output = (old.folder / "output.log").rename(old.folder / "worker.log")
    until(lambda: "worked 3" in output.read_text())
    old.done("backup", str(folder / "kept"))
    stop.touch()
    assert worker.wait(120) == 0, output.read_text()
    last = readers(old, first["place"])
    new = Installation(tmp_path_factory.mktemp("new"), {"SITE_URL": "https://takedowns.example"})
    try:
        # The key comes from where the operator keeps it, not from the backup.
        (new.folder / "var").mkdir()
        shutil.copy(old.folder / "var" / "ledger-key.pem", new.folder / "var")
        said = new.done("restore", str(folder / "kept"))
        at_work(new, "work('after', 3)")
        found = readers(new, first["place"], last["place"])
        numbers = tuple(int(one.ask("SELECT pg_current_xact_id()::text::bigint")[0][0]) for one in (old, new))
        yield Moved(old, new, said, first, last, found, folder, numbers)  # type: ignore[arg-type]
    finally:
        new.end()


def test_it_is_tried_on_a_server_that_has_counted_less_far(moved: Moved) -> None:
    old, new = moved.numbers
    assert new < 20_000 < old


def test_each_reader_of_the_log_is_told_each_change_once(moved: Moved) -> None:
    whole, since_first, since_last = moved.found["feeds"]
    logged = [one for one, _ in moved.found["logged"]]
    new = logged[-12:]  # three times two referrals, each referred and removed
    assert whole == logged
    assert since_first == logged[len(moved.first["logged"]) :]
    # A platform that read on after the backup was made has seen what is lost; of what is new it misses nothing.
    assert since_last == new
    assert sorted(moved.found["delivered"]) == sorted(logged)  # new referrals have a lane of their own
    removals = [one for one, kind in moved.found["logged"] if kind == "remove"]
    assert moved.found["noticed"] == removals
    assert moved.found["differences"] == []


def test_what_was_done_until_the_backup_is_there_and_later_work_stands_behind_it(moved: Moved) -> None:
    before, after = ([one for one, _ in found["logged"]] for found in (moved.first, moved.found))
    assert after[: len(before)] == before
    restored = after[:-12]
    assert len(before) + 6 <= len(restored) <= len(moved.last["logged"])
    assert restored == [one for one, _ in moved.last["logged"]][: len(restored)]


def test_the_ledger_goes_on_where_it_was(moved: Moved) -> None:
    assert moved.found["findings"] == []
    assert moved.found["sealed"] > moved.first["sealed"]
    assert "The ledger is whole, and every figure agrees with a recount." in moved.said


def test_every_file_that_a_record_names_is_there(moved: Moved) -> None:
    named = {row[0]: row[1] for row in moved.new.ask("SELECT content, sha256 FROM intake_submission")}
    assert len(named) >= 9
    for name, digest in named.items():
        content = (moved.new.folder / "var" / "media" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest, name


def test_it_calls_nobody_and_the_doctor_knows_the_epoch(moved: Moved) -> None:
    _, said = moved.new.run("doctor", "--json")
    found = {one["what"]: one for one in json.loads(said[said.index("[") :])}
    assert found["identity"]["level"] == "look"
    (epoch,) = moved.new.ask("SELECT max(number) FROM installation_logepoch")[0]
    assert epoch > 0
    assert found["log"]["level"] == "right"
    assert f"epoch {epoch}, begun" in found["log"]["said"]
    assert found["backup"]["level"] == "wrong"
    _, said = moved.old.run("doctor", "--json")
    found = {one["what"]: one for one in json.loads(said[said.index("[") :])}
    assert found["log"]["said"] == "It goes on where it ended; epoch 0."
    assert found["backup"]["level"] == "right"


def test_it_is_not_restored_over_what_is_there(moved: Moved) -> None:
    before = moved.new.ask("SELECT count(*) FROM referrals_event")
    code, said = moved.new.run("restore", str(moved.folder / "kept"))
    assert code == 1
    assert "The database is not empty: it holds" in said
    assert moved.new.ask("SELECT count(*) FROM referrals_event") == before


def test_a_dump_taken_along_by_hand_goes_on_as_well(moved: Moved) -> None:
    """Whoever moves the database with PostgreSQL's own tools does not know of epochs."""
    new, major = moved.new, int(moved.new.ask("SHOW server_version")[0][0].split(".")[0])
    dump = new.folder / "by-hand.dump"
    subprocess.run(
        [find("pg_dump", major), "-Fc", "-f", dump, moved.old.cluster.dsn("takedowns", "postgres")],
        check=True,
    )
    new.ask("CREATE DATABASE by_hand OWNER takedowns_owner", database="postgres")
    subprocess.run(
        [find("pg_restore", major), "-d", new.cluster.dsn("by_hand", "postgres"), dump], check=True
    )
    there = {
        "DATABASE_URL": new.url("takedowns_app", "by_hand"),
        "DATABASE_OWNER_URL": new.url("takedowns_owner", "by_hand"),
    }
    new.settings.update(there)
    try:
        at_work(new, "work('by_hand', 1)")
        found = readers(new, moved.last["place"])
    finally:
        for name in there:
            del new.settings[name]
    logged = [one for one, _ in found["logged"]]
    assert found["feeds"] == [logged, logged[-4:]]
    assert sorted(found["delivered"]) == sorted(logged)
    assert found["differences"] == found["findings"] == []


def test_going_back_to_a_moment_with_archived_wal(
    moved: Moved, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """As docs/operators/backup.md says: platforms that had seen what is lost then miss nothing of what is new."""
    old, folder = moved.new, tmp_path_factory.mktemp("wal")
    owner = (old.cluster.data / "PG_VERSION").stat()
    archive, again = folder / "archive", folder / "again" / "postgres" / "data"
    for one in (archive, again.parent.parent, again.parent, again):
        one.mkdir(mode=0o700)
        os.chown(one, owner.st_uid, owner.st_gid)
    for one in (folder, *folder.parents[:1]):  # the server's own user passes through
        one.chmod(0o711)
    _configure(
        old.cluster.data, archive_mode="on", archive_command=f"test ! -f {archive}/%f && cp %p {archive}/%f"
    )
    old.stop_server()
    old.start_server()
    base = ("pg_basebackup", "-D", str(again), "-X", "none", "-c", "fast", "-U", "postgres")
    old.cluster._run(*base, "-h", str(old.cluster.socket_dir))
    at_work(old, "work('kept', 1)")
    moment = old.ask("SELECT clock_timestamp()::text")[0][0]
    at_work(old, "work('lost', 1)")
    seen = readers(old)["place"]
    switched = old.ask("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
    until((archive / switched).exists)
    old.stop_server()
    _configure(
        again,
        restore_command=f"cp {archive}/%f %p",
        recovery_target_time=moment,
        recovery_target_action="promote",
        archive_mode="off",
    )
    (again / "recovery.signal").touch()
    os.chown(again / "recovery.signal", owner.st_uid, owner.st_gid)
    new = Installation(again.parent.parent, {**old.settings, "VAR_DIR": str(old.folder / "var")})
    try:
        until(lambda: not new.ask("SELECT pg_is_in_recovery()")[0][0])
        at_work(new, "work('again', 1)")
        found = readers(new, seen)
        outlets = {row[0] for row in new.ask("SELECT DISTINCT split_part(key, '/', 1) FROM referrals_item")}
        timelines = new.ask("SELECT timeline FROM installation_logepoch ORDER BY number")
    finally:
        new.end()
    assert {"kept", "again"} <= outlets
    assert "lost" not in outlets
    logged = [one for one, _ in found["logged"]]
    assert found["feeds"] == [logged, logged[-4:]]
    assert sorted(found["delivered"]) == sorted(logged)
    assert found["differences"] == found["findings"] == []
    assert timelines[-1] == ("00000002",)


def _configure(data: Path, **settings: str) -> None:
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
