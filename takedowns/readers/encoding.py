"""Which encoding a text is in, judged from a bounded beginning."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import CharsetMatch, from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Commonest first: of code pages that fit alike, the first is taken.
_LATIN = ["cp1252", "cp1250", "iso8859_2", "cp1254"]
_OTHER = ["cp1251", "koi8_r", "cp1256", "cp1253", "iso8859_5", "iso8859_7", "iso8859_6", "cp1255"]
_HIGH = re.compile(rb"[\x80-\xff]+")


def byte_order_mark(start: bytes) -> tuple[str, int] | None:
    """The encoding a byte order mark at the start names, and the length of the mark."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding, len(mark)
    return None


def detect(sample: bytes) -> str:
    """Python's name of the likely encoding of `sample`, which has no byte order mark and may end inside a character.

    UTF-16 shows by its NULs, UTF-8 by its form. For the code pages the shape of the words decides between Latin
    and other scripts (accents stand alone, Cyrillic letters in runs), charset-normalizer within each; of code pages
    that read the sample alike the commonest is taken. Plain ASCII is called UTF-8.
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
        lines = b" ".join(_HIGH.findall(sample))[:4_096]
    runs = [len(run) for run in _HIGH.findall(lines)]
    in_runs = sum(length for length in runs if length > 2)
    candidates = _OTHER if in_runs > sum(runs) / 2 else _LATIN
    matches = from_bytes(lines, cp_isolation=candidates, threshold=0.6, preemptive_behaviour=False)
    best = min(matches, key=lambda match: _unlikeliness(match, candidates), default=None)
    return candidates[0] if best is None else candidates[_commonest(best, candidates)]


def _commonest(match: CharsetMatch, candidates: list[str]) -> int:
    """Place of the commonest code page that reads the sample as this one does."""
    return min(candidates.index(name) for name in match.could_be_from_charset if name in candidates)


def _unlikeliness(match: CharsetMatch, candidates: list[str]) -> tuple[float, bool, bool, int]:
    """How badly a code page fits, for texts too short for statistics: noise, wrong case, wrong region, rarity."""
    high = [sign for sign in str(match) if ord(sign) > 127]
    shouting = (
        sum(sign.isupper() for sign in high) > len(high) / 2
    )  # KOI8-R read as Windows-1251, and the reverse
    place = _commonest(match, candidates)
    slavic = candidates[place] == "cp1252" and not {"š", "ž"}.isdisjoint(high)
    return round(match.chaos, 2), shouting, slavic, place
