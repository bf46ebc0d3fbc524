"""Where in a text addresses may stand. Only positions; what they name is engine.py's work."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .registry import REGISTRY
from .text import peel

# A candidate never runs over white space, quotation marks, or the punctuation and brackets of East Asian text.
_STOP = r"\s<>\"`«»“”„‹›，。；！？、（）【】《》「」『』\u200b\u2060\ufeff"
_DOT = r"(?:\.|\s?(?:\[\s?(?:\.|dot)\s?\]|\(\s?(?:\.|dot)\s?\)|\{\s?(?:\.|dot)\s?\}|\\\.)\s?| {1,2}\. {0,2})"
_SCHEMES = "|".join(
    sorted(
        set(REGISTRY.app_links) | set(REGISTRY.app_hooks),
        key=len,
        reverse=True,
    )
)
_PROTOCOL = r"h(?:tt|xx|\*\*|__)ps?\s{0,2}(?:\[:\]//|\(:\)//|\[://\]|\[:\]\[//\]|://)"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,62})+"
# Possessive repeats and the look-behind keep the search linear, whatever the text.
_CANDIDATE = re.compile(
    rf"(?P<web>{_PROTOCOL}(?:[^{_STOP}/]{{1,253}}{_DOT})*+[^{_STOP}]{{1,16384}}+)"
    rf"|(?<![A-Za-z0-9])(?P<app>(?:{_SCHEMES}):(?!//?\s)[^{_STOP}]{{2,16384}}+)"
    rf"|(?<![A-Za-z0-9@._/=-])(?P<bare>[A-Za-z0-9][A-Za-z0-9_-]{{0,62}}+(?:{_DOT}[A-Za-z0-9][A-Za-z0-9_-]{{0,62}}+){{1,10}}+"
    rf"(?::[0-9]{{2,5}}+)?(?:[/?#][^{_STOP}]{{0,16384}}+)?)(?!@)",
    re.IGNORECASE,
)
_FANG = re.compile(r"[\[({]\s?(?:\.|dot)\s?[\])}]|\\\.", re.IGNORECASE)
# Two addresses run together; one inside another (an archive's, a redirector's) follows a separator.
_SEAM = re.compile(r"(?<![/=?&:%#])(?=https?://)", re.IGNORECASE)
_SEPARATED = re.compile(r"(?<=[,;|(\])])(?=https?://)", re.IGNORECASE)
# A further address without scheme after a comma, semicolon or bar; which hosts count, _plausible says.
_NEXT = re.compile(r"(?<=[,;|])(?=([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}[/?#]))")
_ALPHA_END = re.compile(r"[A-Za-z]{2,}|xn--[A-Za-z0-9-]+", re.IGNORECASE)
# What ends an address that markup holds: <https://…|label> of a chat, [url=https://…]text[/url] of a forum,
# [label](https://…) and [https://…](https://…) of Markdown.
_MARKUP = re.compile(r"\]\(|\[/url\]", re.IGNORECASE)


def candidates(text: str, *, apart: bool = False) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each piece of text that looks like an address, in order, without overlap.

    Two that run together without anything between them are two as well; with ``apart`` they stay one piece, which names
    nothing: of a list nobody should have to guess what it meant.
    """
    for found in _CANDIDATE.finditer(text):
        piece = found.group()
        if found["bare"] and not _plausible(piece):
            continue
        start = found.start()
        seam = _SEPARATED if apart else _SEAM
        parts = [p for p in seam.split(piece) if p] if found["web"] or "://" in piece else [piece]
        if len(parts) > 1 or "," in piece or ";" in piece or "|" in piece:
            parts = [shorter for part in parts for shorter in _further(part)]
        for part in parts:
            bare = peel(_within_markup(text, start, part))
            if bare:
                inner = start + part.index(bare)
                yield inner, inner + len(bare)
            start += len(part)


def _further(part: str) -> Iterator[str]:
    """Yield the addresses that stand in one piece, apart by a comma, semicolon or bar."""
    start = 0
    for found in _NEXT.finditer(part):
        if _known(found[1][:-1].lower()):
            yield part[start : found.start()]
            start = found.start()
    yield part[start:]


def _within_markup(text: str, start: int, part: str) -> str:
    """Return the part up to where the markup around it ends the address."""
    before = text[max(0, start - 5) : start].lower()
    if before.endswith("<"):
        part = part.partition("|")[0]
    elif before.endswith(("[url=", "[url]")):
        part = part.partition("]")[0]
    elif before.endswith("*"):
        part = part.rstrip("*")
    if "]" in part:
        part = _MARKUP.split(part, maxsplit=1)[0]
    return part


def _known(host: str) -> bool:
    return host in REGISTRY.exact or any(host.endswith("." + suffix) for suffix in REGISTRY.below)


def _plausible(piece: str) -> bool:
    """Tell an address without a scheme from a file name, a number or the end of a sentence."""
    host = re.split(r"[/?#:]", re.sub(_DOT, ".", piece, flags=re.IGNORECASE), maxsplit=1)[0].lower()
    if _known(host):
        return True
    if not _ALPHA_END.fullmatch(host.rpartition(".")[2]) or " ." in piece:
        return False
    return host.startswith("www.") or "/" in piece or _FANG.search(piece) is not None
