"""Signs beside a word that deny it, strike it out, ask, or leave it open: with them it does not say what it says alone."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

from takedowns.readers.vocabulary import plain

#: General categories of signs that say something where no letter does: a tick, a cross, a plus.
_SIGNS: Final = frozenset({"So", "Sm", "Sc"})
#: Signs that leave the word beside them as it is: ticks, arrows and bullets. All others may deny it.
_HARMLESS: Final = frozenset(
    "\N{CHECK MARK}\N{HEAVY CHECK MARK}\N{WHITE HEAVY CHECK MARK}\N{BALLOT BOX WITH CHECK}\N{THUMBS UP SIGN}"
    "\N{RIGHTWARDS ARROW}\N{RIGHTWARDS DOUBLE ARROW}\N{HEAVY WIDE-HEADED RIGHTWARDS ARROW}\N{HEAVY ROUND-TIPPED RIGHTWARDS ARROW}"
    "\N{BLACK RIGHT-POINTING TRIANGLE}\N{BLACK RIGHT-POINTING POINTER}\N{BLACK RIGHT-POINTING SMALL TRIANGLE}"
    "\N{BLACK SMALL SQUARE}\N{BLACK SQUARE}\N{BLACK CIRCLE}\N{BLACK DIAMOND}\N{WHITE BULLET}\N{BLACK RIGHTWARDS ARROWHEAD}"
)
#: "The same as above", and what stands for words that were left out.
DITTO: Final = "\N{DITTO MARK}"
CUT: Final = "\N{HORIZONTAL ELLIPSIS}"
#: An empty box, and "not" of programmers, for what people write with several characters.
_BOX: Final = "\N{BALLOT BOX}"
_NOT: Final = "\N{NOT SIGN}"
_ASKING: Final = frozenset(
    "?\N{INVERTED QUESTION MARK}\N{ARABIC QUESTION MARK}\N{FULLWIDTH QUESTION MARK}\N{GREEK QUESTION MARK}"
)
#: A line through letters is a character behind each of them; a footnote's star stands behind the word only.
_STRUCK: Final = re.compile(r"[\u0334-\u0338]")
_FOOTNOTE: Final = re.compile(r"^[^*].*\*$", re.DOTALL)
_AROUND: Final = " \t\"'`\u201c\u201d\u201e\u00ab\u00bb.!\u2022\u00b7-"
_LEFT_OUT: Final = re.compile(rf"{CUT}|\.{{2,}}")

#: Quotation marks count as a ditto mark only where they stand alone: around an address or a word they say nothing.
_ALONE: Final = re.compile(
    r"(?<!\S)(?:(?P<ditto>[-\N{EM DASH}]*(?:[\"\u2033\u3003\u201c\u201d\u201e]{1,2}|''|,,)[-\N{EM DASH}]*)"
    r"|(?P<cut>[\[(]?(?:\u2026|\.{2,})[\])]?))(?!\S)"
    r"|(?P<box>[\[(]\s+[\])])|(?<!\S)(?P<no>!+)\s*(?=\w)"
)
_MAY_STAND_ALONE: Final = re.compile(r"[\"\u2033\u3003\u201c\u201d\u201e\u2026!\[(]|''|,,|\.\.")


def written_out(text: str) -> str:
    """Return a text with one character for each sign that people write with several: "[ ]", a leading "!", ditto marks."""
    if not _MAY_STAND_ALONE.search(text):
        return text
    return _ALONE.sub(
        lambda one: f" {DITTO if one['ditto'] else CUT if one['cut'] else _BOX if one['box'] else _NOT} ",
        text,
    )


def is_sign(piece: str) -> bool:
    """Tell whether a piece of a text that holds no letter says something all the same."""
    return any(sign in _ASKING or sign in (DITTO, CUT) or category(sign) in _SIGNS for sign in piece)


def in_doubt(word: str) -> bool:
    """Tell whether a sign beside a word may deny it: a question mark, a cross, an empty box, a line through it."""
    if word.replace(" ", "").isalnum():
        return False
    asks = any(sign in _ASKING or (category(sign) in _SIGNS and sign not in _HARMLESS) for sign in word)
    return asks or any(one.search(word) for one in (_STRUCK, _FOOTNOTE, _LEFT_OUT))


def bare(piece: str) -> str:
    """Return a piece of a text without what stands around words and says nothing; a footnote's star and dots stay."""
    inner = piece.strip(_AROUND)
    left_out = _LEFT_OUT.search(piece[-3:].rstrip()) is not None and inner
    if inner.startswith("*"):
        inner = inner.strip(_AROUND + "*")
    return inner + CUT if left_out and not inner.endswith(CUT) else inner


def comparable(word: str) -> str:
    """Return a word as words are compared. One that is in doubt is never the word that it would be without its signs."""
    word = written_out(word).strip()
    if in_doubt(word):
        return " ".join(word.casefold().split())
    return plain(word) or word
