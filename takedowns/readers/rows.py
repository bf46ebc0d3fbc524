"""Records to rows: the inner loop of a submission, so it does little per row and looks twice only where it must."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from operator import itemgetter

from takedowns.identity import Refusal, identify
from takedowns.identity.handles import platform_named
from takedowns.identity.pieces import Piece, names, pieces
from takedowns.readers.cells import Cells
from takedowns.readers.dates import BETWEEN
from takedowns.readers.hashes import read_hashes
from takedowns.readers.model import COLUMN_FIELDS, MAX_RAW, NUL_MARK, UNREADABLE, HandedInRow, cut, shown
from takedowns.readers.plan import Plan
from takedowns.readers.records import Record
from takedowns.readers.vocabulary import plain
from takedowns.tabular import unguard

# White space and signs without width that copying from a chat or a PDF leaves at the ends of a link.
_EDGES = " \t\r\n\v\f\u00a0\u2028\u2029\u200b\u200e\u200f\u202a\u202c\u2060\ufeff" + NUL_MARK
_BULLET = re.compile(r"(?:[-*\u2022\u2013\u00b7]|[0-9]{1,6}[.)])\s+(?=\S)")


# A cell without any of these holds one address as it stands, or nothing to look for.
_SEVERAL = re.compile(r"[\s,;|<>()\[\]\"@&]|[^\x00-\x7f]")


def rows_of(
    records: Iterable[Record],
    plan: Plan,
    read: Cells,
    *,
    listed: bool = False,
    whole: Container[int] = (),
) -> Iterator[HandedInRow]:
    """Yield the rows of `records`, which begin under the header; blank ones and repeated headers are passed over.

    A cell with several addresses becomes as many rows of the same line, each with the words that stand around its own;
    so do several columns of addresses.

    `plan` says which column fills which field. `listed` is for a list of one link per line, where "1." or a
    bullet may stand before the link. `whole` are lines whose cell is not taken apart; it is asked as each line is read.
    """
    width, more = len(plan.header), plan.more_links
    # A field without a column takes the empty cell that is put behind each record.
    pick = itemgetter(*(plan.columns.get(name, -1) for name in COLUMN_FIELDS))
    url_header = plan.header[plan.columns["url"]]
    header_plain = [plain(cell) for cell in plan.header]
    for line, raw, cells, problem in records:
        if not cells:
            continue
        problems = [problem] if problem else []
        if len(cells) != width:
            problems += _fit(cells, width)
        if "'" in raw:
            cells = [unguard(cell.strip()) for cell in cells]  # noqa: PLW2901
        cells.append("")
        url, *others = pick(cells)
        url = url.strip()
        if not url.isascii() or listed:
            url = _bare(url, listed=listed)
        if url == url_header and [plain(cell) for cell in cells[:width]] == header_plain:
            continue
        if more:
            url = "\n".join(filter(None, (url, *(cells[index].strip() for index in more))))
        if not url:
            if not any(cell.strip(_EDGES) for cell in cells):
                continue
            problems.append(
                f"The column '{url_header}' holds no link on this row; enter one or delete the row."
            )
        raw = raw.rstrip("\r\n")  # noqa: PLW2901
        if not raw.isascii():
            problems += _marks(raw)
        told = (line, cut(raw) if len(raw) > MAX_RAW else raw, url)
        row = _row(told, others, problems, read)
        yield from apart(row) if _SEVERAL.search(url) and line not in whole else (row,)


def _row(told: tuple[int, str, str], others: Sequence[str], problems: list[str], read: Cells) -> HandedInRow:
    """Put a row together of its line, text and address, and of the cells beside the address in the order of COLUMN_FIELDS."""
    kind, tier, language, outlet, listed_group, ground, found_at, found_time, note, platform, *hashed = others
    hashes = None
    if any(hashed):
        hashes, hash_problems = read_hashes(*hashed)
        problems += hash_problems
    kind_read, kind_problem, kind_word = read.kinds[kind]
    tier_read, tier_problem, tier_word = read.tiers[tier]
    language_read, language_problem, language_word = read.languages[language]
    group_read, group_problem, group_word = read.groups[listed_group]
    moment, time_problem = read.times[f"{found_at}{BETWEEN}{found_time}" if found_time else found_at]
    if kind_problem or tier_problem or language_problem or group_problem or time_problem:
        problems += filter(None, (kind_problem, tier_problem, language_problem, group_problem, time_problem))
    return HandedInRow(
        *told,
        kind_read,
        tier_read,
        language_read,
        outlet.strip(),
        group_read,
        ground.strip(),
        moment,
        note.strip(),
        tuple(problems),
        platform_named(platform) if platform else "",
        words=_words(kind_word, tier_word, language_word, group_word)
        if kind_word or tier_word or language_word or group_word
        else (),
        hashes=hashes,
    )


def _bare(url: str, *, listed: bool) -> str:
    """What copying left around a link taken off, in a list its bullet or number, too."""
    url = url.strip(_EDGES)
    return _BULLET.sub("", url, count=1) if listed else url


def addresses(cell: str) -> list[Piece]:
    """The addresses in a cell, or its bare names where it holds none; empty where the cell is best read as it stands."""
    if cell[:1] == "=":  # a formula; which address it leads to, it says itself
        return []
    found = pieces(cell) or names(cell)
    if len(found) == 1 and (found[0].text[0] != "@" or not found[0].words):
        text, words, doubt = found[0]
        # Of what names nothing, the refusal is clearer and easier to mend with all that was written.
        if not words or doubt or isinstance(identify(text), Refusal):
            return []
    return found


def apart(row: HandedInRow) -> Iterator[HandedInRow]:
    """A row of its own for each address of a cell. What was wrong with the row is said once, on the first."""
    found = addresses(row.url)
    if not found:
        yield row
    for part, (text, words, doubt) in enumerate(found, 1):
        yield row._replace(
            url=text,
            note="; ".join(filter(None, (row.note, words))),
            problems=row.problems if part == 1 else (),
            part=part,
            parts=len(found),
            doubt=doubt,
        )


def _words(kind: str, tier: str, language: str, group: str) -> tuple[tuple[str, str], ...]:
    named = (("kind", kind), ("tier", tier), ("language", language), ("listed_group", group))
    return tuple((field, word) for field, word in named if word)


def _fit(cells: list[str], width: int) -> list[str]:
    """Bring a record to the width of the header in place; a sentence when that left out something."""
    extra = [cell for cell in cells[width:] if cell.strip()]
    problems = []
    if extra:
        problems.append(
            f"The row has {len(cells)} cells where the header has {width}; '{shown(', '.join(extra))}' was not read. "
            "A cell that contains the separator must stand in quotation marks."
        )
    del cells[width:]
    cells.extend([""] * (width - len(cells)))
    return problems


def _marks(raw: str) -> list[str]:
    problems = []
    if UNREADABLE in raw:
        problems.append(
            f"The row contains a character that could not be read, shown as {UNREADABLE}; correct it and submit it again."
        )
    if NUL_MARK in raw:
        problems.append(f"The row contains a NUL, shown as {NUL_MARK}; the file may be damaged there.")
    return problems
