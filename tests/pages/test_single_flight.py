"""What many ask for at the same moment is made once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from takedowns.pages.single_flight import SingleFlight


def test_many_who_ask_at_once_get_what_one_made() -> None:
    once, made = SingleFlight(), []
    together = threading.Barrier(20)

    def make() -> bytes:
        made.append(threading.get_ident())
        time.sleep(0.05)
        return b"the board"

    def ask(_: int) -> bytes:
        together.wait()
        return once.get("key", make)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(ask, range(20))) == {b"the board"}
    assert len(made) == 1


def test_different_keys_do_not_wait_for_each_other() -> None:
    once, inner = SingleFlight(), []

    def make() -> bytes:
        other = threading.Thread(target=lambda: inner.append(once.get("other", lambda: b"2")))
        other.start()
        other.join(5)
        return b"1"

    assert once.get("one", make) == b"1"
    assert inner == [b"2"]


def test_what_failed_is_tried_again() -> None:
    once = SingleFlight()
    with pytest.raises(ZeroDivisionError):
        once.get("key", lambda: bytes(1 // 0))
    assert once.get("key", lambda: b"now") == b"now"


def test_only_the_last_few_are_kept() -> None:
    once = SingleFlight(most=2)
    for key in ("a", "b", "a", "c"):
        once.get(key, key.encode)
    assert once.get("a", lambda: b"made anew") == b"a"
    assert once.get("b", lambda: b"made anew") == b"made anew"
