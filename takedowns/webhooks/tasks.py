"""Jobs of the delivery. The database queues ``webhooks.feed`` in the transaction of the change (sql/wake_webhooks.sql).

Each is about real endpoints, or about those that stand in the sandbox: ``sandbox`` says which.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from takedowns.postgres.queueing import BackOff

#: So long after a worker was killed amid its calls another one makes them.
LOOKED_AFTER: Final = timedelta(seconds=15)


@app.task(name="webhooks.feed", queue="delivery", retry=3)
def feed_endpoint(endpoint_id: str, sandbox: bool = False) -> None:
    """Make deliveries of what is new to an endpoint, and have what is due sent."""
    from takedowns.access.actor import placed  # noqa: PLC0415
    from takedowns.webhooks.feeding import feed  # noqa: PLC0415 - models are not there at import

    with placed(in_sandbox=sandbox):
        feed(UUID(endpoint_id))
    send_soon(sandbox=sandbox)


@app.task(name="webhooks.send", queue="delivery", retry=3)
def send_due(sandbox: bool = False) -> None:
    """Send what is due to all endpoints, each in its turn; come back for what waits for its next try."""
    from takedowns.access.actor import placed  # noqa: PLC0415
    from takedowns.webhooks.turns import SANDBOX_TURNS, TURNS, waiting_lanes  # noqa: PLC0415 - as above

    now = timezone.now()
    with placed(in_sandbox=sandbox):
        is_due = any(one.at <= now for one in waiting_lanes())
    if is_due:
        send_soon(now + LOOKED_AFTER, sandbox=sandbox)  # should this worker be killed, another goes on then
    if (at := (SANDBOX_TURNS if sandbox else TURNS).run()) is not None:
        send_soon(at, sandbox=sandbox)


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.pick_up", queue="delivery", queueing_lock="pick up deliveries")
def pick_up(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute: tell what is due soon, and see to all that a killed worker or a lost job left behind; the sandbox last."""
    from takedowns.access.actor import SYSTEM, acting_as, placed  # noqa: PLC0415
    from takedowns.webhooks.feeding import tell_due_soon  # noqa: PLC0415 - as above
    from takedowns.webhooks.models import Endpoint  # noqa: PLC0415
    from takedowns.webhooks.sending import follow_the_clock  # noqa: PLC0415

    for sandbox in (False, True):
        with placed(in_sandbox=sandbox):
            follow_the_clock()
            tell_due_soon()
            with acting_as(SYSTEM):
                active = list(Endpoint.objects.filter(disabled_at=None).values_list("pk", flat=True))
        for endpoint_id in active:
            feed_endpoint(str(endpoint_id), sandbox)


@app.periodic(cron="41 3 * * *")
@app.task(name="webhooks.forget", queue="delivery", queueing_lock="forget deliveries", retry=BackOff())
def forget(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Each night, drop the log of deliveries that ended long ago."""
    from takedowns.access.actor import placed  # noqa: PLC0415
    from takedowns.webhooks.log import forget_old  # noqa: PLC0415 - as above

    for sandbox in (False, True):
        with placed(in_sandbox=sandbox):
            forget_old()


def send_soon(at: datetime | None = None, *, sandbox: bool = False) -> None:
    """Queue the sending, now or at a moment, unless it is queued for that already; later than in a minute it comes by itself."""
    now = timezone.now()
    at = at if at is not None and at > now else None
    if at is not None and at > now + timedelta(minutes=1):
        return
    # A look is enough: one job too many finds nothing to do, and a lock on its being queued once would fill the database's log.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = 'webhooks.send' AND status = 'todo'"
            " AND (args ? 'sandbox') = %s AND (scheduled_at IS NULL OR scheduled_at <= %s))",
            [sandbox, at or now],
        )
        if cursor.fetchone()[0]:
            return
    job = send_due.configure(schedule_at=at) if at else send_due
    job.defer(**({"sandbox": True} if sandbox else {}))
