"""Restoring a backup into an empty installation of the same version.

Nothing is written before the backup was found whole and the target empty. Files come first, each under its name whole or not
at all, so that one that was stopped can be run again; then the database, in one transaction; then what ``migrate`` sees to
(rights, the sandbox, a new epoch of the log); and then the ledger and the figures are checked.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

import takedowns
from takedowns.figures.recount import recount
from takedowns.installation.identity import disown
from takedowns.ledger.notes import PublicKey
from takedowns.ledger.verifying import verify
from takedowns.operating.backup.making import File
from takedowns.operating.backup.places import BackupError
from takedowns.operating.backup.programs import command, said_by, server_major
from takedowns.operating.backup.reading import Source

Progress = Callable[[int, int], None]


@dataclass
class Restored:
    """What came of it.

    Attributes:
        manifest: of the backup.
        wrong: what the checks found; empty where all is as it was.
        entries: of the ledger that were checked.
        settings: name to value then and here, of those that differ.
    """

    manifest: dict[str, Any]
    wrong: list[str]
    entries: int
    settings: dict[str, tuple[Any, Any]]


class Steps:
    """Who is told of each step. All do nothing here."""

    def begin(self, what: str) -> None:
        """Tell what begins."""

    def at(self, done: int, total: int) -> None:
        """Tell how far it is."""


def restore(source: Source, steps: Steps) -> Restored:
    """Restore a backup, and check what came of it.

    Raises:
        BackupError: it is not whole, of another version, or the installation is not empty: nothing was changed. Or the
            database did not take it: then the database is as it was, and files are there that the next try takes as they are.
        ProgramError: there is no pg_restore.
    """
    steps.begin("Looking whether the backup is whole")
    source.check_whole(steps.at)
    manifest = source.manifest()
    files = [File(**one) for one in manifest["files"]]
    _require_same_version(source, manifest)
    _require_empty(manifest, files)
    steps.begin("Files")
    _restore_files(source, files, steps.at)
    steps.begin("Database")
    with source.database() as dump:
        _restore_database(dump)
    call_command("migrate", verbosity=0, interactive=False)
    disown("owner")
    return _checked(manifest, steps)


def _require_same_version(source: Source, manifest: dict[str, Any]) -> None:
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations if app in _apps()}
    theirs = {one for one in manifest["migrations"] if one.split(".")[0] in _apps()}
    if source.header["version"] != takedowns.__version__ or ours != theirs:
        differ = sorted(ours ^ theirs)
        raise BackupError(
            f"The backup was made by Takedowns {source.header['version']}, and this is {takedowns.__version__}"
            + (
                f", with other migrations ({', '.join(differ[:3])}{', …' if len(differ) > 3 else ''})"
                if differ
                else ""
            )
            + ". Install the version that made it, restore, and upgrade then."
        )


def _apps() -> set[str]:
    return {key[0] for key in MigrationLoader(None).disk_migrations}


def _require_empty(manifest: dict[str, Any], files: list[File]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
        )
        tables = cursor.fetchone()[0]
    if tables:
        raise BackupError(
            f"The database is not empty: it holds {tables} tables. Make a new one for what is restored (CREATE DATABASE … OWNER …),"
            " and do not run “migrate” on it."
        )
    if (major := server_major()) < manifest["server"] // 10000:
        raise BackupError(
            f"The backup is of PostgreSQL {manifest['server'] // 10000}, and this server is {major}: use one as new."
        )
    wanted = {str(one.path) for one in files}
    for name in ("MEDIA_ROOT", "EVIDENCE_ROOT"):
        root = Path(getattr(settings, name))
        for path in root.rglob("*"):
            if path.is_file() and "incoming" not in path.parts and str(path) not in wanted:
                raise BackupError(
                    f"{root} is not empty: {path} is not of this backup. Name an empty folder ({'VAR_DIR' if name == 'MEDIA_ROOT' else name})."
                )


def _restore_files(source: Source, files: list[File], progress: Progress) -> None:
    total = sum(one.size for one in files)
    done = 0
    for one in files:
        path = one.path
        for folder in (*[above for above in reversed(path.parents) if not above.exists()], path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                source.copy_file(one, file.file)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).chmod(0o440 if one.folder == "EVIDENCE_ROOT" else 0o600)
                Path(file.name).replace(path)
            finally:
                Path(file.name).unlink(missing_ok=True)
        done += one.size
        progress(done, total)


def _restore_database(dump: Path) -> None:
    arguments, environment = command(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", str(dump)
    )
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(arguments, stdout=errors, stderr=errors, env=environment)
        if process.wait():
            errors.seek(0)
            raise BackupError(
                f"The database did not take the backup, and is as it was. {said_by(process, errors.read())}"
            )
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def _checked(manifest: dict[str, Any], steps: Steps) -> Restored:
    """Compare what is there now with what was backed up, with the ledger, and with a recount."""
    wrong = [
        f"{one['name']} was missing or damaged already when the backup was made." for one in manifest["lost"]
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM referrals_referral), (SELECT count(*) FROM referrals_event)"
        )
        found = cursor.fetchone()
    wrong += [
        f"{count:,} {name} instead of {manifest[name]:,}."
        for name, count in zip(("referrals", "events"), found, strict=True)
        if count != manifest[name]
    ]
    steps.begin("Ledger")
    head = manifest["head"]
    keys = [PublicKey.parse(one) for one in manifest["keys"]]
    report = verify(keys, [head["note"]] if head else [], steps.at)
    wrong += [str(one) for one in report.findings]
    steps.begin("Figures")
    wrong += [
        f"{one.operation}, {one.platform or 'all platforms'}, {one.what}: {one.shown} shown, {one.recounted} recounted."
        for one in recount()
    ]
    here = {name: getattr(settings, _django_name(name), None) for name in manifest["settings"]}
    differ = {
        name: (then, here[name])
        for name, then in manifest["settings"].items()
        if _plain(here[name]) != _plain(then)
    }
    return Restored(manifest, wrong, report.entries, differ)


def _django_name(name: str) -> str:
    return "SESSION_COOKIE_AGE" if name == "SESSION_SECONDS" else name


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
