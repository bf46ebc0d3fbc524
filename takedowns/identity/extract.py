"""extract(): every address in a pasted e-mail, chat or report, with its place in the text."""

from __future__ import annotations

from collections.abc import Mapping

from .engine import identify
from .model import Found, Identity
from .spans import candidates


def extract(text: str, hosts: Mapping[str, str] | None = None) -> list[Found]:
    """Find the addresses in a text, made harmless ones (``hxxps://t[.]me/…``, ``t . me/…``) included.

    Returns them in order, each with its characters [start, end), the text as written, and what identify()
    says of it. Takes time in proportion to the length of the text. ``hosts`` is as for identify().
    """
    return [_read(text, start, end, hosts) for start, end in candidates(text)]


def _read(text: str, start: int, end: int, hosts: Mapping[str, str] | None) -> Found:
    piece = text[start:end]
    result = identify(piece, hosts)
    if not isinstance(result, Identity):
        # Letters of another script straight after an address belong to the sentence.
        shorter = _ascii_start(piece)
        again = identify(shorter, hosts) if shorter and shorter != piece else result
        if isinstance(again, Identity):
            return Found(start, start + len(shorter), shorter, again)
    return Found(start, end, piece, result)


def _ascii_start(piece: str) -> str:
    for position, character in enumerate(piece):
        if not character.isascii():
            return piece[:position]
    return piece
