"""What a PDF does by itself when it is opened: runs a script, starts a program, sends what was typed, opens another file (ISO 32000-2, 12.6).

Nothing of it is run or drawn. Names are looked for in what is no stream, and in streams that hold objects, unpacked up to a limit. It is a
warning for whoever downloads it, and no proof that there is nothing: a file that hides its objects (encrypted, packed in another way) is
said to be one.
"""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import IO, Final

#: The codes of what it does, in the order in which pages tell them.
RUNS_SCRIPT: Final = "script"
STARTS_PROGRAM: Final = "program"
SENDS: Final = "sends"
OPENS_FILE: Final = "opens"
HIDES: Final = "hidden"
#: So much is unpacked of all streams of objects together; a small file may unpack to a huge one.
MOST_UNPACKED: Final = 32 * 1024 * 1024
#: More streams, or more names, than these, a file is made to be slow to read: the rest is not looked at.
MOST_STREAMS: Final = 100_000
MOST_NAMES: Final = 500_000
_NAME: Final = re.compile(rb"/((?:[^\x00\t\n\f\r ()<>\[\]{}/%#]|#[0-9A-Fa-f]{2}){1,40})")
#: So much before a stream may be its dictionary.
_DICTIONARY: Final = 1024
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_DOES: Final = {
    b"JavaScript": RUNS_SCRIPT,
    b"JS": RUNS_SCRIPT,
    b"Launch": STARTS_PROGRAM,
    b"SubmitForm": SENDS,
    b"ImportData": OPENS_FILE,
    b"GoToR": OPENS_FILE,
    b"GoToE": OPENS_FILE,
}
#: What sets an action off without anybody's asking: on opening, on opening a page, on leaving it.
_BY_ITSELF: Final = frozenset({b"OpenAction", b"AA"})
_WANTED: Final = frozenset({*_DOES, *_BY_ITSELF, b"S", b"ObjStm", b"Encrypt", b"FlateDecode", b"Filter"})


def does_by_itself(file: IO[bytes]) -> list[str]:
    """Return codes of what a PDF does when it is opened, in the order of the codes; empty where nothing of that was found."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        names, hides = _names_of(data)
    does = {_DOES[name] for name in names if name in _DOES}
    # A script that stands by its name in the document runs on opening; one that is the kind of an action needs something to set it off.
    of_document = any(name == b"JavaScript" and before != b"S" for before, name in pairwise([b"", *names]))
    found = does if of_document or _BY_ITSELF & {*names} else set()
    order = (RUNS_SCRIPT, STARTS_PROGRAM, SENDS, OPENS_FILE)
    return [code for code in order if code in found] + ([HIDES] if hides else [])


def _names_of(data: mmap.mmap) -> tuple[list[bytes], bool]:
    """Return the names that matter, in their order, and whether there are objects that cannot be looked into."""
    names: list[bytes] = []
    hides, left, named = False, MOST_UNPACKED, MOST_NAMES
    for number, (text, begin, end) in enumerate(_parts(data)):
        here, named = _names_in(text, named)
        names += here
        if number >= MOST_STREAMS or named <= 0:
            return names, True
        about = {*_names_in(text[-_DICTIONARY:], _DICTIONARY)[0]}
        if b"ObjStm" not in about:
            continue
        packed = data[begin:end].lstrip(b"\r\n")
        if b"Filter" not in about:
            unpacked = packed[:left]
        else:
            unpacked = _unpacked(packed, left) if b"FlateDecode" in about else b""
        hides = hides or not unpacked or len(unpacked) >= left
        left -= min(left - 1, len(unpacked))
        here, named = _names_in(unpacked, named)
        names += here
    return names, hides or b"Encrypt" in names


def _parts(data: mmap.mmap) -> Iterator[tuple[bytes, int, int]]:
    """Yield what stands before each stream, and from where to where the stream is; at last what stands behind them all."""
    at = 0
    while (begin := data.find(b"stream", at)) != -1 and (end := data.find(b"endstream", begin)) != -1:
        yield data[at:begin], begin + len(b"stream"), end
        at = end + len(b"endstream")
    yield data[at:], 0, 0


def _names_in(text: bytes, most: int) -> tuple[list[bytes], int]:
    """Return the names of interest, their escapes (``#4a``) undone, and how many more names may be read.

    ``S``, which says that a kind follows, is one of them.
    """
    found = []
    for one in _NAME.finditer(text):
        most -= 1
        if most <= 0:
            break
        name = one[1]
        if b"#" in name:
            name = _ESCAPED.sub(lambda escaped: bytes([int(escaped[1], 16)]), name)
        if name in _WANTED:
            found.append(name)
    return found, most


def _unpacked(stream: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream, most)
    except zlib.error:
        return b""
