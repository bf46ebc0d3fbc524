"""Files that somebody takes away: each with a number that it carries and the ledger knows, and the digest of its bytes.

Whoever holds such a file years later asks whose it is and whether it is as it was made: by its number, or by its bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, Final
from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.utils import timezone

from takedowns.directory.models import User
from takedowns.ledger.models import Entry
from takedowns.ledger.services import note_done
from takedowns.referrals.reference import parse_reference, reference_of

#: Entries that say the digest of a file's bytes: what was taken away, and what came in or was issued.
FILES: Final = (
    "export",
    "proof",
    "intake_submission",
    "evidence_evidence",
    "orders_removalorder",
    "sending_handoff",
)
#: A file is found in so many entries at most: one that is handed in again has an entry each time.
SHOWN: Final = 50
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True)
class Made:
    """A file that is being made.

    Attributes:
        number: ``E-7F3K-22QX5``: forty random bits and a check character, read out like a referral's reference.
        line: what the file says of itself, in English.
    """

    number: str
    line: str

    def named(self, name: str) -> str:
        """Return the file's name with the number in it, before its first dot."""
        stem, dot, ending = name.partition(".")
        return f"{stem}-{self.number}{dot}{ending}"

    def kept(
        self,
        name: str,
        content: bytes | IO[bytes],
        filters: str = "",
        *,
        what: str = "export",
        key: str = "",
        also: Mapping[str, str] | None = None,
    ) -> Mapping[str, str]:
        """Enter the file in the ledger; return the headers to send it with. One statement.

        Args:
            content: its bytes, or a file of them from its beginning, which is left there.
            what, key: of the entry, where it is no export of that name.
            also: further facts, such as the digests of the files in it.
        """
        if isinstance(content, bytes):
            digest, size = hashlib.sha256(content).hexdigest(), len(content)
        else:
            digest, size = _digest_of(content), content.tell()
            content.seek(0)
        facts = {"sha256": digest, "size": size, "number": self.number, **(also or {})}
        entry = note_done(what, key or name, facts, {"filters": filters} if filters else None)
        return {
            "Content-Disposition": f'attachment; filename="{self.named(name)}"',
            "Ledger-Entry": str(entry),
            "Export-Number": self.number,
        }


def digests_of(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """Return for each file of an archive, as a fact of its entry, the SHA-256 of its bytes: each is known by itself, too."""
    return {f"file {name}": hashlib.sha256(content).hexdigest() for name, content in files.items()}


def made_by(name: str, as_of: datetime | None = None) -> Made:
    """Begin a file: give it its number and the line that it carries.

    Args:
        name: of the person, or of the agency where the file is for the public.
        as_of: the moment of what it tells, where that is not now.
    """
    number, now = reference_of("E", uuid4()), timezone.now()
    return Made(number, f"Made by {name} at {_moment(now)} as of {_moment(as_of or now)}, number {number}")


def _digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of what is left of a file, a piece at a time."""
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
    return found.hexdigest()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


@dataclass(frozen=True)
class Found:
    """An entry about a file: what it was, who took or brought it, its digest."""

    entry: Entry
    who: str
    said: Mapping[str, Any]
    filters: str


def find_number(text: str) -> list[Found] | None:
    """Return the entries of a number as somebody typed it; None where it is none (its check character is wrong)."""
    parsed = parse_reference(text)
    if parsed is None or parsed[0] != "E":
        return None
    symbols = reference_of("E", UUID(int=int(parsed[1], 16)))
    return _found(
        Entry.objects.filter(what__in=("export", "proof"), became__contains=f'"number":"{symbols}"')
    )


def find_bytes(file: IO[bytes]) -> tuple[str, list[Found]]:
    """Return the SHA-256 of a file, and the entries that say it."""
    digest = _digest_of(file)
    return digest, _found(Entry.objects.filter(Q(became__contains=digest), what__in=FILES))


def _found(entries: QuerySet[Entry]) -> list[Found]:
    rows = list(entries.order_by("-number")[:SHOWN])
    people = User.objects.in_bulk({one.person_id for one in rows if one.person_id})
    found = []
    for one in rows:
        person = people.get(one.person_id or UUID(int=0))
        withheld = json.loads(one.withheld or "{}")
        found.append(
            Found(
                one,
                person.get_full_name() if person else "",
                json.loads(one.became or "{}"),
                withheld.get("filters") or "",
            )
        )
    return found
