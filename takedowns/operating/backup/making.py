"""Making a backup while the installation runs.

The database is dumped in one snapshot, and the same snapshot says which files there are. A file is whole before a record names
it, and is never changed; so all that the snapshot names is there, whatever people go on doing meanwhile.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.db import connections, transaction

import takedowns
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence
from takedowns.evidence.store import path_of
from takedowns.installation.identity import version_of
from takedowns.intake.models import Submission
from takedowns.ledger.models import Head, SigningKey
from takedowns.operating.backup.places import BackupError, Place, Stored, copy
from takedowns.operating.backup.programs import command, said_by
from takedowns.operating.models import Backup
from takedowns.postgres.sandbox import SCHEMA

#: Of the backup's own shape.
FORMAT: Final = 1
DATABASE: Final = "database.dump"
MANIFEST: Final = "manifest.json"
#: Settings that say how the installation behaved. None is a secret.
KEPT_SETTINGS: Final = (
    "ALLOWED_HOSTS",
    "SITE_URL",
    "TIME_ZONE",
    "LEDGER_NAME",
    "PUBLICATION_THRESHOLD",
    "SUBMISSION_INLINE_BYTES",
    "SUBMISSION_MAX_BYTES",
    "EVIDENCE_MAX_BYTES",
    "EVIDENCE_MAX_PIXELS",
    "EXPORT_FORMATS",
    "EXPORT_KEEP",
    "KEEP_NOTICES_DAYS",
    "KEEP_DELIVERIES_DAYS",
    "KEEP_INVITATIONS_DAYS",
    "KEEP_JOBS_DAYS",
    "KEEP_COMMENTS_DAYS",
    "REVIEW_OPERATIONS_DAYS",
    "REQUIRE_SECOND_FACTOR",
    "SESSION_SECONDS",
    "SESSION_IDLE_SECONDS",
    "OIDC_ISSUER",
    "OIDC_NAME",
    "OIDC_SECOND_FACTOR",
    "PROBES",
    "PROBE_USER_AGENT",
    "WEBHOOK_ALLOW_NETWORKS",
    "WEBHOOK_MAX_BYTES",
)
#: Where Django's name of a setting is not that of its variable.
_NAMES: Final = {"SESSION_SECONDS": "SESSION_COOKIE_AGE"}

_PREVIEWS: Final = Submission.objects.filter(state=Submission.State.PREVIEWED)

Progress = Callable[[int, int], None]


class File(NamedTuple):
    """A file that a record names.

    Attributes:
        folder: the setting that says in which folder it is: MEDIA_ROOT or EVIDENCE_ROOT.
        name: below that folder.
        size: bytes, as recorded.
    """

    folder: str
    name: str
    sha256: str
    size: int

    @property
    def path(self) -> Path:
        """Where it is here."""
        return Path(getattr(settings, self.folder)) / self.name


class Made(NamedTuple):
    """What was backed up.

    Attributes:
        name: of the backup.
        database: bytes of its dump as put away.
        files: all that it names.
        written: how many of them were not there before.
        written_bytes: of those, and of the database.
        lost: files that are missing or damaged here already.
        entries: in the ledger's last signed head.
    """

    name: str
    database: int
    files: int
    written: int
    written_bytes: int
    lost: list[File]
    entries: int


def name_now() -> str:
    """Return the name of a backup that begins now; later ones sort behind."""
    return f"takedowns-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"


def make(place: Place, progress: Progress = lambda _done, _all: None) -> Made:
    """Back everything up to a place, within its context.

    Args:
        progress: called now and then with how many bytes of files were looked after, and how many there are.

    Raises:
        BackupError: the role may not read everything, or the place does not take it.
        ProgramError: there is no pg_dump, or it failed.
    """
    with _snapshot() as snapshot:
        manifest = _facts()
        files = _files()
        previews = set(_PREVIEWS.using("owner").values_list("content", flat=True))
        database = place.add(DATABASE, lambda target: _dump(snapshot, target))
    there, lost = set[str](), list[File]()
    written, written_bytes, done = 0, database.size, 0
    total = sum(one.size for one in files)
    for one in files:
        if one.sha256 not in there and not place.holds(one.sha256):
            try:
                stored = place.add_file(one.sha256, partial(_copy, one))
                written, written_bytes = written + 1, written_bytes + stored.size
                there.add(one.sha256)
            except _LostError:
                lost.append(one)
        else:
            there.add(one.sha256)
        done += one.size
        progress(done, total)
    manifest["files"] = [one._asdict() for one in files if one.sha256 in there]
    # What nobody handed in goes when whoever looked at it says so: it may be gone since the snapshot.
    lost = [one for one in lost if one.sha256 not in there and one.name not in previews]
    manifest["lost"] = [one._asdict() for one in lost]
    text = orjson.dumps(manifest, option=orjson.OPT_SORT_KEYS)
    kept = {DATABASE: database, MANIFEST: place.add(MANIFEST, lambda target: _write(target, text))}
    place.finish(_header(place, kept, there, manifest["made_at"], manifest["version"]))
    head = manifest["head"]
    return Made(
        place.name, database.size, len(files), written, written_bytes, lost, head["size"] if head else 0
    )


def remember(made: Made, *, encrypted: bool, place: str) -> None:
    """Write down that a backup was made: the doctor and the metrics tell how old the last one is."""
    with acting_as(SYSTEM):
        Backup.objects.create(
            name=made.name,
            size=made.written_bytes,
            files=made.files,
            entries=made.entries,
            is_encrypted=encrypted,
            place=place,
        )


class _LostError(Exception):
    """A file is missing, or its bytes are not those that were recorded."""


def _header(
    place: Place, kept: dict[str, Stored], files: Iterable[str], made_at: str, version: str
) -> dict[str, Any]:
    """Return what stands in the clear: enough to tell whether the backup is whole, and nothing of what is in it."""
    return {
        "format": FORMAT,
        "name": place.name,
        "made_at": made_at,
        "version": version,
        "recipients": place.recipients,
        "parts": {name: stored._asdict() for name, stored in kept.items()},
        "files": sorted(files),
    }


@contextmanager
def _snapshot() -> Iterator[str]:
    """Read in one snapshot as the owner; yields its name, by which other sessions see the same."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(
            "SELECT pg_export_snapshot(), pg_has_role(relowner, 'USAGE') FROM pg_class"
            " WHERE oid = to_regclass('public.referrals_event')"
        )
        row = cursor.fetchone()
        if row is None:
            raise BackupError(
                "The database holds nothing of Takedowns: “takedowns migrate” was never run on it."
            )
        if not row[1]:
            raise BackupError(
                "A backup reads everything, and the application's role does not: set DATABASE_OWNER_URL, as for “migrate”."
            )
        yield row[0]


def _facts() -> dict[str, Any]:
    """Return what the snapshot says of itself."""
    head = Head.objects.using("owner").order_by("-size").first()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int, pg_database_size(current_database()),"
            " (SELECT count(*) FROM referrals_referral), (SELECT count(*) FROM referrals_event),"
            " pg_sequence_last_value(to_regclass('takedowns_log_epoch')), pg_current_wal_lsn()::text"
        )
        server, size, referrals, events, epoch, lsn = cursor.fetchone()
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = [f"{app}.{name}" for app, name in cursor.fetchall()]
    return {
        "made_at": datetime.now(UTC).isoformat(),
        "version": version_of("owner") or takedowns.__version__,
        "migrations": migrations,
        "server": server,
        "database_bytes": size,
        "referrals": referrals,
        "events": events,
        "epoch": epoch,
        "lsn": lsn,
        "head": {"size": head.size, "root": bytes(head.root).hex(), "note": head.note} if head else None,
        "keys": list(SigningKey.objects.using("owner").order_by("since").values_list("name", flat=True)),
        "settings": {name: getattr(settings, _NAMES.get(name, name)) for name in KEPT_SETTINGS},
    }


def _files() -> list[File]:
    """Return the files that records of the snapshot name, each once."""
    submissions = Submission.objects.using("owner").values_list("content", "sha256", "size")
    evidence = Evidence.objects.using("owner").values_list("sha256", "size").distinct()
    root = Path(settings.EVIDENCE_ROOT)
    return sorted(
        {File("MEDIA_ROOT", content, sha256, size) for content, sha256, size in submissions}
        | {
            File("EVIDENCE_ROOT", str(path_of(sha256).relative_to(root)), sha256, size)
            for sha256, size in evidence
        }
    )


def _dump(snapshot: str, target: IO[bytes]) -> None:
    """Let pg_dump write the snapshot. The sandbox is made anew by ``migrate``, and rights are granted by it."""
    arguments, environment = command(
        "pg_dump",
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        f"--exclude-schema={SCHEMA}",
        f"--snapshot={snapshot}",
        "--lock-wait-timeout=60s",
    )
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(arguments, stdout=target, stderr=errors, env=environment)
        if process.wait():
            errors.seek(0)
            raise BackupError(said_by(process, errors.read()))


def _copy(one: File, target: IO[bytes]) -> None:
    try:
        with one.path.open("rb") as source:
            found = copy(source, target)
    except FileNotFoundError:
        raise _LostError from None
    if found != one.sha256:
        raise _LostError


def _write(target: IO[bytes], text: bytes) -> None:
    target.write(text)
