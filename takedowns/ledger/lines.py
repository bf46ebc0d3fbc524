"""Many values of one kind written at once, a line each: UUIDs, digests, moments. What takes Python a step for each takes numpy one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

#: Texts of one length, a line each.
Lines = NDArray[np.uint8]
_UUID_BYTES: Final = 16
_EPOCH: Final = date(2000, 1, 1)  # of PostgreSQL
_DAY: Final = 86_400_000_000  # microseconds
#: So many days in a row are written down, rather than looked for which there are.
_MANY_DAYS: Final = 1_000
_TWO: Final = np.frombuffer(b"".join(b"%02d" % number for number in range(100)), np.uint8).reshape(100, 2)


class UnusualError(Exception):
    """Something that is better read row by row."""


def cut(packed: bytes, width: int) -> list[bytes]:
    """Return values of one width, each by itself."""
    return [packed[start : start + width] for start in range(0, len(packed), width)]


def rows(packed: bytes | None, width: int) -> Lines:
    """Return values of one width, a line each."""
    return np.frombuffer(packed or b"", np.uint8).reshape(-1, width)


def are_some(lines: Lines) -> NDArray[np.bool_]:
    """Tell of each line whether it is more than zeros."""
    return np.asarray(lines.any(axis=1))


def hexadecimal(packed: bytes, width: int) -> Lines:
    """Return the digits of values of one width, a line each."""
    return np.frombuffer(packed.hex().encode(), np.uint8).reshape(-1, 2 * width)


def uuids(packed: bytes) -> Lines:
    """Return UUIDs as they are written, a line each."""
    digits = hexadecimal(packed, _UUID_BYTES)
    text = np.full((len(digits), 36), ord("-"), np.uint8)
    for start, end, place in ((0, 8, 0), (8, 12, 9), (12, 16, 14), (16, 20, 19), (20, 32, 24)):
        text[:, place : place + end - start] = digits[:, start:end]
    return text


class Moments:
    """Moments, given as PostgreSQL's microseconds, as RFC 3339 writes them: no more digits than there are.

    Attributes:
        lengths: of their texts.
    """

    def __init__(self, packed: bytes) -> None:
        self._at = np.frombuffer(packed, ">i8").astype(np.int64)
        rest = (self._at - self._at // 1_000_000 * 1_000_000).astype(np.int32)
        self.lengths = np.full(len(rest), 27)
        for digits in range(1, 6):
            tenth = rest // 10
            self.lengths[(tenth * 10 == rest) & (self.lengths == 28 - digits)] = 27 - digits
            rest = tenth
        self.lengths[(rest == 0) & (self.lengths == 22)] = 20
        self._texts: Lines | None = None

    def taken(self, order: NDArray[np.intp]) -> Moments:
        """Return them in another order."""
        other = Moments.__new__(Moments)
        other._at, other.lengths, other._texts = self._at[order], self.lengths[order], None
        return other

    def text(self, some: slice) -> Lines:
        """Return the texts of some that are as long as one another, a line each."""
        return self._all()[some, : self.lengths[some.start]]

    def cut(self) -> list[bytes]:
        """Return the text of each, by itself."""
        raw = self._all().tobytes()
        return [
            raw[start : start + length]
            for start, length in zip(range(0, len(raw), 27), self.lengths.tolist(), strict=True)
        ]

    def _all(self) -> Lines:
        if self._texts is None:
            self._texts = _written(self._at)
            self._texts[np.arange(len(self._at)), self.lengths - 1] = ord("Z")
        return self._texts


def _written(at: NDArray[np.int64]) -> Lines:
    """Return microseconds since 2000 as texts with six digits behind the second, and room for a letter, a line each."""
    # Whole division by a constant is quick, what is left of it is not.
    days = at // _DAY
    first = int(days.min())
    known, which = np.unique(days, return_inverse=True) if np.ptp(days) > _MANY_DAYS else (None, days - first)
    try:
        dates = b"".join(
            (_EPOCH + timedelta(days=int(day))).isoformat().encode()
            for day in (range(first, int(days.max()) + 1) if known is None else known)
        )
    except OverflowError as error:
        raise UnusualError from error
    within = at - days * _DAY
    seconds = (within // 1_000_000).astype(np.int32)
    micro = (within - seconds * np.int64(1_000_000)).astype(np.int32)
    minutes, hundredths = seconds // 60, micro // 100
    text = np.empty((len(days), 27), np.uint8)
    text[:, :10] = rows(dates, 10)[which]
    text[:, 10:20] = np.frombuffer(b"T00:00:00.", np.uint8)
    for place, pair in (
        (11, minutes // 60),
        (14, minutes - minutes // 60 * 60),
        (17, seconds - minutes * 60),
        (20, hundredths // 100),
        (22, hundredths - hundredths // 100 * 100),
        (24, micro - hundredths * 100),
    ):
        text[:, place : place + 2] = _TWO[pair]
    return text
