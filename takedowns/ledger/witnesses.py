"""Giving tree heads away, to where whoever rules this installation cannot take them back.

Each head is one line of JSON: ``{"note": "…"}``, the signed note as it stands. A file is appended to; an address is posted to.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import orjson
from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.models import Head
from takedowns.ledger.notes import Checkpoint, NoteError

log = logging.getLogger(__name__)
#: Bytes at the end of a witness file in which its last head is looked for.
_TAIL: Final = 64 * 1024


def tell() -> None:
    """Append to the witness file the heads that it does not have yet. What fails is logged and made up for next time."""
    if not settings.LEDGER_WITNESS_FILE:
        return
    path = Path(settings.LEDGER_WITNESS_FILE)
    try:
        last = _last_size(path)
        with acting_as(SYSTEM):
            notes = list(Head.objects.filter(size__gt=last).order_by("size").values_list("note", flat=True))
        if notes:
            lines = b"".join(orjson.dumps({"note": note}) + b"\n" for note in notes)
            with path.open("ab") as file:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        log.exception("The witness file %s cannot be written. It is tried again in a minute.", path)


def read(path: Path) -> Iterator[str]:
    """Yield the notes of a witness file.

    Raises:
        NoteError: a line is none; it is named.
    """
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                yield str(orjson.loads(line)["note"])
            except (orjson.JSONDecodeError, KeyError, TypeError) as error:
                raise NoteError(f"{path.name}, line {number}: this is no tree head.") from error


def _last_size(path: Path) -> int:
    """Return the size in the last head of the file; -1 where there is none."""
    if not path.exists():
        return -1
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL))
        lines = [line for line in file.read().splitlines() if line.strip()]
    for line in reversed(lines):
        try:
            return Checkpoint.parse(orjson.loads(line)["note"]).size
        except (orjson.JSONDecodeError, KeyError, TypeError, NoteError):
            continue  # the line was cut off when the power went
    return -1
