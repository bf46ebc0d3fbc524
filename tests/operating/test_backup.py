"""Backups as files: what is in them, what is written only once, and what is refused with a sentence that says why."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pyrage import x25519

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.services import Brought, attach
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.operating.backup import programs
from takedowns.operating.models import Backup
from takedowns.referrals.models import Referral
from tests.factories import make_referrals
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def people(transactional_db: None) -> People:
    """The cast, with a list that was handed in and a file of evidence."""
    made = make_people()
    hand_in(made, "https://t.me/first/1")
    (referral,) = make_referrals(made.operation, made.agency, ["https://t.me/other/1"])
    with acting_as(SYSTEM):
        there = Referral.objects.get(pk=referral)
    brought = Brought("seen.txt", io.BytesIO(b"as it was seen"))
    assert not attach([brought], there, by=made.actor("officer")).refused
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def key(tmp_path: Path) -> tuple[str, Path]:
    """A public key of age, and the file of its secret one."""
    made = x25519.Identity.generate()
    file = tmp_path / "key.txt"
    file.write_text(f"# created: today\n{made}\n")
    return str(made.to_public()), file


def hand_in(people: People, pasted: str) -> None:
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=pasted.encode(),
    )


def back_up(folder: Path, *arguments: str) -> str:
    said = io.StringIO()
    call_command("backup", str(folder), *arguments, stdout=said, stderr=io.StringIO(), verbosity=0)
    return said.getvalue()


def check(backup: Path | str, *arguments: str) -> str:
    said = io.StringIO()
    call_command("restore", str(backup), "--check", *arguments, stdout=said)
    return said.getvalue()


def files(folder: Path) -> set[Path]:
    return {path for path in (folder / "files").rglob("*") if path.is_file()}


def the_backup(folder: Path) -> Path:
    return max(folder.glob("takedowns-*"))


def test_it_says_what_it_holds_and_holds_no_secret(people: People, folder: Path, settings: Any) -> None:
    said = back_up(folder)
    assert "2 files, 2 of them new" in said
    manifest = json.loads((the_backup(folder) / "manifest.json").read_text())
    assert {one["folder"] for one in manifest["files"]} == {"MEDIA_ROOT", "EVIDENCE_ROOT"}
    assert manifest["settings"]["TIME_ZONE"] == settings.TIME_ZONE
    assert "referrals.0001_initial" in manifest["migrations"]
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.suffix == ".json")
    assert settings.SECRET_KEY.encode() not in everything
    assert b"as it was seen" in {path.read_bytes() for path in files(folder)}
    with acting_as(SYSTEM):
        (made,) = Backup.objects.all()
    assert (made.files, made.is_encrypted, made.place) == (2, False, str(folder.resolve()))
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.rglob("*"))


def test_files_are_written_once(people: People, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up(folder)
    before = {path: path.stat().st_ino for path in files(folder)}
    hand_in(people, "https://t.me/second/1")
    monkeypatch.setattr("takedowns.operating.backup.making.name_now", lambda: "takedowns-99990101T000000Z")
    assert "3 files, 1 of them new" in back_up(folder)
    after = {path: path.stat().st_ino for path in files(folder)}
    assert before.items() < after.items()
    for one in folder.glob("takedowns-*"):
        assert "is whole" in check(one)


def test_old_backups_go_and_take_only_their_own_files_along(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 5):
        monkeypatch.setattr(
            "takedowns.operating.backup.making.name_now",
            lambda number=number: f"takedowns-2026010{number}T000000Z",
        )
        hand_in(people, f"https://t.me/day/{number}")
        said = back_up(folder, "--keep", "2")
    assert "Deleted: takedowns-20260102T000000Z." in said
    assert [one.name for one in sorted(folder.glob("takedowns-*"))] == [
        "takedowns-20260103T000000Z",
        "takedowns-20260104T000000Z",
    ]
    assert len(files(folder)) == 6  # what was handed in on the first days is named by the last backup, too
    assert "is whole" in check(folder)


def test_what_is_encrypted_is_opened_with_the_right_key_alone(
    people: People, folder: Path, key: tuple[str, Path], tmp_path: Path
) -> None:
    recipient, secret = key
    back_up(folder, "--recipient", recipient)
    assert {path.suffix for path in files(folder)} == {".age"}
    for path in folder.rglob("*"):
        if path.is_file():
            assert b"as it was seen" not in path.read_bytes()
            assert b"t.me/first" not in path.read_bytes()
    assert "is whole" in check(folder)  # without any key
    other = tmp_path / "other.txt"
    other.write_text(f"{x25519.Identity.generate()}\n")
    for arguments, said in (
        ((), "The backup is encrypted"),
        (("--identity", str(other)), "is damaged, or encrypted for another key"),
        (("--identity", str(secret)), "The database is not empty"),  # it was opened
    ):
        with pytest.raises(CommandError, match=said):
            call_command("restore", str(folder), *arguments, stdout=io.StringIO())
    with pytest.raises(CommandError, match="holds backups for other recipients"):
        back_up(folder)


def test_a_command_gets_one_stream_that_is_a_backup(people: People, tmp_path: Path) -> None:
    stream = tmp_path / "one.tar"
    call_command("backup", "--to-command", f"tee {stream}", verbosity=0, stdout=io.StringIO())
    assert "is whole" in check(stream)
    with tarfile.open(stream) as archive:
        assert archive.getnames()[-1].endswith("/backup.json")
    whole = stream.read_bytes()
    for part in (0.2, 0.7, 0.97):
        (cut := tmp_path / "cut.tar").write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(CommandError, match=r"cut off"):
            check(cut)
    with pytest.raises(CommandError, match="ended with 3: there is no backup"):
        call_command("backup", "--to-command", "sh -c 'cat >/dev/null; exit 3'", verbosity=0)
    with pytest.raises(CommandError, match="cannot be run"):
        call_command("backup", "--to-command", "no-such-program", verbosity=0)


def _flip(path: Path) -> None:
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _of_another_version(folder: Path) -> None:
    header = the_backup(folder) / "backup.json"
    header.write_text(header.read_text().replace('"version": "', '"version": "9.'))


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: next(iter(files(folder))).unlink(), "is missing: the backup is not whole"),
        (lambda folder: _flip(next(iter(files(folder)))), "do not come to the SHA-256"),
        (lambda folder: (the_backup(folder) / "database.dump").unlink(), "database.dump is missing"),
        (lambda folder: _flip(the_backup(folder) / "database.dump"), "database.dump is damaged"),
        (lambda folder: _flip(the_backup(folder) / "manifest.json"), "manifest.json is damaged"),
        (lambda folder: (the_backup(folder) / "backup.json").unlink(), "holds no whole backup"),
        (_of_another_version, "Install the version that made it, restore, and upgrade then"),
        (lambda folder: None, "The database is not empty"),
    ],
)
def test_what_is_not_whole_is_refused_before_anything_is_written(
    people: People, folder: Path, break_it: Callable[[Path], None], said: str
) -> None:
    back_up(folder)
    break_it(folder)
    with pytest.raises(CommandError, match=said):
        call_command("restore", str(folder), stdout=io.StringIO())


def test_what_is_lost_here_is_named_and_the_rest_is_backed_up(
    people: People, folder: Path, settings: Any
) -> None:
    (there,) = [path for path in Path(settings.EVIDENCE_ROOT).rglob("*") if path.is_file()]
    there.chmod(0o600)
    there.write_bytes(b"as it was not")
    with pytest.raises(CommandError, match="without 1 files that are missing or damaged here"):
        back_up(folder)
    assert "is whole: 1 files" in check(folder)


def test_two_at_once_do_not_disturb_each_other(people: People, folder: Path) -> None:
    import fcntl

    folder.mkdir()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CommandError, match="Another backup is being made"):
            back_up(folder)
    unfinished = folder / "takedowns-20260101T000000Z.unfinished"  # of one that was killed
    unfinished.mkdir()
    (unfinished / "database.dump").write_bytes(b"half")
    back_up(folder)
    assert not unfinished.exists()


def test_without_pg_dump_it_says_what_to_install(
    people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_candidates", lambda name: iter([Path("/nowhere") / name]))
    with pytest.raises(
        CommandError, match=r"pg_dump of PostgreSQL \d+ or later is not here. Install it \(Debian"
    ):
        back_up(folder)
    assert not list(folder.glob("takedowns-*"))


def test_it_wants_one_place(settings: Any, tmp_path: Path) -> None:
    for arguments in ((), (str(tmp_path), "--to-command", "cat")):
        with pytest.raises(CommandError, match="Name a folder"):
            call_command("backup", *arguments)
    with pytest.raises(CommandError, match="is no public key of age"):
        call_command("backup", str(tmp_path), "--recipient", "age1nonsense")
