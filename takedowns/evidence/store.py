"""Files of evidence, each once, named by its SHA-256, in the folder ``EVIDENCE_ROOT``.

``<root>/ab/cd/abcd…`` are the files, ``<root>/incoming/`` what is being taken. A file appears under its name whole or not
at all: it is written beside, flushed to the disk and renamed. Nothing here ever deletes a file that was kept.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO, BinaryIO, Final

from django.conf import settings

CHUNK: Final = 1024 * 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_INCOMING: Final = "incoming"


class TooLargeError(Exception):
    """More bytes came than ``EVIDENCE_MAX_BYTES``."""


class DamagedError(Exception):
    """A file is missing, or its bytes do not have the digest it is named by."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in and is not kept yet; ``content`` may be read from its start."""

    content: IO[bytes]
    path: Path
    sha256: str
    size: int


@contextmanager
def take(stream: BinaryIO) -> Iterator[Taken]:
    """Copy a stream beside the files, computing its digest on the way; unless it is kept, nothing of it stays.

    Raises:
        TooLargeError: after the first byte too many; no more is read.
    """
    folder = _root() / _INCOMING
    open_for_us_alone(folder)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > settings.EVIDENCE_MAX_BYTES:
                    raise TooLargeError
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            file.seek(0)
            yield Taken(file.file, path, digest.hexdigest(), size)
        finally:
            path.unlink(missing_ok=True)


def open_for_us_alone(folder: Path) -> None:
    """Make a folder below the root, and the root, so that only the application's own user gets in."""
    root = _root()
    root.parent.mkdir(parents=True, exist_ok=True)
    for one in [*reversed([above for above in folder.parents if above.is_relative_to(root)]), folder]:
        one.mkdir(mode=0o700, exist_ok=True)


def keep(taken: Taken) -> None:
    """Give a file its name, for good. One that is there under it has the same bytes, or is damaged and made whole again."""
    place = path_of(taken.sha256)
    open_for_us_alone(place.parent)
    os.fsync(taken.content.fileno())
    taken.path.chmod(0o440)
    taken.path.replace(place)
    for folder in (place.parent, place.parent.parent, place.parent.parent.parent):
        _flush(folder)


def open_whole(sha256: str) -> BinaryIO:
    """Open a file whose every byte has just been compared with its digest; it stands at its start.

    Raises:
        DamagedError: it is missing, or differs.
        OSError: it could not be looked at (too many files are open, a disk is away): that says nothing of the file.
    """
    try:
        file = path_of(sha256).open("rb")
    except FileNotFoundError as error:
        raise DamagedError(sha256) from error
    if digest_of(file) != sha256:
        file.close()
        raise DamagedError(sha256)
    file.seek(0)
    return file


def digest_of(file: BufferedReader) -> str:
    """Return the SHA-256 of what is left to read, in hexadecimal digits."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def path_of(sha256: str) -> Path:
    """Return where the file of that digest is, if it is there.

    Raises:
        ValueError: it is no digest, and so might name another place.
    """
    if not _DIGEST.fullmatch(sha256):
        raise ValueError("This is no SHA-256.")
    return _root() / sha256[:2] / sha256[2:4] / sha256


def kept() -> Iterator[str]:
    """Yield the digests by which files are named."""
    for path in _root().glob("??/??/*"):
        if _DIGEST.fullmatch(path.name):
            yield path.name


def _root() -> Path:
    return Path(settings.EVIDENCE_ROOT)


def _flush(folder: Path) -> None:
    """Let the disk know a folder's new name, without which a file may be gone after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
