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
        {prefix.partition(":")[0] for prefix, _ in REGISTRY.app_links} | set(REGISTRY.app_hooks),
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
_ALPHA_END = re.compile(r"[A-Za-z]{2,}|xn--[A-Za-z0-9-]+", re.IGNORECASE)


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each piece of text that looks like an address, in order, without overlap."""
    for found in _CANDIDATE.finditer(text):
        piece = found.group()
        if found["bare"] and not _plausible(piece):
            continue
        start = found.start()
        parts = [p for p in _SEAM.split(piece) if p] if found["web"] else [piece]
        for part in parts:
            bare = peel(part)
            if bare:
                inner = start + part.index(bare)
                yield inner, inner + len(bare)
            start += len(part)


def _plausible(piece: str) -> bool:
    """Tell an address without a scheme from a file name, a number or the end of a sentence."""
    host = re.split(r"[/?#:]", re.sub(_DOT, ".", piece, flags=re.IGNORECASE), maxsplit=1)[0].lower()
    if host in REGISTRY.exact or any(host.endswith("." + suffix) for suffix in REGISTRY.below):
        return True
    if not _ALPHA_END.fullmatch(host.rpartition(".")[2]) or " ." in piece:
        return False
    return host.startswith("www.") or "/" in piece or _FANG.search(piece) is not None
