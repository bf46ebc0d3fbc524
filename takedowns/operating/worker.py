"""The worker, which goes on by itself when a database that was away is back.

procrastinate's own worker ends when its connection breaks; this one is begun anew, with a pause that grows to
:data:`LONGEST_PAUSE`, until somebody asks it to stop. Jobs that it had begun are tried again by the next minute's look.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from typing import Any, Final

from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

log = logging.getLogger(__name__)

#: Seconds between two beginnings: the first, and the most.
FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
#: Seconds that a connection is waited for, and that one keeps trying in the background.
CONNECT_SECONDS: Final = 5.0
#: A worker that lived so long did its work: the next pause is the first again.
WORKED_SECONDS: Final = 30.0


async def work(options: dict[str, Any]) -> None:
    """Run until SIGTERM or SIGINT; then finish what is being done. ``options`` are those of ``App.run_worker_async``."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    pause = FIRST_PAUSE
    while not stop.is_set():
        began = time.monotonic()
        running = asyncio.create_task(_run_once(options))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            running.cancel()  # which lets it finish its jobs
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        if stop.is_set():
            return
        if time.monotonic() - began >= WORKED_SECONDS:
            pause = FIRST_PAUSE
        log.error("The worker lost its database (%s); it begins anew in %g s.", _said(ended), pause)
        await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _run_once(options: dict[str, Any]) -> None:
    """Run one worker on a pool of its own, until it ends or is cancelled."""
    connector = PsycopgConnector(
        kwargs=connector_params(), min_size=1, timeout=CONNECT_SECONDS, reconnect_timeout=CONNECT_SECONDS
    )
    with app.replace_connector(connector):
        async with app.open_async():
            await app.run_worker_async(**options, install_signal_handlers=False)


def _said(ended: object) -> str:
    if not isinstance(ended, BaseException):
        return "its connection broke"
    deepest = ended
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    return " ".join(str(deepest).split()) or type(deepest).__name__
