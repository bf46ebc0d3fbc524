"""A list that waits in the queue, and a worker that does once what waits."""

from __future__ import annotations

import asyncio

from procrastinate.contrib.django import app

from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from tests.people import People


def handed_in(people: People) -> Submission:
    return receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=b"url\nhttps://t.me/demo_one\n",
        loading=Loading.WORKER,
    ).submission


def work() -> None:
    """Do what waits, as the worker does."""

    async def once() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            async with app.open_async():
                await app.run_worker_async(wait=False, queues=["intake"], install_signal_handlers=False)

    asyncio.run(once())
