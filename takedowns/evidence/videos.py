"""Videos: told from their boxes (ISO/IEC 14496-12), kept and never played here; nothing of them is decoded.

A box is its length (4 bytes, or 8 where that is 1), four letters, and what is in it. A file is boxes one after the other to its last
byte, ``ftyp`` first, which names what it is made for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO, Final, NamedTuple

from django.utils.translation import gettext as _

#: Made for these, it is an MP4 (registered brands, mp4ra.org); QuickTime and pictures in the same boxes (HEIC, AVIF) are not taken.
BRANDS: Final = frozenset(
    {b"isom", b"mp41", b"mp42", b"avc1", b"dash", b"M4V ", b"M4VP", b"M4VH", b"MSNV"}
    | {f"iso{n}".encode() for n in "23456789abc"}
)
#: More boxes on the outermost level than these, a file is made to be slow to read.
MOST_BOXES: Final = 200_000
_LARGEST_FTYP: Final = 4096
#: Who says that it runs longer says nothing.
_A_WEEK: Final = 7 * 24 * 3600


class NoVideoError(ValueError):
    """It is no whole MP4; the message says why."""


class Box(NamedTuple):
    """One box: its four letters, where what is in it begins, and where it ends."""

    name: bytes
    begin: int
    end: int


def looks_like_video(head: bytes) -> bool:
    """Tell whether a file begins with the box that an MP4 begins with."""
    return head[4:8] == b"ftyp"


def seconds_of(file: IO[bytes]) -> int | None:
    """Return how long an MP4 runs; None where it does not say. Reads its outermost boxes, and the header of the film.

    Raises:
        NoVideoError: it is made for something else, or cut off.
    """
    end = file.seek(0, 2)
    boxes: dict[bytes, Box] = {}
    for number, box in enumerate(_boxes(file, 0, end)):
        if number == 0:
            _require_brand(file, box)
        if number > MOST_BOXES:
            raise NoVideoError(_("This video is in too many pieces. Save it once more."))
        boxes.setdefault(box.name, box)
    if not boxes.keys() >= {b"moov", b"mdat"}:
        raise NoVideoError(_("This video is cut off: a part without which it cannot be played is missing."))
    for box in _boxes(file, boxes[b"moov"].begin, boxes[b"moov"].end):
        if box.name == b"mvhd":
            return _duration(file, box)
    raise NoVideoError(_("This video is cut off: a part without which it cannot be played is missing."))


def _require_brand(file: IO[bytes], box: Box) -> None:
    file.seek(box.begin)
    told = file.read(min(box.end - box.begin, _LARGEST_FTYP))
    brands = {told[:4], *(told[at : at + 4] for at in range(8, len(told) - 3, 4))}
    if box.name != b"ftyp" or told[:4] == b"qt  " or not brands & BRANDS:
        raise NoVideoError(_("It is no MP4, but another kind of video or picture. Save it as MP4."))


def _boxes(file: IO[bytes], at: int, end: int) -> Iterator[Box]:
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            raise _cut_off()
        length, begin = int.from_bytes(head[:4], "big"), at + 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16], "big"), at + 16
        elif length == 0:  # the last box may leave its length open
            length = end - at
        if length < begin - at or at + length > end:
            raise _cut_off()
        yield Box(head[4:8], begin, at + length)
        at += length


def _duration(file: IO[bytes], box: Box) -> int | None:
    file.seek(box.begin)
    head = file.read(32)
    try:
        if head[0] == 1:
            scale, length = struct.unpack(">IQ", head[20:32])
            unknown = length == 2**64 - 1
        else:
            scale, length = struct.unpack(">II", head[12:20])
            unknown = length == 2**32 - 1
    except (struct.error, IndexError) as error:
        raise _cut_off() from error
    seconds = max(1, round(length / scale)) if scale and length and not unknown else None
    return seconds if seconds and seconds < _A_WEEK else None


def _cut_off() -> NoVideoError:
    return NoVideoError(_("This video is cut off or broken. Save it once more."))
