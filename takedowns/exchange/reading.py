"""What a file of another system names, as rows of a submission, whatever its format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from takedowns.readers import FIELDS, ROW_FIELDS, MediaHashes
from takedowns.tabular import csv_lines


class WrongFile(ValueError):  # noqa: N818 - what it is, not an error of the program
    """The file is not in the format; its argument is a code."""


@dataclass(frozen=True, slots=True)
class Found:
    """One address, and what the file says of it.

    Attributes:
        facts: by name, as ``records.Record.facts`` gives them.
        found_at: ISO 8601 with its offset, or empty.
    """

    url: str
    facts: Mapping[str, str] = field(default_factory=dict)
    outlet: str = ""
    note: str = ""
    found_at: str = ""
    hashes: tuple[MediaHashes, ...] = ()


def as_list(found: Iterable[Found]) -> bytes:
    """Return a list as officers hand one in: CSV, with the headers that are read; a row for each picture where an address has several."""
    brought = list(found)
    fields = ROW_FIELDS if any(one.hashes for one in brought) else FIELDS
    rows = (_row(one, hashes, fields) for one in brought for hashes in one.hashes or (MediaHashes(),))
    return "".join(csv_lines([fields, *rows])).encode()


def _row(one: Found, hashes: MediaHashes, fields: Sequence[str]) -> list[str]:
    row = {
        "url": one.url,
        "kind": one.facts.get("kind", ""),
        "tier": one.facts.get("tier", ""),
        "language": one.facts.get("language", ""),
        "outlet": one.outlet,
        "listed_group": one.facts.get("listed-group", ""),
        "ground": one.facts.get("ground", ""),
        "found_at": one.found_at,
        "note": one.note,
        "platform": one.facts.get("platform", ""),
        "sha256": hashes.sha256,
        "md5": hashes.md5,
        "pdq": hashes.pdq,
        "pdq_quality": "" if hashes.quality is None else str(hashes.quality),
    }
    return [row[name] for name in fields]
