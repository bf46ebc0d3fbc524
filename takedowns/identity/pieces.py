"""A cell or a pasted line to the addresses in it, each with the words that stand around it."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import NamedTuple

from .spans import candidates
from .text import BULLET, INVISIBLE

# A code of refusals.py: what stands behind an address says that the address is not whole, or not the only one.
_BROKEN, _ABBREVIATED, _CUT_OFF = "broken", "abbreviated", "cut_off"

_ENTITY = re.compile(r"&(?:nbsp|lt|gt|quot|#0?39|#160|#xa0);", re.IGNORECASE)
_MEANT = {"&lt;": "<", "&gt;": ">"}
_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}(?:[./-][0-9]{1,4})?(?![0-9/])|[0-9]{1,2}:[0-9]{2}")
# "12, 13", "12 & 13", "12 + 13": numbers joined to one that ends an address. Neither "12, 21.11.2019" nor "12, 3k".
_AND_NUMBER = re.compile(r"\s*(?:[,;&+/|\\]\s*){1,3}([0-9]{1,20})(?![0-9.:]*[0-9])(?![A-Za-z])")
# "Up to" and "and", in every language whose headers are read.
_TO_WORDS = (
    "to|up to|until|till|through|thru|bis|bis zu|jusqu['’]?(?:à|a|au)?|à|au|t/m|tot|tot en met|t.e.m.|hasta|al|fino a|a"
    "|até|do|aż do|až|až do|až po|ig|până la|pana la|la|έως|ως|μέχρι|до|til|asti|saakka|–|—|-|->|=>|→|⇒|~|…"
    r"|\.{2,4}|إلى|الى|حتى|ile|ila|iki|līdz|lidz|kuni|sve do|све до|по"
)
_AND_WORDS = "and|und|u|et|en|y|e|ed|i|oraz|a|és|es|meg|și|si|și|και|κι|и|та|og|och|ja|sekä|as well as|sowie|ainsi que|alsook"
# "12 - 15", "12 bis 15", "12 and 13": only where nothing follows, for words of a note begin like that, too.
_TO_NUMBER = re.compile(
    rf"\s*(?:(?<=\s)(?=[0-9])|(?<!\w)(?:{_TO_WORDS}|{_AND_WORDS})(?!\w)|(?:{_TO_WORDS})(?=\s*/?[0-9]))\s*/?([0-9]{{1,20}})"
    r"\s*[.)\]]*\s*",
    re.IGNORECASE,
)
# "12 bis 15 (videos)", "12 and 13 too", "12 (also 13)": words that mean nothing else, whatever follows; no year, no date.
_CLEARLY = (
    "up to|through|thru|bis|bis zu|jusqu['’]?(?:à|a|au)|t/m|tot en met|hasta|fino a|até|aż do|až do|μέχρι|έως"
    "|and|und|et|oraz|és|și|και|og|och|also|auch|aussi|ook|también|anche|też|plus|as well as|sowie|ainsi que"
)
_CLEARLY_NUMBER = re.compile(
    rf"\s*[(\[]?\s*(?:{_CLEARLY})\s*(?:no|nr|n°|nº|#)?\.?\s*/?(?!(?:19|20)[0-9]{{2}}\b)[0-9]{{1,20}}"
    r"(?![\w:%/]|[.,-][0-9]|\.?\s*[^\W\d]{3,}\.?\s+(?:19|20)[0-9]{2}\b)",
    re.IGNORECASE,
)
# "12 13 and 14".
_LIST = re.compile(
    rf"\s+[0-9]{{1,20}}\s*(?:[,;&+|\\]|(?<=\s)(?:{_AND_WORDS})(?=\s))\s*[0-9]{{1,20}}(?![\w.:%])",
    re.IGNORECASE,
)
# "12 (12-15)": the number itself is the first of several.
_FROM_ITSELF = re.compile(
    r"\s*[(\[]\s*([0-9]{1,20})\s*(?:[-–—,;&+/]|bis|to|à|t/m)\s*[0-9]{1,20}\s*[)\],;&+-]"
)
# "12 ff.", "12 etc.": it and those that follow.
_FOLLOWING = re.compile(
    r"[\s,]*(?:ff?|ffs|et seq|sqq?|e\.v|et s|et suiv|y ss|ss|e segg|nn|i nast|a násl|és köv"
    r"|etc|et cetera|and (?:the )?following(?: ones)?|(?:and )?on ?wards|and (?:up|later|above)|und (?:die )?folgenden?|und weitere|et (?:les )?suivant(?:e?s)?"
    r"|en volgende|en verder|y (?:los |las )?siguientes|e (?:i |le )?seguenti|e seguintes|i następne|i kolejne|a další|a následující|și următoarele"
    r"|и следующие|и далее|и следващите|all (?:posts )?(?:after|since|below)|alle (?:weiteren|folgenden)"
    r"|usw|u\.\s?s\.\s?w|und so weiter|and so on|enz|itd|atd|stb|ecc|osv|jne|и т\.\s?д|κ\.?λ\.?π)\.?\s*",
    re.IGNORECASE,
)
# Dots or an ellipsis that stand alone behind an address, as programs write them that cut off, with nothing to follow.
_LEFT_OFF = re.compile(
    r"\s*(?:[(\[]?(?:…|\.{2,})[)\]]?|[(\[<]\s*(?:truncated|cut(?: off)?|shortened|more|see more|gekürzt|abgeschnitten|mehr|tronqué|coupé|suite"
    r"|voir plus|afgekapt|ingekort|meer|recortado|cortado|ver más|troncato|altro|ucięte|skrócone|więcej|zkráceno|levágva)[.…]*\s*[)\]>])\s*",
    re.IGNORECASE,
)
# Behind an address, without white space: a sign that is not seen, or markup, within a word. What follows is its rest.
_UNSEEN = re.compile(
    rf"(?:[{INVISIBLE}]|<(?:wbr|b|i|em|strong|span|mark|u|font|code|tt|small)\b[^<>]{{0,200}}>)+(?:[/?&=%#]?[A-Za-z0-9_]|[/?&=%#])",
    re.IGNORECASE,
)
# "12"34": a quotation mark that nothing opened.
_QUOTED_NUMBER = re.compile(r"[\"'”’][0-9]")
# Behind an address that ends in no number: a number alone, or "post 12". It may be the item's own.
_OWN_NUMBER = re.compile(
    r"\s+(?:#?\s*|[(\[]?(?:posts?|messages?|msgs?|comment|id|no|nr|n°|nº|№|beitrag|nachricht|kommentar|publication|bericht|mensaje|messaggio"
    r"|wiadomość|wpis|příspěvek|zpráva|üzenet|mesaj|сообщение|пост|съобщение|منشور|رسالة)\b\.?:?\s*#?\s*)[0-9]{1,20}"
    r"(?:\s*[,;&+-]\s*#?[0-9]{1,20})*[)\].]?\s*",
    re.IGNORECASE,
)
# Behind white space, what only the rest of an address begins with: "/12", "?v=…", "/ 12", and the rest of a name that
# was taken apart ("https://t.me/ab cde/12"): behind its slash stands a number, a page of an account, or one more slash.
_PAGES = "about|featured|likes|live|media|photos|playlists|posts|reels|shorts|streams|videos|with_replies"
_REST = re.compile(
    r"\s+(?:[/?&=%][\w%]|[-_][0-9]|/\s+[0-9]+\s*$"
    rf"|(?=[\w.@-]*[^\W\d])[\w.@-]+/(?:[\w.@-]*[0-9]|[\w.@-]+/[\w.@-]|(?:{_PAGES})\b))"
)
# Behind an address that ends in a separator: a number, or something with a slash in it, alone.
_SEGMENT = re.compile(r"\s+(?:[0-9]+(?=[\s,;.)/]|$)|[\w.@-]+/[\w./@-]+)")
_WRAPPED = re.compile(r"[ \t]*\r?\n[ \t>]*[\w%]")
_SPLIT_IN_BRACKETS = re.compile(r"\s*[\r\n]\s*[^\s<>]+\s*>")

_NAME = re.compile(r"(?<![\w@./+-])@[^\W_](?:[\w.-]{0,62}\w)?(?:@[\w-]+(?:\.[\w-]+)+)?(?![\w@])")
_EDGES = " \t\r\n\v\f\u00a0\u200b\u200e\u200f\u2028\u2029\u202f\u2060\ufeff,;|،؛<>[]{}\"'`«»“”„‹›"
_LABEL_END = re.compile(r"(?::|=|->|=>|→|⇒)[\s<(\[\"'«]*$")
_MARK = re.compile(r"(?:^|(?<=[\s\"']))(?:</?\w[^<>]*/?>?|[\w-]+=\"?$|\[/?url=?\]?)", re.IGNORECASE)
# "1) https://… - main 2) https://…": the number of the next one; and words that only join two addresses.
_NEXT_NUMBER = re.compile(r"(?:^|\s)[0-9]{1,3}[.)]?$|^[-–—]\s+|\s+[-–—]$")
_AND = frozenset(
    [
        "and",
        "und",
        "et",
        "en",
        "y",
        "e",
        "i",
        "or",
        "oder",
        "ou",
        "of",
        "o",
        "bzw",
        "&",
        "+",
        "og",
        "och",
        "ja",
    ]
)
_BRACKETED = {"(": ")", ")": "(", "[": "]", "]": "["}


class Piece(NamedTuple):
    """One address of a longer text: as written, the words around it, and what is in doubt.

    ``doubt`` is a code of refusals.py where what follows says that the address is not whole ("broken") or stands for
    several ("abbreviated"); "" mostly. Such an address must not be taken for an item.
    """

    text: str
    words: str
    doubt: str = ""


def pieces(text: str, most: int | None = None) -> list[Piece]:
    """Return the addresses in a cell or line, in order; at most ``most`` of them.

    Each has the words of its own as ``words``: those behind it up to the end of the line, those before the first of
    a line, and a label ("Channel:") before it. An address that stands twice because it is its own label
    (``[https://…](https://…)``) is returned once. Takes time in proportion to the length of the text.
    """
    if "&" in text:
        text = _ENTITY.sub(lambda found: _MEANT.get(found[0].lower(), " "), text)
    found = list(islice(candidates(text, apart=True), most))
    spans = _distinct(text, found)
    for start, end in {*found} - {*spans}:  # what only repeats an address is no word beside it
        text = text[:start] + " " * (end - start) + text[end:]
    return _pieces(text, spans)


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    if not spans:
        return []
    before: list[list[str]] = [[] for _ in spans]
    behind: list[list[str]] = [[] for _ in spans]
    before[0].append(text[: spans[0][0]])
    behind[-1].append(text[spans[-1][1] :])
    for number, ((_, end), (start, _)) in enumerate(pairwise(spans)):
        own, following = _shared(text[end:start])
        behind[number].append(own)
        before[number + 1].append(following)
    stops = [start for start, _ in spans[1:]] + [len(text)]
    return [
        Piece(
            text[start:end],
            "; ".join(filter(None, map(_words, (*before[number], *behind[number])))),
            _doubt(text, start, end, stops[number]),
        )
        for number, (start, end) in enumerate(spans)
    ]


def names(text: str) -> list[Piece]:
    """Return the bare names ("@name", "@name@server") in a cell or line that holds no address, with their words."""
    if "@" not in text:
        return []
    return _pieces(text, [found.span() for found in _NAME.finditer(text)])


def _distinct(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Leave out an address that only repeats the one before as its label or its target."""
    kept = spans[:1]
    for start, end in spans[1:]:
        first, last = kept[-1]
        gap = text[last:start]
        if (
            text[start:end] == text[first:last]
            and any(c in gap for c in '(<">')
            and not re.search(r"\w", gap)
        ):
            kept[-1] = (first, last) if "(" in gap or "<" in gap else (start, end)
            continue
        kept.append((start, end))
    return kept


def _shared(gap: str) -> tuple[str, str]:
    """Split the words between two addresses into those of the first and those of the second."""
    lines = gap.splitlines() or [""]
    if len(lines) == 1:
        return ("", gap) if _LABEL_END.search(gap) else (gap, "")
    # A line without an address is a heading of the next where it ends as one, else it goes on about the last.
    label = len(lines) - 1
    while label > 1 and lines[label - 1].rstrip().endswith(":"):
        label -= 1
    return "\n".join(lines[:label]), "\n".join(lines[label:])


def _words(gap: str) -> str:
    """Return what a gap says, without bullets, quotation marks, markup and separators; "" where it says nothing."""
    if not gap or gap.isspace():
        return ""
    said = []
    for line in gap.splitlines():
        plain = line.strip(_EDGES) + " "
        plain = BULLET.sub("", plain.lstrip("-–—•*· ") if BULLET.match(plain) else plain).strip(_EDGES)
        plain = _MARK.sub("", plain).strip(_EDGES)
        for bracket, other in _BRACKETED.items():
            if plain.count(bracket) > plain.count(other):
                plain = plain.replace(bracket, "").strip(_EDGES)
        plain = _NEXT_NUMBER.sub("", plain).strip(_EDGES)
        if any(c.isalnum() for c in plain) and plain.casefold() not in _AND:
            said.append(" ".join(plain.split()))
    return " ".join(said)


def _doubt(text: str, start: int, end: int, stop: int) -> str:
    """Say what is in doubt about the address [start, end); the next one begins at ``stop``."""
    gap = text[end:stop][:200]
    if not gap:
        return ""
    last = text[end - 1]
    if _LEFT_OFF.fullmatch(gap):
        return _CUT_OFF
    if _UNSEEN.match(gap) or (last.isdigit() and _QUOTED_NUMBER.match(gap)):
        return _BROKEN
    if stop == len(text) and not last.isdigit() and _OWN_NUMBER.fullmatch(gap):
        return _BROKEN
    if last.isdigit() and (_FOLLOWING.fullmatch(gap) or _several(text, end, gap)):
        return _ABBREVIATED
    if last.isdigit() and ((joined := _AND_NUMBER.match(gap)) or _TO_NUMBER.fullmatch(gap)):
        at = joined.start(1) if joined else len(gap)
        if not _DATE.match(gap, at):
            return _ABBREVIATED
    if (rest := _REST.match(gap)) and not _DATE.match(gap, rest.start() + 1):
        return _BROKEN
    if last == "/" and (segment := _SEGMENT.match(gap)) and not _DATE.match(gap.lstrip()):
        return _BROKEN if stop - end > segment.end() - 1 else ""
    if last in "=?&#" or (last in "%-_" and _WRAPPED.match(gap)):
        return _BROKEN
    if text[start - 1 : start] == "<" and _SPLIT_IN_BRACKETS.match(gap):
        return _BROKEN
    return ""


def _several(text: str, end: int, gap: str) -> bool:
    """Tell whether the gap behind a number that ends at ``end`` clearly names further numbers, whatever follows them."""
    if _CLEARLY_NUMBER.match(gap) or _LIST.match(gap):
        return True
    own = _FROM_ITSELF.match(gap)
    return own is not None and text[:end].endswith(own[1]) and not text[: end - len(own[1])][-1:].isdigit()
