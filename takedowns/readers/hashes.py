"""Hashes of media beside an address: SHA-256, MD5 and PDQ as officers and other systems write them."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from takedowns.readers.dates import NOTHING
from takedowns.readers.model import shown

#: Of each kind: what it is called, and how many hexadecimal digits it has.
KINDS: Final = {"sha256": ("SHA-256", 64), "md5": ("MD5", 32), "pdq": ("PDQ", 64)}
_DIGITS: Final = re.compile(r"[0-9a-f]+")
#: Hashes of a file without content, or of a picture without anything in it: whatever failed to read a file writes them.
_OF_NOTHING: Final = {
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "md5": "d41d8cd98f00b204e9800998ecf8427e",
    "pdq": "0" * 64,
}
_QUALITY: Final = re.compile(r"([0-9]{1,3})(?:[.,]0+)?")


class MediaHashes(NamedTuple):
    """Hashes of one picture or file, in lower case; "" where none is given. ``quality`` is PDQ's, 0 to 100."""

    sha256: str = ""
    md5: str = ""
    pdq: str = ""
    quality: int | None = None


def read_hashes(sha256: str, md5: str, pdq: str, quality: str) -> tuple[MediaHashes | None, list[str]]:
    """Return what the cells of a row say, None where that is no hash; and a sentence for each that could not be read."""
    problems: list[str] = []
    told = MediaHashes(
        _hash("sha256", sha256, problems),
        _hash("md5", md5, problems),
        read_pdq := _hash("pdq", pdq, problems),
        _quality(quality, problems) if read_pdq else None,
    )
    if quality.strip() and not pdq.strip():
        problems.append(f"PDQ quality '{shown(quality)}' stands without a PDQ hash; left out.")
    return (told if any(told[:3]) else None), problems


def _hash(kind: str, cell: str, problems: list[str]) -> str:
    text = cell.strip().lower()
    if text in NOTHING:
        return ""
    name, length = KINDS[kind]
    text = text.removeprefix(f"{kind}:").removeprefix("0x").strip()
    if len(text) != length or not _DIGITS.fullmatch(text):
        problems.append(
            f"{name} '{shown(cell)}' is no hash of that kind ({length} digits of 0-9 and a-f); left out. "
            "Correct it and submit it again."
        )
        return ""
    if text == _OF_NOTHING[kind]:
        problems.append(
            f"{name} '{shown(cell)}' is the hash of an empty file or picture; left out. Compute it anew from the file."
        )
        return ""
    return text


def _quality(cell: str, problems: list[str]) -> int | None:
    text = cell.strip()
    if text.lower() in NOTHING:
        return None
    found = _QUALITY.fullmatch(text)
    if found is None or int(found[1]) > 100:
        problems.append(f"PDQ quality '{shown(cell)}' is not a number from 0 to 100; left empty.")
        return None
    return int(found[1])
