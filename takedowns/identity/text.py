"""From what somebody pasted to something a URL parser may see: trimming, restoring, scheme."""

from __future__ import annotations

import re

# Invisible characters that e-mail and chat programs put around addresses: zero-width space and joiners, word
# joiner, BOM, soft hyphen, direction marks and isolates.
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_OPENING = "<\"'`«»‹›“”„‟‘’‚‛(\\[{＜「『【《〈｢"
_CLOSING = ">\"'`«»‹›“”„‟‘’‚‛＞」』】》〉｣"
_PUNCTUATION = ".,;:!?…。，；：！？、‥*|"
_BRACKETS = {")": "(", "]": "[", "}": "{"}

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):(.*)", re.DOTALL)

BULLET = re.compile(r"^(?:[-*•·‣–—]|\d{1,3}[.)])\s+")

_DOT = re.compile(
    r"\s*(?:\[\s*(?:\.|dot)\s*\]|\(\s*(?:\.|dot)\s*\)|\{\s*(?:\.|dot)\s*\}|<\.>|\\\.)\s*", re.IGNORECASE
)
_SPACED_DOT = re.compile(r"(?<=[A-Za-z0-9]) {1,3}\. {0,3}(?=[A-Za-z0-9])")
_SLASH = re.compile(r"\[/\]|\(/\)")
# hxxp, hXXp, h**p, h__p, meow, with any of ://, [:]//, [://], (:)//
_PROTOCOL = re.compile(
    r"^h(?:tt|xx|\*\*|__|\+\+)p(s?)\s{0,3}(?:\[:\]//|\(:\)//|\[://\]|\[:\]\[//\]|\[:/{1,2}\]|:\s{0,3}//)",
    re.IGNORECASE,
)
_FANGS = re.compile(
    r"[\[({]\s*(?:\.|dot|:|/|://)\s*[\])}]|^h(?:xx|\*\*|__|\+\+)ps?|\\\.|<\.>| \. ?", re.IGNORECASE
)


def strip_outer(text: str) -> str:
    """Take off white space and invisible characters around an address."""
    return text.strip().strip(INVISIBLE).strip()


def peel(text: str) -> str:
    """Take off quotation marks, unbalanced brackets and sentence punctuation around an address."""
    while text:
        before = text
        text = text.lstrip(_OPENING + INVISIBLE).rstrip(_CLOSING + INVISIBLE + _PUNCTUATION).strip()
        if text and text[-1] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]):
            text = text[:-1]
        if text == before:
            break
    return text


def is_defanged(text: str) -> bool:
    """Say whether the text shows marks of an address made harmless (hxxp, [.], (dot), spaces around a dot)."""
    return _FANGS.search(text) is not None


def refang(text: str) -> str:
    """Restore an address that was made harmless: hxxps://t[.]me/a becomes https://t.me/a."""
    text = _PROTOCOL.sub(lambda found: f"http{found[1].lower()}://", text, count=1)
    return _SPACED_DOT.sub(".", _DOT.sub(".", _SLASH.sub("/", text)))


def is_wrapped(text: str) -> bool:
    """Say whether an address stands in quotation marks or brackets, or is cut off by an ellipsis."""
    return text[0] in _OPENING or text[-1] == "\u2026"
