"""Figures written to a folder each night: every operation's, in the formats that the installation wants.

A file is there whole or not at all, and a night that is tried again writes the same bytes: its moment is the one it was
planned for, not the one at which it came to run.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.exports import FORMATS, ending_of
from takedowns.figures.report import report
from takedowns.ledger.exports import made_by
from takedowns.referrals.models import Operation

_UNFINISHED: Final = ".unfinished-"
#: For whoever runs the installation and its group: the files hold small numbers.
_MODE: Final = 0o640


class NightlyError(Exception):
    """Raised after everything else was written: what could not be, each with its reason."""


def write_nightly(moment: datetime) -> list[Path]:
    """Write each operation's figures as of the second of ``moment``; leave what is there already, and prune what is too old.

    An operation is written while it is open, and for as many nights after it was closed as files are kept.

    Returns:
        The files that are new.

    Raises:
        NightlyError: the folder is not there, a format is unknown, or some files could not be written; the others are.
    """
    folder = Path(settings.EXPORT_FOLDER)
    if (
        not folder.is_dir()
    ):  # not made here: a drive that is not mounted would be hidden by what is written under it
        raise NightlyError(f"EXPORT_FOLDER {folder} is no folder. Make it, or mount it.")
    if unknown := [name for name in settings.EXPORT_FORMATS if name not in FORMATS]:
        raise NightlyError(
            f"EXPORT_FORMATS: {', '.join(unknown)} is not known. Known: {', '.join(sorted(FORMATS))}."
        )
    moment = moment.replace(microsecond=0)  # as the files' names say it
    since = moment - timedelta(days=settings.EXPORT_KEEP)
    with acting_as(SYSTEM):
        operations = list(
            Operation.objects.filter(Q(closed_at=None) | Q(closed_at__gte=since)).order_by("reference")
        )
    written: list[Path] = []
    failed: list[str] = []
    for operation in operations:
        try:
            written += _write(operation, moment, folder / operation.reference, settings.EXPORT_FORMATS)
        except Exception as error:  # noqa: BLE001 - one operation must not cost the others their files
            failed.append(f"{operation.reference}: {error}")
    if failed:
        raise NightlyError("; ".join(failed))
    return written


def _write(operation: Operation, moment: datetime, folder: Path, formats: Sequence[str]) -> list[Path]:
    name = f"{operation.reference}-{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    paths = {file_format: folder / f"{name}.{ending_of(file_format)}" for file_format in formats}
    missing = {file_format: path for file_format, path in paths.items() if not path.exists()}
    if missing:
        with acting_as(SYSTEM):
            figures = report(operation, SYSTEM, as_of=moment)
        folder.mkdir(exist_ok=True)
        for file_format, path in missing.items():
            made = made_by("the nightly job", moment)
            content = FORMATS[file_format](replace(figures, made=made.line))
            _write_whole(path, content)
            with acting_as(SYSTEM):
                made.kept(path.name, content)
    _prune(folder, operation.reference)
    return list(missing.values())


#: Endings of files that differ from the name of their format; two formats must not share one.


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that who reads the folder sees it whole or not at all, also after the power went."""
    unfinished = path.with_name(f"{_UNFINISHED}{path.name}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _prune(folder: Path, reference: str) -> None:
    """Keep the files of the newest nights; nothing else in the folder is touched."""
    nights: dict[str, list[Path]] = {}
    for path in folder.glob(f"{reference}-*Z.*") if folder.is_dir() else ():
        nights.setdefault(path.name.removeprefix(f"{reference}-").partition(".")[0], []).append(path)
    for night in sorted(nights, reverse=True)[settings.EXPORT_KEEP :]:
        for path in nights[night]:
            path.unlink(missing_ok=True)
