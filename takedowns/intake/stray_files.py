"""Files that no record names: whoever wrote them was killed before the record was there, or before the file of one that went was deleted.

What somebody handed in is in them, and no rule of retention would find it. Kept evidence is not looked at: ``verify_evidence`` is for that.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as, placed
from takedowns.intake.models import Submission
from takedowns.ledger.models import Entry
from takedowns.ledger.services import note_done

log = logging.getLogger(__name__)

#: A file is named by its record within seconds of its making; so long it is nobody's at the earliest.
KEPT: Final = timedelta(days=1)
_AT_ONCE: Final = 1000
#: What the ledger calls a round that deleted something.
_ENTRY: Final = "stray_files"


def delete_strays(now: datetime | None = None) -> int:
    """Delete what was written more than a day ago and belongs to no submission, real or of the sandbox; return how many files."""
    before = ((now or timezone.now()) - KEPT).timestamp()
    media = Path(settings.MEDIA_ROOT)
    strays = list(_older(media, "submissions/**/*", before))
    for sandbox in (False, True):
        strays = [one for some in _portions(strays) for one in _unnamed(media, some, sandbox=sandbox)]
    for root in (media, Path(settings.EVIDENCE_ROOT)):
        strays += _older(root, "incoming/*", before)
    size = 0
    for one in strays:
        size += one.stat().st_size
        one.unlink(missing_ok=True)
    if strays:
        log.warning("%d files that no record names were deleted, %d bytes.", len(strays), size)
        with acting_as(SYSTEM):
            note_done(_ENTRY, "night", {"files": len(strays), "bytes": size})
    return len(strays)


@dataclass(frozen=True, slots=True)
class Deleted:
    """What was deleted, by all rounds together.

    Attributes:
        rounds: how many rounds found anything.
        since, last: when the first of these was, and the last.
    """

    files: int
    size: int
    rounds: int
    since: datetime
    last: datetime


def deleted_so_far() -> Deleted | None:
    """Return what the rounds deleted since the ledger began; None where no round found anything. One statement. As the system."""
    found = list(Entry.objects.filter(what=_ENTRY).order_by("number").values_list("at", "became"))
    if not found:
        return None
    told = [json.loads(became or "{}") for _at, became in found]
    return Deleted(
        sum(int(one["files"]) for one in told),
        sum(int(one["bytes"]) for one in told),
        len(found),
        found[0][0],
        found[-1][0],
    )


def _older(root: Path, pattern: str, before: float) -> Iterator[Path]:
    for path in root.glob(pattern):
        if path.is_file() and path.stat().st_mtime < before:
            yield path


def _portions(paths: list[Path]) -> Iterator[list[Path]]:
    for first in range(0, len(paths), _AT_ONCE):
        yield paths[first : first + _AT_ONCE]


def _unnamed(media: Path, some: list[Path], *, sandbox: bool) -> list[Path]:
    names = {path.relative_to(media).as_posix(): path for path in some}
    with placed(in_sandbox=sandbox), acting_as(SYSTEM):
        named = set(Submission.objects.filter(content__in=list(names)).values_list("content", flat=True))
    return [path for name, path in names.items() if name not in named]
