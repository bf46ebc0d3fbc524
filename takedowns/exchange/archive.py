"""All files of a list in one ZIP, sent while it is made: a part is read in a transaction of its own, and only one is in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

from takedowns.access.actor import Actor, acting_as
from takedowns.access.origin import coming_from
from takedowns.exchange.formats import Format
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import PART, parcel_with
from takedowns.ledger.services import note_done
from takedowns.referrals.models import Operation

MEDIA_TYPE: Final = "application/zip"


class _Sink:
    """Where the archive is written to: what was not sent yet, and the digest of all that was written."""

    def __init__(self) -> None:
        self.waiting = bytearray()
        self.digest = sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        self.waiting += content
        self.digest.update(content)
        self.size += len(content)
        return len(content)

    def flush(self) -> None:
        """Have nothing to flush; an archive asks for it."""

    def take(self) -> bytes:
        """Return what was not sent yet."""
        taken = bytes(self.waiting)
        self.waiting.clear()
        return taken


def archive(
    operation: Operation,
    wanted: Sequence[UUID],
    used: Format,
    tlp: Tlp,
    *,
    name: str,
    filters: str,
    by: Actor,
    origin: str,
) -> Iterator[bytes]:
    """Yield a ZIP of the referrals ``wanted``, a file for each part; six statements a part.

    One entry of the whole stands in the ledger before its last bytes are sent, without which no program opens it. Where
    whoever takes it leaves before, the entry says that it was cut off.
    """
    sink, count, held, is_whole = _Sink(), 0, 0, False
    moment = timezone.now().timetuple()[:6]
    try:
        with ZipFile(sink, "w") as packed:  # type: ignore[call-overload]  # writes, and never seeks
            for number, begin in enumerate(range(0, len(wanted), PART), start=1):
                with coming_from(origin), acting_as(by):
                    made = parcel_with(operation, by, wanted[begin : begin + PART], tlp)
                count, held = count + len(made.records), held + made.held
                entry = ZipInfo(f"{operation.reference}-{number}.{used.ending}", moment)
                packed.writestr(entry, used.write(made), ZIP_DEFLATED)
                yield sink.take()
            is_whole = True
    finally:
        facts = {
            "sha256": sink.digest.hexdigest(),
            "size": sink.size,
            "count": count,
            "held": held,
            "tlp": tlp,
        }
        with coming_from(origin), acting_as(by):
            note_done("export", name, {**facts, "whole": is_whole}, {"filters": filters} if filters else None)
    yield sink.take()
