"""What a check found to be wrong."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

#: Of each kind so many are told one by one; the rest are counted.
NAMED: Final = 10

KINDS: Final = {
    "altered": "an entry reads otherwise than when it was sealed",
    "missing": "an entry that was sealed is not there any more",
    "inserted": "an entry stands before the end of what was sealed, and was not sealed",
    "moved": "an entry is not at the place where it was sealed",
    "seal": "the seals themselves were changed",
    "head": "a signed head is not what the seals come to, or its signature is wrong",
    "witness": "a witness has seen another ledger",
    "timestamp": "a time stamp is not of the head that it stands beside, or not of the authority that is trusted",
    "row": "a row of a table does not follow from the entries",
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: one of :data:`KINDS`.
        place: in the ledger, from 0; None of a row or a key.
        name: of the entry, head or row.
        message: a sentence.
    """

    kind: str
    place: int | None
    name: str
    message: str

    def __str__(self) -> str:
        place = "" if self.place is None else f" at {self.place:,}"
        return f"{self.kind}{place}: {self.name}: {self.message}"


@dataclass
class Report:
    """What a check saw.

    Attributes:
        entries: how many were sealed and checked.
        waiting: how many are not sealed yet.
        heads: how many signed heads were checked, those of witnesses too.
        stamps: how many time stamps there are.
        last_stamp: the one of the largest head, in words; empty where there is none.
        countersigned: how many countersignatures of witnesses are kept here.
        last_countersigned: the one of the largest head, in words.
        rows: how many rows of tables were compared with entries.
        findings: the first of each kind, in the order in which they were found.
        counts: all there are, by kind.
    """

    entries: int = 0
    waiting: int = 0
    heads: int = 0
    stamps: int = 0
    last_stamp: str = ""
    countersigned: int = 0
    last_countersigned: str = ""
    rows: int = 0
    findings: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def find(self, kind: str, place: int | None, name: str, message: str) -> None:
        """Note one finding."""
        self.counts[kind] += 1
        if self.counts[kind] <= NAMED:
            self.findings.append(Finding(kind, place, name, message))

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.counts
