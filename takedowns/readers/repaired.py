"""Rows as a person repaired them: some of their cells say something else than the list does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from takedowns.readers.cells import Cells
from takedowns.readers.model import HandedInRow
from takedowns.readers.rows import apart

_SENTENCES_OF = {"url": "The column '", "kind": "Kind '", "found_at": "Time '"}
"""How the sentences of `problems` begin that are about a field."""


def with_repairs(
    rows: Iterable[HandedInRow], said_of: Mapping[int, Mapping[str, str]], read: Cells
) -> Iterator[HandedInRow]:
    """The rows, of which some say something else: place → field → text, read as if it stood in the list.

    An address put into the one row of its line may be several, as in a list; those are rows of the line. Where the line
    is several rows already, each holds one, and of several the row then says so.
    """
    for row in rows:
        said = said_of.get(row.place)
        if not said:
            yield row
            continue
        mended = _repaired(row, said, read)
        found = list(apart(mended)) if "url" in said else [mended]
        if row.parts == 1:
            for one in found:
                again = said_of.get(one.place) if one.part > 1 else None
                yield _repaired(one, again, read) if again else one
        elif len(found) == 1:
            yield found[0]._replace(part=row.part, parts=row.parts)
        else:
            yield mended


def _repaired(row: HandedInRow, said: Mapping[str, str], read: Cells) -> HandedInRow:
    """The row with what was said in place of what stands in the list; each cell is read as if it stood there."""
    problems = [
        one for one in row.problems if not any(one.startswith(_SENTENCES_OF[field]) for field in said)
    ]
    if "url" in said:
        row = row._replace(url=said["url"].strip(), asks=(), doubt="")
    if "kind" in said:
        kind, problem, _ = read.kinds[said["kind"]]
        row = row._replace(kind=kind, words=tuple(one for one in row.words if one[0] != "kind"))
        problems += filter(None, [problem])
    if "found_at" in said:
        found_at, problem = read.times[said["found_at"]]
        row = row._replace(found_at=found_at)
        problems += filter(None, [problem])
    return row._replace(problems=tuple(problems))
