"""One cell or line of what a platform returned: the referrals it names, and whatever else it says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from takedowns.answers.signs import bare, is_sign, written_out
from takedowns.identity import Identity, extract, identify
from takedowns.readers.vocabulary import plain
from takedowns.referrals.reference import parse_reference

#: Shaped like a reference, whether its check character is right or not.
_REFERENCE: Final = re.compile(
    r"(?<![\w-])[A-Za-z0-9][A-Za-z0-9-]{0,60}-[0-9A-Za-z]{4}-[0-9A-Za-z]{5}(?![\w-])"
)
#: A name and nothing else, as most cells are: no white space, and no sign that may part it from another word.
_ALONE: Final = re.compile(r"[^\s,;|<>\"'()\[\]{}\u2400\ufffd]+")
#: An address and words, as most lines of the others are: nothing in the words could be an address or a reference.
_SIMPLE: Final = re.compile(r"(https?://[^\s,;|<>\"'()\[\]{}\u2400\ufffd]+)\s([^./:@\d\u2400\ufffd]+)")
#: What parts one thing that is said from the next; a hyphen or full stop does so only with white space.
_BETWEEN: Final = re.compile(
    r"[,;|()\[\]<>\t\n\r\x1f\u2013\u2014=]|\s[-/]+\s|[.!:](?:\s|$)|^[-/*\u2022\u00b7]+\s|^\d{1,6}[.)]\s"
)
_TAIL: Final = re.compile(r"[,;|]")


class Said(NamedTuple):
    """What a text says.

    Attributes:
        references: as written, right or not.
        addresses: as written, whether they are an item's or not.
        words: what stands beside them, in pieces.
    """

    references: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def said(text: str, hosts: Mapping[str, str]) -> Said:
    """Take a text apart. What is neither reference nor address is a word, so nothing in it goes unread."""
    text = written_out(text.strip()).strip()
    if _ALONE.fullmatch(text):
        if is_reference(text):
            return Said((text,))
        if "." in text or "/" in text or ":" in text[:-1]:
            return Said((), (text,))
    if simple := _SIMPLE.fullmatch(text):
        return Said((), (simple[1],), _words([simple[2]]))
    references: list[str] = []
    addresses: list[str] = []
    rest: list[str] = []
    here = 0
    for found in extract(text, hosts):
        _between(text[here : found.start], references, rest)
        address, tail = _without_tail(found.text, hosts)
        addresses.append(address)
        rest.append(tail)
        here = found.end
    _between(text[here:], references, rest)
    return Said(tuple(references), tuple(addresses), _words(rest))


def _words(texts: Iterable[str]) -> tuple[str, ...]:
    pieces = (bare(piece) for text in texts for piece in _BETWEEN.split(text))
    return tuple(piece for piece in pieces if plain(piece) or is_sign(piece))


def is_reference(text: str) -> bool:
    """Tell whether a text has the shape of a reference; it may still have a mistake in it."""
    return _REFERENCE.fullmatch(text) is not None or parse_reference(text) is not None


def _between(text: str, references: list[str], rest: list[str]) -> None:
    references += _REFERENCE.findall(text)
    rest.append(_REFERENCE.sub("\x1f", text))


def _without_tail(address: str, hosts: Mapping[str, str]) -> tuple[str, str]:
    """Take off what follows an address after a comma, semicolon or bar where it names the same item without it.

    Within a query or a fragment these signs belong to the address.
    """
    sign = _TAIL.search(address)
    if sign is None or {"?", "#"} & set(address[: sign.start()]):
        return address, ""
    whole, shorter = identify(address, hosts), identify(address[: sign.start()], hosts)
    if isinstance(shorter, Identity) and (not isinstance(whole, Identity) or whole.id == shorter.id):
        return address[: sign.start()], address[sign.end() :]
    return address, ""
