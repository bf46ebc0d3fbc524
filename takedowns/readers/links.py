"""A cell that shows one thing and leads to another: which of the two is meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from takedowns.identity import Identity, extract, identify
from takedowns.readers.facts import Formula, SheetFacts
from takedowns.readers.formulas import target_of
from takedowns.readers.plan import looks_like_link

_UNKNOWN_HOST = "web"
_CUT_OFF = ("…", "...", "[…]", "[...]")


def target(facts: SheetFacts, row: int, column: int, value_of: Callable[[int, int], str]) -> str:
    """Where a cell leads as text, "" where it leads nowhere or its formula is not followed."""
    found = facts.link(row, column)
    return target_of(found, value_of) if isinstance(found, Formula) else found.strip()


def meant(text: str, leads_to: str) -> tuple[str, bool]:
    """The address that is meant by a cell, and whether that has to be asked: text and target are different items.

    A target that is no address (a mail address, a file) does not count, nor does a text that names nothing ("click here")
    or is cut off. Of two spellings of one item the text's is kept, which is what people saw.
    """
    text = text.strip()
    if not leads_to or leads_to == text or not looks_like_link(leads_to):
        return text, False
    items = _named(text)
    if not items or text.endswith(_CUT_OFF):
        return leads_to, False
    item = identify(leads_to)
    return text, isinstance(item, Identity) and item not in items


@lru_cache(4_096)
def _named(text: str) -> tuple[Identity, ...]:
    """The items that a text names, "amber.media" not counted as a web address."""
    results = [(text, identify(text))]
    if not isinstance(results[0][1], Identity):
        results = [(one.text, one.result) for one in extract(text)]
    return tuple(
        item
        for written, item in results
        if isinstance(item, Identity) and (item.platform != _UNKNOWN_HOST or looks_like_link(written))
    )
