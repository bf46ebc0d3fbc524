"""Making once what many ask for: the live part of a board when a figure has changed, figures that are read one by one.

Two hundred people have a board open; one answer of a platform changes it for all of them. The first who asks makes the new
part, those who ask meanwhile wait for it and get the same. Kept in each process, and only the last few.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

Value = TypeVar("Value")

#: Values kept, at most; one is some 30 KB.
MOST: Final = 64


class SingleFlight(Generic[Value]):
    """Values by key, each made by one thread while the others that want it wait."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._entries: OrderedDict[Hashable, _Entry[Value]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what was made for ``key``, or make it. Where making fails, whoever waited tries it themselves.

        The key must name everything that the value depends on, who may see it before all else.
        """
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.value is None:
                entry.value = make()
            return entry.value

    def forget(self) -> None:
        """Forget what was made."""
        with self._lock:
            self._entries.clear()


class _Entry(Generic[Value]):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Value | None = None
