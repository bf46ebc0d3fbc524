"""Which encoding a text is in, judged from a bounded beginning."""

from __future__ import annotations

import codecs
import re
from collections import Counter

from charset_normalizer import CharsetMatch, from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Commonest first: of code pages that fit alike, the first is taken. Each with the languages written in it and the letters
# of theirs that are not in ASCII, those of common loanwords too.
_LATIN = {
    "cp1252": (
        "àâæçéèêëîïôœùûüÿ",  # French
        "äöüßéà",  # German
        "áéíïóúüñç¡¿ºª",  # Spanish
        "àèéìíîòóùú",  # Italian
        "äáâçéèêëíïîóöôúüû",  # Dutch
        "ãáàâçéêíóôõúüºª",  # Portuguese
        "àçèéíïòóúü·",  # Catalan
        "åäöéàüæø",  # Swedish, Danish, Norwegian, Finnish
        "áæðéíóöúýþ",  # Icelandic
    ),
    "cp1250": (
        "ąćęłńóśźż",  # Polish
        "áčďéěíňóřšťúůýž",  # Czech
        "áäčďéíĺľňóôŕšťúýž",  # Slovak
        "áéíóöőúüű",  # Hungarian
        "ăâîşţ",  # Romanian
        "čćđšž",  # Croatian, Slovene
    ),
    "iso8859_2": (),  # as cp1250; see below
    "cp1254": ("çğıöşüâîûİ",),  # Turkish
}
_LATIN["iso8859_2"] = _LATIN["cp1250"]
_AT_WORDS = frozenset(
    "\u00a0\u201c\u201d\u201e\u201a\u2018\u2019\u2039\u203a\u00ab\u00bb\u2013\u2014\u2026©®™°€§·•"
)
"""Signs that stand next to letters in any language; another beside a letter says that the code page is a wrong one."""
_SQUARE = re.compile(r"(?<![^\W\d_])[cdkm]?m[²³]")
_OTHER = ["cp1251", "koi8_r", "cp1256", "cp1253", "iso8859_5", "iso8859_7", "iso8859_6", "cp1255"]
_HIGH = re.compile(rb"[\x80-\xff]+")
_WITH_NEIGHBOURS = re.compile(rb"[A-Za-z]?[\x80-\xff]+[A-Za-z]?")
_WORDS = re.compile(rb"(?<![A-Za-z\x80-\xff])[\x80-\xff]{3,}(?![A-Za-z\x80-\xff])")
"""Letters in a run with no ASCII letter beside it: Polish "żółw" has three in a row, but no script mixes with ASCII inside a word."""


def byte_order_mark(start: bytes) -> tuple[str, int] | None:
    """The encoding a byte order mark at the start names, and the length of the mark."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding, len(mark)
    return None


def detect(sample: bytes) -> str:
    """Python's name of the likely encoding of `sample`, which has no byte order mark and may end inside a character.

    UTF-16 shows by its NULs, UTF-8 by its form. For the code pages the shape of the words decides between Latin
    and other scripts (accents stand among letters of ASCII, Cyrillic letters among themselves); within Latin the alphabets of languages do, within
    the others charset-normalizer. Of code pages that fit alike the commonest is taken. Plain ASCII is called UTF-8.
    """
    half = len(sample) // 2
    if half >= 2:
        even, odd = sample[0::2].count(0), sample[1::2].count(0)
        if odd > half * 0.1 and even < odd * 0.1:
            return "utf-16-le"
        if even > half * 0.1 and odd < even * 0.1:
            return "utf-16-be"
    if sample.isascii() or _is_utf8(sample):
        return "utf-8"
    return _code_page(sample)


def _is_utf8(sample: bytes) -> bool:
    """Whether the sample is UTF-8, one spoiled character in five forgiven."""
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(sample)
    wrong = text.count("\ufffd") - sample.count(b"\xef\xbf\xbd")
    if not wrong:
        return True
    right = sum(1 for sign in text if ord(sign) > 127) - wrong
    return right > 4 * wrong


def _code_page(sample: bytes) -> str:
    lines = b"\n".join(line for line in sample[:65_536].splitlines() if not line.isascii())[:4_096]
    if lines.isascii():  # the accents stand far along a long line, or far down
        lines = b" ".join(_WITH_NEIGHBOURS.findall(sample))[:4_096]
    high = sum(map(len, _HIGH.findall(lines)))
    in_runs = sum(map(len, _WORDS.findall(lines)))
    if in_runs <= high / 2:
        return latin_page(lines)
    matches = from_bytes(lines, cp_isolation=_OTHER, threshold=0.6, preemptive_behaviour=False)
    best = min(matches, key=_unlikeliness, default=None)
    return _OTHER[0] if best is None else _OTHER[_commonest(best)]


def latin_page(lines: bytes) -> str:
    """The code page of a text in Latin letters: that whose reading fits one of its languages best.

    Nothing else tells such pages apart: "così" in Windows-1252 is "cosě" in Windows-1250. A text of one language comes
    through; one of several wherever the letters of the other page do not happen to be those of a single language.
    """
    return min(_LATIN, key=lambda page: misfits(lines, page))  # of equal ones the first


def misfits(lines: bytes, page: str) -> int:
    """How many letters of a reading its likeliest language does not have, and signs that stand beside letters but should not."""
    try:
        text = _SQUARE.sub("", lines.decode(page))
    except UnicodeDecodeError:
        return len(lines)
    high = Counter(sign for sign in text if ord(sign) > 127 and sign not in _AT_WORDS)
    at_words = Counter(
        sign
        for before, sign, behind in zip(" " + text, text, text[1:] + " ", strict=False)
        if sign in high and (sign.isalpha() or before.isalpha() or behind.isalpha())
    )
    return min(
        sum(times for sign, times in at_words.items() if sign.lower() not in alphabet)
        for alphabet in _LATIN[page]
    )


def _commonest(match: CharsetMatch) -> int:
    """Place of the commonest code page that reads the sample as this one does."""
    return min(_OTHER.index(name) for name in match.could_be_from_charset if name in _OTHER)


def _unlikeliness(match: CharsetMatch) -> tuple[float, bool, int]:
    """How badly a code page fits, for texts too short for statistics: noise, wrong case, rarity."""
    high = [sign for sign in str(match) if ord(sign) > 127]
    shouting = (
        sum(sign.isupper() for sign in high) > len(high) / 2
    )  # KOI8-R read as Windows-1251, and the reverse
    return round(match.chaos, 2), shouting, _commonest(match)
