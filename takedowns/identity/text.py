"""From what somebody pasted to something a URL parser may see: trimming, restoring, scheme."""

from __future__ import annotations

import re

# Invisible characters that e-mail and chat programs put around addresses: zero-width space and joiners, word
# joiner, BOM, soft hyphen, direction marks and isolates.
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_OPENING = "<\"'`«»‹›“”„‟‘’‚‛(\\[{＜「『【《〈｢（［｛〔"
_CLOSING = ">\"'`«»‹›“”„‟‘’‚‛＞」』】》〉｣）］｝〕"
# European, East Asian, Arabic, Indian, Armenian, Hebrew, Ethiopic. No asterisk: behind a name it hides letters.
_PUNCTUATION = ",;:!?。，；：！？、|،؛؟۔।॥·・﹐﹑﹔﹕՝։׃፣።"
# Arrows, boxes, ticks and pictures, with what varies them.
_SYMBOLS = r"[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+"
_SYMBOLS_AROUND = re.compile(rf"^{_SYMBOLS}|{_SYMBOLS}$")
_BRACKETS = {")": "(", "]": "[", "}": "{"}

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
# What programs leave where they cut an address off: the sign itself (Unicode has several), its HTML names, dots in
# brackets, dots at the end or for a whole segment. Dots inside a word may be part of a file's name.
_ELLIPSIS = "\u2026\u2025\u22ef\u22ee\ufe19"
_CUT = re.compile(
    rf"[{_ELLIPSIS}]|&(?:hellip|mldr|#8230|#x2026)\b|[\[({{]\s?\.{{2,}}+\s?[\])}}]"
    r"|/(?:\.|%2E){3,}+(?=[/?#&]|$)|(?:%E2%80%A[56]|%E2%8B%A[EF])(?=[;.,)\]]*(?:[/?#&]|$))",
    re.IGNORECASE,
)
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


def is_cut_off(text: str) -> bool:
    """Say whether an address shows that a program cut it off: …, ..., [...], &hellip;, %E2%80%A6.

    Such a mark may stand anywhere, an escaped one at the end of a segment or parameter: in a name it may be a letter.
    """
    # These look-ups cost a tenth of the search, and nearly every address passes them.
    if (
        ".." not in text
        and (
            "%" not in text or not ("%E2%8" in text or "%e2%8" in text or "%2E%2" in text or "%2e%2" in text)
        )
        and ("&" not in text or not ("&h" in text or "&#" in text or "&m" in text))
        and text.isascii()
    ):
        return False
    end = text[len(text.rstrip(_CLOSING + _PUNCTUATION + ".)]}")) :]
    return ".." in end or text[-6:].lower() == "%2e%2e" or _CUT.search(text) is not None


def strip_outer(text: str) -> str:
    """Take off white space and invisible characters around an address."""
    return text.strip().strip(INVISIBLE).strip()


def peel(text: str) -> str:
    """Take off quotation marks, unbalanced brackets and sentence punctuation around an address."""
    while text:
        before = text
        if text[0] == "*":
            text = text.strip("*")
        text = text.lstrip(_OPENING + INVISIBLE).rstrip(_CLOSING + INVISIBLE + _PUNCTUATION).strip()
        if text and text[-1] in _BRACKETS and text.count(text[-1]) > text.count(_BRACKETS[text[-1]]):
            text = text[:-1]
        # One dot ends a sentence, two or more say that the address was cut off.
        if text[-1:] == "." and text[-2:-1] != ".":
            text = text[:-1]
        if text == before:
            break
    return text


def without_symbols(text: str) -> str:
    """Take off pictures and arrows that touch an address: a tick, a bullet. An address may hold one, too."""
    return text if text.isascii() else _SYMBOLS_AROUND.sub("", text)


def is_defanged(text: str) -> bool:
    """Say whether the text shows marks of an address made harmless (hxxp, [.], (dot), spaces around a dot)."""
    return _FANGS.search(text) is not None


def refang(text: str) -> str:
    """Restore an address that was made harmless: hxxps://t[.]me/a becomes https://t.me/a."""
    text = _PROTOCOL.sub(lambda found: f"http{found[1].lower()}://", text, count=1)
    return _SPACED_DOT.sub(".", _DOT.sub(".", _SLASH.sub("/", text)))


def is_wrapped(text: str) -> bool:
    """Say whether an address stands in quotation marks or brackets."""
    return text[0] in _OPENING
