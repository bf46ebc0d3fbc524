"""Reading a backup: which one, whether it is whole, and what is in it."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any, Final

import orjson
from pyrage import DecryptError, IdentityError, decrypt_io, x25519

from takedowns.operating.backup.making import DATABASE, FORMAT, MANIFEST, File
from takedowns.operating.backup.places import FILES, HEADER, BackupError, copy, headers

_ENCRYPTED: Final = ".age"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Source:
    """One backup in a folder.

    Attributes:
        folder: of backups, with the files that they share.
        header: what stands in the clear.
        identities: age's secret keys that may open it.
    """

    folder: Path
    header: dict[str, Any]
    identities: Sequence[x25519.Identity]

    @property
    def name(self) -> str:
        """Of the backup."""
        return str(self.header["name"])

    @property
    def _suffix(self) -> str:
        return _ENCRYPTED if self.header["recipients"] else ""

    def check_whole(self, progress: Progress = lambda _done, _all: None) -> None:
        """See that all is there, byte for byte, without opening what is encrypted.

        Of files the name is the digest; those of encrypted ones are compared when they are opened.

        Raises:
            BackupError: something is missing or damaged; it is named.
        """
        for name, kept in self.header["parts"].items():
            place = self.folder / self.name / f"{name}{self._suffix}"
            if not place.exists():
                raise BackupError(f"{place} is missing: the backup is not whole.")
            with place.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if (place.stat().st_size, found) != (kept["size"], kept["sha256"]):
                raise BackupError(f"{place} is damaged: its SHA-256 is not the one that was written down.")
        total = len(self.header["files"])
        for number, sha256 in enumerate(self.header["files"], 1):
            place = self._file(sha256)
            if not place.exists():
                raise BackupError(f"{place} is missing: the backup is not whole.")
            if not self._suffix:
                with place.open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                        raise _damaged(place)
            progress(number, total)

    def manifest(self) -> dict[str, Any]:
        """Return what is in the backup.

        Raises:
            BackupError: no identity opens it.
        """
        with self._opened(self.folder / self.name / f"{MANIFEST}{self._suffix}") as file:
            found: dict[str, Any] = orjson.loads(file.read())
            return found

    @contextmanager
    def database(self) -> Iterator[Path]:
        """Yield a file with the dump, decrypted."""
        with self._opened(self.folder / self.name / f"{DATABASE}{self._suffix}") as file:
            yield Path(file.name)

    def copy_file(self, one: File, target: IO[bytes]) -> None:
        """Copy a file out of the backup.

        Raises:
            BackupError: its bytes are not those that it is named by.
        """
        place = self._file(one.sha256)
        with self._opened(place) as file:
            if copy(file, target) != one.sha256:
                raise _damaged(place)

    def _file(self, sha256: str) -> Path:
        return self.folder / FILES / sha256[:2] / f"{sha256}{self._suffix}"

    @contextmanager
    def _opened(self, place: Path) -> Iterator[IO[bytes]]:
        if not self._suffix:
            with place.open("rb") as file:
                yield file
            return
        if not self.identities:
            raise BackupError(
                "The backup is encrypted: name the file with age's secret key (--identity FILE)."
            )
        with TemporaryDirectory() as folder:
            plain = Path(folder) / "plain"
            plain.touch(mode=0o600)
            try:
                with place.open("rb") as sealed, plain.open("wb") as opened:
                    decrypt_io(sealed, opened, list(self.identities))
            except DecryptError as error:
                raise BackupError(
                    f"{place} cannot be opened: it is damaged, or encrypted for another key ({error})."
                ) from error
            with plain.open("rb") as file:
                yield file


def identities(path: Path) -> list[x25519.Identity]:
    """Return the secret keys of a file as age-keygen writes it.

    Raises:
        BackupError: there is none in it.
    """
    try:
        lines = [line.strip() for line in path.read_text(encoding="ascii").splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, ValueError) as error:
        raise BackupError(f"{path} cannot be read: {error}") from error
    except IdentityError as error:
        raise BackupError(f"{path} holds no secret key of age (AGE-SECRET-KEY-1…): {error}") from error
    if not found:
        raise BackupError(f"{path} holds no secret key of age (AGE-SECRET-KEY-1…).")
    return found


def in_folder(folder: Path, keys: Sequence[x25519.Identity]) -> Source:
    """Return the backup that a folder is, or the newest of those in it.

    Raises:
        BackupError: there is none, or it is of another shape than this version reads.
    """
    if (folder / HEADER).exists():
        name, folder = folder.resolve().name, folder.resolve().parent
        return _source(folder, headers(folder)[name], keys)
    found = headers(folder) if folder.is_dir() else {}
    if not found:
        raise BackupError(
            f"{folder} holds no whole backup: there is no {HEADER}, which is written last. It was cut off, or is no backup."
        )
    return _source(folder, list(found.values())[-1], keys)


@contextmanager
def in_stream(stream: IO[bytes], work: Path, keys: Sequence[x25519.Identity]) -> Iterator[Source]:
    """Unpack a stream of tar, as a command got it, and yield the backup in it.

    Raises:
        BackupError: it is cut off, or no backup.
    """
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work, prefix="restore-") as folder:
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise BackupError(f"The archive is cut off or damaged, or no backup: {error}") from error
        yield in_folder(Path(folder), keys)


def _source(folder: Path, header: dict[str, Any], keys: Sequence[x25519.Identity]) -> Source:
    if header.get("format") != FORMAT:
        raise BackupError(
            f"The backup is of shape {header.get('format')}, made by Takedowns {header.get('version')}; this version reads"
            f" shape {FORMAT}."
        )
    return Source(folder, header, keys)


def _damaged(place: Path) -> BackupError:
    return BackupError(f"{place} is damaged: its bytes do not come to the SHA-256 that it is named by.")
