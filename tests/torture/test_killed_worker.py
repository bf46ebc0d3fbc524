"""The worker is killed in the middle of a load: the next one does it, once."""

from __future__ import annotations

import asyncio
import signal
import time
from types import SimpleNamespace

import pytest
from procrastinate.contrib.django import app

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Progress, Submission
from takedowns.intake.receive import receive
from takedowns.intake.tasks import retry_jobs_of_silent_workers
from tests.factories import number_of_rows
from tests.people import make_people
from tests.torture.processes import is_copying, start

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]
ROWS = 30_000


def test_a_large_submission_survives_the_death_of_its_worker() -> None:
    people = make_people()
    content = "url,note\n" + "".join(
        f"https://t.me/demo_{n},a note to make it long {n}\n" for n in range(ROWS)
    )
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="day.csv",
        content=content.encode(),
    )
    assert received.queued
    worker = start("procrastinate", "worker", "--one-shot")
    deadline = time.monotonic() + 60
    while not (is_copying() and Progress.objects.exists()):
        assert worker.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert Progress.objects.get().rows_read > 0, "others see how far it is while it runs"
    worker.send_signal(signal.SIGKILL)
    worker.wait(30)
    while is_copying():
        time.sleep(0.05)
    assert number_of_rows("referrals_referral") == 0

    _retry_abandoned()
    assert start("procrastinate", "worker", "--one-shot").wait(120) == 0
    assert number_of_rows("referrals_referral") == number_of_rows("referrals_event") == ROWS
    with acting_as(SYSTEM):
        assert Submission.objects.get().state == Submission.State.LOADED


def _retry_abandoned() -> None:
    """Do at once what the worker does each minute after half a minute of silence."""

    async def retry() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await retry_jobs_of_silent_workers(SimpleNamespace(app=app), seconds=0)

    asyncio.run(retry())
