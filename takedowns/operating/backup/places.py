"""Where a backup goes: a folder, in which files that are there already are not written again, or a command's standard input."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import subprocess
import tarfile
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple, Self

import orjson
from pyrage import RecipientError, encrypt_io, x25519

CHUNK: Final = 1 << 20
HEADER: Final = "backup.json"
FILES: Final = "files"
_UNFINISHED: Final = ".unfinished"

#: Writes bytes to a file that was opened for it.
Write = Callable[[IO[bytes]], None]


class BackupError(RuntimeError):
    """It cannot be backed up, or restored, as it was asked for; the message says why, and what to do."""


class Stored(NamedTuple):
    """What was put away: how many bytes, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


class Place(ABC):
    """Takes one backup, file by file; the header comes last. Used as a context: what is not finished when it ends is thrown away.

    Attributes:
        name: of the backup.
        recipients: age's public keys for whom all is encrypted; none: nothing is.
    """

    def __init__(self, name: str, recipients: Sequence[str], work: Path) -> None:
        self.name = name
        self.recipients = sorted(recipients)
        self._keys = [_recipient(one) for one in recipients]
        self._work = work

    @property
    def suffix(self) -> str:
        """What names of encrypted files end in."""
        return ".age" if self._keys else ""

    def __enter__(self) -> Self:
        self._work.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...

    @abstractmethod
    def holds(self, sha256: str) -> bool:
        """Tell whether a file is there from an earlier backup."""

    def add(self, name: str, write: Write) -> Stored:
        """Put away one of the backup's own files."""
        return self._put(f"{self.name}/{name}{self.suffix}", write)

    def add_file(self, sha256: str, write: Write) -> Stored:
        """Put away a file that all backups share, under its digest."""
        return self._put(f"{FILES}/{sha256[:2]}/{sha256}{self.suffix}", write)

    def finish(self, header: dict[str, Any]) -> None:
        """Write the header, which makes it a backup."""
        text = orjson.dumps(header, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        self._put(f"{self.name}/{HEADER}", lambda file: _write_all(file, text), encrypted=False)
        self._close()

    def _put(self, path: str, write: Write, *, encrypted: bool = True) -> Stored:
        with tempfile.NamedTemporaryFile(dir=self._work, delete=False) as file:
            there = Path(file.name)
            try:
                write(file.file)
                file.flush()
                if encrypted and self._keys:
                    there = self._encrypt(there)
                with there.open("rb") as stored:
                    found = Stored(there.stat().st_size, hashlib.file_digest(stored, "sha256").hexdigest())
                self._take(path, there)
            finally:
                there.unlink(missing_ok=True)
                Path(file.name).unlink(missing_ok=True)
        return found

    def _encrypt(self, plain: Path) -> Path:
        with plain.open("rb") as source, tempfile.NamedTemporaryFile(dir=self._work, delete=False) as sealed:
            encrypt_io(source, sealed.file, self._keys)
        plain.unlink()
        return Path(sealed.name)

    @abstractmethod
    def _take(self, path: str, file: Path) -> None:
        """Take a file whole; it may be moved away."""

    @abstractmethod
    def _close(self) -> None:
        """See that all of it is there for good."""


class Folder(Place):
    """A folder of backups. What is unfinished is named so, and goes with the next one."""

    def __init__(self, folder: Path, name: str, recipients: Sequence[str]) -> None:
        super().__init__(name, recipients, folder / f"{name}{_UNFINISHED}")
        self._folder = folder
        self._made: set[Path] = set()

    def __enter__(self) -> Self:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = (self._folder / "lock").open("w")
        os.fchmod(self._lock.fileno(), 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another backup is being made into {self._folder}.") from None
        for header in headers(self._folder).values():
            if header["recipients"] != self.recipients:
                raise BackupError(
                    f"{self._folder} holds backups for other recipients ({', '.join(header['recipients']) or 'not encrypted'}), and"
                    " files are there once for all: use another folder."
                )
        return super().__enter__()

    def __exit__(self, *_: object) -> None:
        for left in self._folder.glob(f"*{_UNFINISHED}"):
            for file in left.iterdir():
                file.unlink()
            left.rmdir()
        self._lock.close()

    def holds(self, sha256: str) -> bool:
        """Tell whether a file is there; they are never changed, and named when they are whole."""
        return (self._folder / FILES / sha256[:2] / f"{sha256}{self.suffix}").exists()

    def keep_newest(self, number: int) -> list[str]:
        """Delete all but the newest backups, and the files that only those had; return the names of what went."""
        known = headers(self._folder)
        gone = list(known)[:-number]
        wanted = {name for backup, header in known.items() if backup not in gone for name in header["files"]}
        for name in gone:
            place = self._folder / name
            (place / HEADER).unlink()  # first: what is cut off here is no backup any more
            for file in place.iterdir():
                file.unlink()
            place.rmdir()
        if gone:
            for path in (self._folder / FILES).glob("??/*"):
                if path.name.removesuffix(".age") not in wanted:
                    path.unlink()
        return gone

    def _take(self, path: str, file: Path) -> None:
        if path.startswith(f"{self.name}/"):
            place = self._work / path.removeprefix(f"{self.name}/")
        else:
            place = self._folder / path
            for above in (
                place.parent.parent,
                place.parent,
            ):  # "parents" would leave the first open to everybody
                above.mkdir(mode=0o700, exist_ok=True)
            self._made |= {place.parent, place.parent.parent}
        _flush(file)
        file.chmod(0o600)
        file.replace(place)

    def _close(self) -> None:
        for folder in (*self._made, self._work):
            _flush(folder)
        self._work.rename(self._folder / self.name)
        _flush(self._folder)


class Stream(Place):
    """The standard input of a command, as one stream of tar."""

    def __init__(self, command: str, name: str, recipients: Sequence[str], work: Path) -> None:
        super().__init__(name, recipients, work)
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._tar: tarfile.TarFile | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        try:
            self._process = subprocess.Popen(shlex.split(self._command), stdin=subprocess.PIPE)
        except OSError as error:
            raise BackupError(f"“{self._command}” cannot be run: {error}") from error
        self._tar = tarfile.open(fileobj=self._process.stdin, mode="w|", format=tarfile.PAX_FORMAT)
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()  # not finished: what it got is no backup, since the header is missing
            self._process.wait()

    def holds(self, sha256: str) -> bool:  # noqa: ARG002 - nothing is known of what it got before
        """Tell that it is not there: each stream is whole."""
        return False

    def _take(self, path: str, file: Path) -> None:
        if self._tar is None:
            raise RuntimeError("A backup is made within its context.")
        try:
            self._tar.add(file, path, recursive=False, filter=_nobodys)
        except OSError as error:
            raise BackupError(f"“{self._command}” does not take more: {error}") from error

    def _close(self) -> None:
        if self._tar is None or self._process is None or self._process.stdin is None:
            raise RuntimeError("A backup is made within its context.")
        try:
            self._tar.close()
            self._process.stdin.close()
        except OSError as error:
            raise BackupError(f"“{self._command}” does not take more: {error}") from error
        if code := self._process.wait():
            raise BackupError(f"“{self._command}” ended with {code}: there is no backup.")


def headers(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the headers of the backups in a folder by name, the oldest first."""
    found = {}
    for path in sorted(folder.glob(f"*/{HEADER}")):
        if not path.parent.name.endswith(_UNFINISHED):
            found[path.parent.name] = orjson.loads(path.read_bytes())
    return found


def copy(source: IO[bytes], target: IO[bytes]) -> str:
    """Copy a stream; return the SHA-256 of it in hexadecimal digits."""
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _recipient(text: str) -> x25519.Recipient:
    try:
        return x25519.Recipient.from_str(text)
    except RecipientError as error:
        raise BackupError(f"“{text}” is no public key of age (age1…): {error}") from error


def _write_all(file: IO[bytes], text: bytes) -> None:
    file.write(text)


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    return entry.replace(uid=0, gid=0, uname="", gname="", mode=0o600, deep=False)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
