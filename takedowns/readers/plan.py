"""Where the header of a table stands and which column fills which field, judged from its first records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from takedowns.readers.companions import guess
from takedowns.readers.model import MAX_COLUMNS, ReaderError, shown
from takedowns.readers.vocabulary import Vocabulary, account_headers, handed_in, plain

HEADER_WITHIN = 20
"""Records above which a header is looked for: titles, dates and a blank line may stand over it."""

Sample = Sequence[tuple[int, Sequence[str]]]
"""Line and cells of the first records."""

_LINK = re.compile(
    r"[<(\"'\[]*(?:[a-z][a-z0-9+.\-]{1,20}\[?:\]?//|h[tx]{2}ps?\[?:|tg:|www\[?\.)\S+"
    r"|[<(\"'\[]*(?:[\w\-]+(?:\.|\[\.\]|\(\.\)|\[dot\]))+[a-z]{2,24}\.?(?::[0-9]+)?[/?#]\S*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"column ([0-9]{1,3})", re.IGNORECASE)


@dataclass(slots=True)
class Plan:
    """How the records of a table are read."""

    header: list[str]
    header_line: int | None
    columns: dict[str, int]
    """Our field to the index of its column; always with one of those the vocabulary needs."""
    guessed: tuple[str, ...] = ()
    titles: list[str] = field(default_factory=list)
    more_links: tuple[int, ...] = ()
    """Further columns of addresses, headed as the first is ("Link", "Link 2"): each address is a row of its own."""
    other_links: tuple[int, ...] = ()
    """Columns that are not read, though addresses stand in them: of an account, a source, a copy, or of the items themselves."""
    score: tuple[float, ...] = ()
    """How well it fits; for comparing plans of the same text under different delimiters."""


def looks_like_link(cell: str) -> bool:
    """Whether a whole cell has the shape of a link, defanged or without scheme too. What it names is not asked."""
    return len(cell) < 4_096 and _LINK.fullmatch(cell.strip()) is not None


def plan_of(sample: Sample, mapping: Mapping[str, str], vocabulary: Vocabulary | None = None) -> Plan | None:
    """The plan for a table that begins with `sample`, None when it has no column of those that the vocabulary needs.

    `mapping` (our field → header as written; "" for a field that is not to be read) goes before what is recognised.
    Raises ReaderError("mapping") for a field that does not exist.
    """
    known = vocabulary or handed_in()
    for name in mapping:
        if name not in known.fields:
            raise ReaderError(
                "mapping",
                f"There is no field '{name}'; the fields are {', '.join(known.fields)}.",
                field=name,
            )
    filled = [(line, [cell.strip() for cell in cells]) for line, cells in sample]
    filled = [(line, cells) for line, cells in filled if any(cells)]
    first_link = next(
        (i for i, (_, cells) in enumerate(filled) if any(map(looks_like_link, cells))), len(filled)
    )
    plan = _by_header(filled, first_link, mapping, known)
    if plan is None and "url" in known.fields:
        plan = _by_content(filled, first_link, mapping, known)
    if plan is not None:
        if "found_time" in plan.columns and "found_at" not in plan.columns:
            plan.columns["found_at"] = plan.columns.pop("found_time")  # "Time" alone holds the date too
        body = [cells for line, cells in filled if line > (plan.header_line or 0)]
        named = len(plan.columns) - len(plan.guessed)
        width = len(plan.header)
        even = sum(len(cells) == width for cells in body) / len(body) if body else 1.0
        links = _link_share(body, plan.columns["url"]) if "url" in plan.columns else 0.0
        plan.score = (named, round(links, 2), round(even, 2), width)
        used = {*plan.columns.values(), *plan.more_links}
        others = (index for index in range(width) if index not in used) if "url" in plan.columns else ()
        plan.other_links = tuple(index for index in others if _link_share(body, index) > 0)
    return plan


def _by_header(filled: Sample, first_link: int, mapping: Mapping[str, str], known: Vocabulary) -> Plan | None:
    """The plan under the record, above the first link, that names most fields, among them one that is needed."""
    best: tuple[int, int, dict[str, list[int]]] | None = None
    for i, (_, cells) in enumerate(filled[: min(first_link, HEADER_WITHIN)]):
        if len(cells) > MAX_COLUMNS:
            continue
        named = _named(cells, mapping, known)
        if not named.keys().isdisjoint(known.needed) and (best is None or len(named) > best[0]):
            best = (len(named), i, named)
    if best is None:
        return None
    _, at, named = best
    line, cells = filled[at]
    columns = {name: indices[0] for name, indices in named.items()}
    guessed: tuple[str, ...] = ()
    if "url" in named and "url" not in mapping:
        columns["url"], guessed = _column_of_links(
            named, len(cells), [cells for _, cells in filled[at + 1 :]]
        )
    titles = [shown(" ".join(c)) for _, c in filled[:at]]
    more = _more_links(cells, columns["url"], filled[at + 1 :]) if "url" in columns and not mapping else ()
    return Plan(_titled(cells), line, columns, guessed, titles, more)


def _more_links(header: Sequence[str], url: int, body: Sample) -> tuple[int, ...]:
    """The columns beside that of the links which are headed as it is, but for a number, and hold links."""
    name = _without_number(header[url])
    rows = [cells for _, cells in body]
    return tuple(
        index
        for index, cell in enumerate(header)
        if index != url and name and _without_number(cell) == name and _link_share(rows, index) > 0
    )


def _field_of(header: str, known: Vocabulary) -> str | None:
    """The field of a header; "URL 1" is one of several columns of addresses."""
    field = known.field_of(header)
    if field is None and header[-1:].isdigit() and known.field_of(header.rstrip("0123456789 _#.-")) == "url":
        return "url"
    return field


def _without_number(header: str) -> str:
    return plain(header).strip("0123456789")


def _column_of_links(
    named: Mapping[str, list[int]], width: int, body: Sequence[Sequence[str]]
) -> tuple[int, tuple[str, ...]]:
    """The column of the links, and what of it is guessed: "Location" may be a town, and another column hold the links."""
    best = max(named["url"], key=lambda index: _link_share(body, index))
    taken = {index for indices in named.values() for index in indices}
    others = [index for index in range(width) if index not in taken]
    rival = max(others, key=lambda index: _link_share(body, index), default=None)
    if rival is not None and _link_share(body, best) == 0 and _link_share(body, rival) > 0.5:
        return rival, ("url",)
    return best, ()


def _named(cells: Sequence[str], mapping: Mapping[str, str], known: Vocabulary) -> dict[str, list[int]]:
    """Fields that a header record names, each with the columns that could fill it, best first."""
    named: dict[str, list[int]] = {}
    taken: set[int] = set()
    for name, wanted in mapping.items():
        if not wanted:
            continue
        exact = [i for i, cell in enumerate(cells) if cell == wanted.strip()]
        indices = exact or [i for i, cell in enumerate(cells) if plain(cell) and plain(cell) == plain(wanted)]
        if not indices:
            return {}
        named[name] = indices[:1]
        taken.add(indices[0])
    for i, cell in enumerate(cells):
        name_found = _field_of(cell, known) if cell and i not in taken else None
        if name_found and name_found not in mapping:
            named.setdefault(name_found, []).append(i)
    if "url" in known.needed and "url" not in named and "url" not in mapping and "platform" in named:
        # A list of accounts: the platform stands in one column, the bare name in another.
        accounts = [i for i, cell in enumerate(cells) if plain(cell) in account_headers()]
        if accounts:
            named["url"] = accounts[:1]
    return named


def _by_content(
    filled: Sample, first_link: int, mapping: Mapping[str, str], known: Vocabulary
) -> Plan | None:
    """The plan by the column that plainly holds links, under a header that is not understood or under none."""
    if first_link == len(filled):
        return None
    width = max(len(cells) for _, cells in filled)
    numbered = {name: _NUMBERED.fullmatch(wanted.strip()) for name, wanted in mapping.items() if wanted}
    if not all(numbered.values()) or width > MAX_COLUMNS:
        return None
    columns = {name: int(match[1]) - 1 for name, match in numbered.items() if match}
    if any(not 0 <= index < width for index in columns.values()):
        return None
    guessed: tuple[str, ...] = ()
    if "url" not in columns:
        body = [cells for _, cells in filled[first_link:]]
        above = next((cells for _, cells in reversed(filled[:first_link])), ())
        of_accounts = {index for index, cell in enumerate(above) if _is_of_accounts(cell)}
        best = max(
            range(width), key=lambda index: (_link_share(body, index), index not in of_accounts, -index)
        )
        if _link_share(body, best) < 0.5:
            return None
        columns["url"], guessed = best, ("url",)
    at = next((i for i in range(first_link) if _wordy(filled[i][1], columns["url"], width)), None)
    if at is not None and not numbered:
        line, cells = filled[at]
        named = {
            name: indices[0]
            for name, indices in _named(cells, mapping, known).items()
            if indices[0] != columns["url"]
        }
        header = [*cells, *[""] * (width - len(cells))]
        return Plan(
            _titled(header), line, {**named, **columns}, guessed, [shown(" ".join(c)) for _, c in filled[:at]]
        )
    if not mapping:
        beside = guess([cells for _, cells in filled[first_link:]], columns["url"], width)
        columns, guessed = {**beside, **columns}, (*guessed, *beside)
    return Plan([f"Column {i + 1}" for i in range(width)], None, columns, guessed)


def _is_of_accounts(header: str) -> bool:
    """Whether a header says whose the items are ("Account URL", "Lien du compte"), not which they are."""
    return any(plain(word) in account_headers() for word in header.split())


def _wordy(cells: Sequence[str], url: int, width: int) -> bool:
    """Whether a record above the first link reads as a header, and not as a title or a row whose link is misspelt."""
    return (
        url < len(cells)
        and bool(cells[url])
        and all(re.fullmatch(r"[^\W\d_][^./\\@:]{0,60}:?|", cell) for cell in cells)
        and (width == 1 or sum(map(bool, cells)) > 1)
    )


def _titled(cells: Sequence[str]) -> list[str]:
    return [cell or f"Column {i + 1}" for i, cell in enumerate(cells)]


def _link_share(body: Sequence[Sequence[str]], index: int) -> float:
    """Share of the records whose cell in a column looks like a link."""
    return (
        sum(index < len(cells) and looks_like_link(cells[index]) for cells in body) / len(body)
        if body
        else 0.0
    )
