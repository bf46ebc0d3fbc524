"""An e-mail pasted whole: what of it names items is kept, and nothing of who wrote it.

People forward a message rather than copy its links. Sender, telephone, signature and the sites of their own house are no
part of a list; what is not needed is not stored. Lines keep their numbers, so that a person finds them in the message.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from takedowns.identity import Found, Identity, extract
from takedowns.readers.vocabulary import mail_words, plain

_UNKNOWN_HOST = "web"
_HEADERS_WITHIN = 8
"""Lines among which two headers make a message."""

_HEADER = re.compile(r"[\s>*]*([^\W\d_][\w\s-]{0,15}?)\*?\s?:\*?(?:\s|$)")
_MAIL_ADDRESS = re.compile(
    r"(?<![\w@./+-])(?:mailto:)?[\w.+'-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63}){1,5})(?![\w@])", re.IGNORECASE
)
_TELEPHONE = re.compile(r"(?<![\w/=.-])(?:\+|00)?\(?[0-9](?:[0-9\s()./-]{5,18})[0-9](?![\w/=-])")
_LABEL = re.compile(
    r"\b(?:tel|telephone|tél|téléphone|phone|mobile|mob|fax|telefon|telefoon|gsm|e-?mail|mail)\s*[.:]\s*$",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@./+-])@[A-Za-z][\w.]{2,63}(?![\w@])")
_SIGNATURE = re.compile(r"\s*(?:--\s?|_{5,}|-{5,}\s*)$")


def is_mail(text: str) -> bool:
    """Whether a pasted text is a message: two of its headers stand near each other, or it ends as people end one."""
    last = -_HEADERS_WITHIN
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if _is_header(line):
            if number - last < _HEADERS_WITHIN:
                return True
            last = number
    return any(map(_is_closing, lines)) and any(line.strip() and not extract(line) for line in lines)


def without_the_rest(text: str, own_domains: Collection[str] = ()) -> str:
    """The message with the lines alone that name an item, each at its place, without mail addresses and telephone numbers.

    `own_domains`: of the officer's own house; those of all mail addresses in the message are added.
    """
    own = {*map(str.lower, own_domains), *(found[1].lower() for found in _MAIL_ADDRESS.finditer(text))}
    return "".join(f"{line}\n" for line in _lines(text, own)).rstrip("\n") + "\n"


def _lines(text: str, own: Collection[str]) -> Iterator[str]:
    closed = False
    for line in text.splitlines():
        header = _is_header(line)
        if header:
            closed = False  # the next message of a thread
        elif _is_closing(line) or _SIGNATURE.fullmatch(line):
            closed = True
        yield _kept(line, own, only_addresses=header or closed, closed=closed)


def _kept(line: str, own: Collection[str], *, only_addresses: bool, closed: bool) -> str:
    """What is kept of a line, "" where it names no item."""
    found = [one for one in extract(line) if _counts(one, own, closed=closed)]
    names = [] if only_addresses else _HANDLE.findall(_blanked(line, own))
    if not found and not names:
        return ""
    pieces, at = [], 0
    for one in found:
        pieces += [_words(line[at : one.start], own, only_addresses), _address(one)]
        at = one.end
    pieces.append(_words(line[at:], own, only_addresses))
    return "".join(pieces).strip() if not only_addresses else " ".join(filter(None, map(str.strip, pieces)))


def _counts(found: Found, own: Collection[str], *, closed: bool) -> bool:
    """Whether an address may be an item: on a known platform, or below an unknown host that is not of the sender's house."""
    if not isinstance(found.result, Identity):
        return bool(found.result.platform)
    item = found.result
    if item.platform != _UNKNOWN_HOST:
        return True
    path = item.url.partition("://")[2].partition("/")[2]
    return (
        bool(path) and not closed and not _is_own(item.host, own) and "intranet" not in item.host.split(".")
    )


def _is_own(host: str, own: Collection[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in own)


def _address(found: Found) -> str:
    """The address as written; one that a mail gateway wrapped, and wrote the reader's name into, by where it leads."""
    item = found.result
    if isinstance(item, Identity) and item.wrappers and ("@" in found.text or "%40" in found.text.lower()):
        return item.url
    return found.text


def _words(text: str, own: Collection[str], only_addresses: bool) -> str:
    return "" if only_addresses else _blanked(text, own)


def _blanked(text: str, own: Collection[str]) -> str:
    """Words without mail addresses, telephone numbers and sites of the sender's own house."""
    text = _TELEPHONE.sub(" ", _MAIL_ADDRESS.sub(" ", text))
    for domain in own:
        if domain in text.lower():
            text = re.sub(rf"\S*{re.escape(domain)}\S*", " ", text, flags=re.IGNORECASE)
    return _LABEL.sub("", text)


def _is_header(line: str) -> bool:
    found = _HEADER.match(line)
    return found is not None and plain(found[1]) in _known("headers")


def _is_closing(line: str) -> bool:
    text = line.strip().rstrip(",.!")
    return 0 < len(text) < 50 and plain(text) in _known("closings")


@cache
def _known(name: str) -> frozenset[str]:
    return frozenset(map(plain, mail_words(name)))
