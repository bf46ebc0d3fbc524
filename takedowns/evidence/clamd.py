"""Asking clamd, the daemon of ClamAV, about a file: its INSTREAM command, over a Unix or a TCP socket.

A client of our own because none fits: ``clamd`` was released last in 2014, ``clamav-client`` is under the GPL, ``aioclamd`` speaks TCP
alone. The protocol: a command between ``z`` and a NUL; the file in chunks, each behind its length (four bytes, big-endian), a length of
nought ends it; the answer is ``stream: OK``, ``stream: NAME FOUND`` or what went wrong and ``ERROR``, and a NUL (clamd(8)).
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final
from urllib.parse import urlsplit

CHUNK: Final = 256 * 1024
_LONGEST_ANSWER: Final = 4096


class ScannerAwayError(Exception):
    """Nobody answers there, or nothing that is clamd; the message says what was tried."""


class NotScannedError(Exception):
    """The scanner did not look through this file; the message is its own word, or that it took too long."""

    def __init__(self, message: str, *, too_large: bool = False) -> None:
        super().__init__(message)
        self.too_large = too_large


def scan(file: IO[bytes], address: str, seconds: float) -> str:
    """Return what was found in a file, by its name; empty where nothing was.

    Args:
        address: ``unix:/run/clamav/clamd.ctl`` or ``tcp://host:3310``.
        seconds: for all of it.

    Raises:
        ScannerAwayError: there is no scanner.
        NotScannedError: too large for it, too slow, or an error of its.
    """
    with _connected(address, seconds) as (there, until):
        try:
            _send(there, b"zINSTREAM\0", until)
            while chunk := file.read(CHUNK):
                _send(there, struct.pack("!L", len(chunk)) + chunk, until)
            _send(there, struct.pack("!L", 0), until)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it says why: more than its StreamMaxLength came
        except TimeoutError as error:
            raise NotScannedError(f"It took longer than {seconds:g} s.") from error
        try:
            answer = _answer(there, until)
        except TimeoutError as error:
            raise NotScannedError(f"It took longer than {seconds:g} s.") from error
        except ConnectionResetError:
            raise NotScannedError("It broke off.") from None
    if answer == "stream: OK":
        return ""
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    if not answer:
        raise NotScannedError("It broke off.")
    raise NotScannedError(answer[:200], too_large="size limit exceeded" in answer)


def version(address: str, seconds: float) -> str:
    """Return what the scanner is, with the state of its signatures: ``ClamAV 1.4.6/27480/Mon Nov 30 …``.

    Raises:
        ScannerAwayError: there is no scanner.
    """
    with _connected(address, seconds) as (there, until):
        try:
            _send(there, b"zVERSION\0", until)
            said = _answer(there, until)
        except OSError as error:
            raise ScannerAwayError(f"{address}: {error}") from error
    if said == "COMMAND UNAVAILABLE":  # EnableVersionCommand no
        return "clamd"
    if not said.startswith("ClamAV"):
        raise ScannerAwayError(f"{address}: this is no clamd, it says “{said[:60]}”.")
    return said[:200]


@contextmanager
def _connected(address: str, seconds: float) -> Iterator[tuple[socket.socket, float]]:
    """Yield a connection, and until when all must be done."""
    until = time.monotonic() + seconds
    try:
        if address.startswith("unix:"):
            there = socket.socket(socket.AF_UNIX)
            there.settimeout(seconds)
            there.connect(address.removeprefix("unix:"))
        else:
            parts = urlsplit(address)
            there = socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=seconds)
    except OSError as error:
        raise ScannerAwayError(f"{address}: {error}") from error
    with there:
        yield there, until


def _send(there: socket.socket, data: bytes, until: float) -> None:
    there.settimeout(_left(until))
    there.sendall(data)


def _answer(there: socket.socket, until: float) -> str:
    """Read until the NUL, or until it closes."""
    said = b""
    while not said.endswith(b"\0") and len(said) < _LONGEST_ANSWER:
        there.settimeout(_left(until))
        if not (more := there.recv(_LONGEST_ANSWER)):
            break
        said += more
    return said.rstrip(b"\0").decode("utf-8", "replace").strip()


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
