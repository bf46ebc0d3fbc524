"""Figures that the worker writes to a folder: whole, the same again, and not for ever."""

from __future__ import annotations

import csv
import io
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.nightly import NightlyError, write_nightly
from takedowns.figures.tasks import export_figures
from takedowns.referrals.models import Operation
from tests.factories import make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(people: People, tmp_path: Path, settings: Settings) -> Path:
    settings.EXPORT_FOLDER = str(tmp_path)
    make_referrals(people.operation, people.agency, [f"https://t.me/demo_{number}" for number in range(3)])
    return tmp_path


def next_second() -> datetime:
    """Return the next whole second when it has passed: files are of whole seconds."""
    moment = timezone.now().replace(microsecond=0) + timedelta(seconds=1)
    while timezone.now() <= moment:
        time.sleep(0.01)
    return moment


def handed_in(path: Path) -> str:
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig")))
    return next(row["value"] for row in rows if row["measure"] == "handed_in")


def test_a_night_is_of_its_planned_moment_and_the_same_again(people: People, folder: Path) -> None:
    planned = int(next_second().timestamp())
    make_referrals(people.operation, people.agency, ["https://t.me/demo_later"])
    export_figures(timestamp=planned)
    name = f"RAD19-{datetime.fromtimestamp(planned, UTC):%Y%m%dT%H%M%SZ}"
    files = sorted((folder / "RAD19").iterdir())
    assert [path.name for path in files] == [f"{name}.csv", f"{name}.xlsx"]
    assert handed_in(files[0]) == "3", "what came after the planned moment is not in it"
    assert [path.stat().st_mode & 0o777 for path in files] == [0o640, 0o640]
    before = [path.read_bytes() for path in files]
    files[0].unlink()
    untouched = files[1].stat().st_mtime_ns
    export_figures(timestamp=planned)
    assert [path.read_bytes() for path in files] == before
    assert files[1].stat().st_mtime_ns == untouched


def test_a_write_that_was_cut_off_is_no_file_and_the_next_one_is_whole(
    folder: Path, settings: Settings
) -> None:
    settings.EXPORT_FORMATS = ["csv"]
    moment = next_second()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # no file grows beyond: a full disk
    try:
        with pytest.raises(NightlyError, match=r"RAD19: .*File too large"):
            write_nightly(moment)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list((folder / "RAD19").glob("RAD19-*"))
    [path] = write_nightly(moment)
    assert handed_in(path) == "3"
    assert [one.name for one in (folder / "RAD19").iterdir()] == [path.name]


def test_old_nights_go_and_other_files_stay(folder: Path, settings: Settings) -> None:
    settings.EXPORT_FORMATS, settings.EXPORT_KEEP = ["csv", "json"], 2
    (folder / "RAD19").mkdir()
    (folder / "RAD19" / "notes.txt").write_text("of a person")
    start = timezone.now() - timedelta(days=4)
    for night in range(4):
        write_nightly(start + timedelta(days=night))
    kept = {f"RAD19-{start.astimezone(UTC) + timedelta(days=night):%Y%m%dT%H%M%SZ}" for night in (2, 3)}
    names = {path.name for path in (folder / "RAD19").iterdir()}
    assert names == {"notes.txt"} | {f"{name}.{ending}" for name in kept for ending in ("csv", "json")}


def test_an_operation_closed_long_ago_is_written_no_more(people: People, folder: Path) -> None:
    with acting_as(SYSTEM):
        Operation.objects.filter(pk=people.operation.pk).update(closed_at=timezone.now() - timedelta(days=40))
    assert write_nightly(timezone.now()) == []


def test_one_operation_that_fails_costs_the_others_nothing(people: People, folder: Path) -> None:
    with acting_as(SYSTEM):
        Operation.objects.create(reference="AAA", name="Blocked", starts=people.operation.starts)
    (folder / "AAA").write_text("a file where the folder should be")
    with pytest.raises(NightlyError, match=r"^AAA: "):
        write_nightly(timezone.now())
    assert len(list((folder / "RAD19").iterdir())) == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"EXPORT_FOLDER": ""}, "not set"),
        ({"EXPORT_FOLDER": "/nowhere/at/all"}, "Make it, or mount it"),
        ({"EXPORT_FORMATS": ["csv", "doc"]}, "doc is not known"),
    ],
)
def test_what_is_set_wrongly_is_said(
    folder: Path, settings: Settings, changes: dict[str, object], says: str
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError, match=says):
        call_command("export_figures")


def test_where_no_folder_is_wanted_nothing_is_written(people: People, settings: Settings) -> None:
    settings.EXPORT_FOLDER = ""
    export_figures(timestamp=int(timezone.now().timestamp()))
