"""While the demo is served, some platforms go on answering over HTTP, as their own programs would."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.simulation.client import CallFailed, Client
from takedowns.api.simulation.mix import USUAL, Mix
from takedowns.api.simulation.play import Player
from takedowns.directory.keys import create, revoke
from takedowns.directory.models import ApiKey, Platform, Scope

log = logging.getLogger(__name__)

#: Answers a minute of each platform that goes on answering; the others stay as the demo left them.
PER_MINUTE: Final[Mapping[str, float]] = {"telegram": 40, "youtube": 12, "facebook": 8}
KEY_NAME: Final = "Demo: a platform that is played"
STOP_SECONDS: Final = 5


@contextmanager
def platforms_answering(port: int, *, minutes: float) -> Iterator[Callable[[], None]]:
    """Let the platforms of :data:`PER_MINUTE` answer for so long, or until the block ends; then their keys end.

    Yields what stops them, to be called before the web server stops: nobody then calls it amid its end.

    A platform whose program fails is logged and stops; the demo goes on without it.
    """
    stop = threading.Event()
    end = threading.Timer(minutes * 60, stop.set)
    end.daemon = True
    with acting_as(SYSTEM):
        for left_over in ApiKey.objects.filter(name=KEY_NAME, revoked_at=None):
            revoke(left_over.prefix)  # of a demo that was killed
    scopes = [Scope.REFERRALS_READ, Scope.DECISIONS_WRITE]
    platforms = Platform.objects.in_bulk(PER_MINUTE)
    keys = [create(name=KEY_NAME, platform=platforms[slug], scopes=scopes) for slug in PER_MINUTE]
    programs = [
        threading.Thread(
            target=_answer, args=(port, text, PER_MINUTE[key.platform_id or ""], stop), daemon=True
        )
        for key, text in keys
    ]

    def finish() -> None:
        end.cancel()
        stop.set()
        for program in programs:
            program.join(STOP_SECONDS)

    try:
        for thread in (end, *programs):
            thread.start()
        yield finish
    finally:
        finish()
        for key, _ in keys:
            revoke(key.prefix)


def _answer(port: int, key: str, per_minute: float, stop: threading.Event) -> None:
    client = Client(f"http://127.0.0.1:{port}", key, sleep=stop.wait)
    try:
        Player(client, Mix.parse(USUAL), per_minute, wait_seconds=0).run(until_done=False, sleep=stop.wait)
    except CallFailed as failed:
        if not stop.is_set():
            log.warning("A played platform of the demo stopped: %s", failed)
    finally:
        client.close()
