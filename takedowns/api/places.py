"""How many calls of one key a process answers at once, and how many calls wait in it: never so many that others find no thread.

Counted in the process, for it is the process's threads that are short; ``serving.py`` says how many there are.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from takedowns.api.problems import Problem

#: Where nobody says how many threads there are, as in Django's own server, which makes one for each call.
UNSAID: Final = 32


class Places:
    """The calls that are being answered, and those that wait for a change."""

    def __init__(self, threads: int = UNSAID) -> None:
        self.threads = threads
        self._lock = threading.Lock()
        self._answering: Counter[UUID] = Counter()
        self._waiting: Counter[UUID] = Counter()

    @property
    def most_answering(self) -> int:
        """Calls of one key at once."""
        return max(1, self.threads * 3 // 4)

    @property
    def most_waiting(self) -> int:
        """Calls that wait, all keys together."""
        return max(1, self.threads // 2)

    @property
    def most_waiting_of_a_key(self) -> int:
        """Calls of one key that wait."""
        return max(1, self.threads // 4)

    @contextmanager
    def answering(self, key: UUID) -> Iterator[None]:
        """Answer a call.

        Raises:
            Problem: ``too-many-at-once``.
        """
        with self._lock:
            if self._answering[key] >= self.most_answering:
                raise _too_many(f"{self.most_answering} calls of this key are being answered already.", 1)
            self._answering[key] += 1
        try:
            yield
        finally:
            self._end(self._answering, key)

    @contextmanager
    def waiting(self, key: UUID) -> Iterator[None]:
        """Let a call wait.

        Raises:
            Problem: ``too-many-at-once``, or ``no-room-to-wait`` where others wait in all places.
        """
        with self._lock:
            if self._waiting[key] >= self.most_waiting_of_a_key:
                raise _too_many(f"{self._waiting[key]} calls of this key wait for changes already.", 5)
            if self._waiting.total() >= self.most_waiting:
                raise Problem("no-room-to-wait", headers={"Retry-After": "5"})
            self._waiting[key] += 1
        try:
            yield
        finally:
            self._end(self._waiting, key)

    def _end(self, counted: Counter[UUID], key: UUID) -> None:
        with self._lock:
            counted[key] -= 1
            if not counted[key]:
                del counted[key]


def _too_many(detail: str, seconds: int) -> Problem:
    return Problem(
        "too-many-at-once",
        f"{detail} Wait {seconds} s, and make one after the other; bulk calls need fewer.",
        headers={"Retry-After": str(seconds)},
    )


#: Of this process.
PLACES: Final = Places()
