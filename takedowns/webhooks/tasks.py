"""Jobs of the delivery. The database queues ``delivery.feed`` in the transaction of the change (sql/wake_webhooks.sql)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

#: Deliveries one job sends before it lets others have their turn.
SENT_AT_ONCE = 200


@app.task(name="webhooks.feed", queue="delivery", retry=3)
def feed_endpoint(endpoint_id: str) -> None:
    """Make deliveries of what is new to an endpoint, and have its lanes sent."""
    from takedowns.webhooks.feeding import feed  # noqa: PLC0415 - models are not there at import

    feed(UUID(endpoint_id))
    send_due(UUID(endpoint_id))


@app.task(name="webhooks.send", queue="delivery", retry=3)
def send_lane(endpoint_id: str, lane: int) -> None:
    """Send what waits in a lane, in order, until one fails or is not due yet."""
    from takedowns.webhooks.sending import send_next  # noqa: PLC0415 - as above

    for _ in range(SENT_AT_ONCE):
        sent = send_next(UUID(endpoint_id), lane)
        if not sent.delivered:
            if sent.was_tried and sent.try_at is not None:
                _send_later(UUID(endpoint_id), lane, sent.try_at)
            return
    _send_soon(UUID(endpoint_id), lane)


@app.periodic(cron="* * * * *")
@app.task(name="webhooks.pick_up", queue="delivery", queueing_lock="pick up deliveries")
def pick_up(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute: tell what is due soon, and see to all that a killed worker or a lost job left behind."""
    from takedowns.access.actor import SYSTEM, acting_as  # noqa: PLC0415
    from takedowns.webhooks.feeding import tell_due_soon  # noqa: PLC0415 - as above
    from takedowns.webhooks.models import Endpoint  # noqa: PLC0415

    tell_due_soon()
    with acting_as(SYSTEM):
        active = list(Endpoint.objects.filter(disabled_at=None).values_list("pk", flat=True))
    for endpoint_id in active:
        feed_endpoint(str(endpoint_id))


@app.periodic(cron="41 3 * * *")
@app.task(name="webhooks.forget", queue="delivery", queueing_lock="forget deliveries")
def forget(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Each night, drop the log of deliveries that ended long ago."""
    from takedowns.webhooks.log import forget_old  # noqa: PLC0415 - as above

    forget_old()


def send_due(endpoint_id: UUID) -> None:
    """Queue the lanes of an endpoint in which something is due; a lane that is queued already is not queued twice."""
    from takedowns.webhooks.log import due_lanes  # noqa: PLC0415 - as above

    for lane in due_lanes(endpoint_id):
        _send_soon(endpoint_id, lane)


def _send_soon(endpoint_id: UUID, lane: int) -> None:
    try:
        send_lane.configure(queueing_lock=f"webhook {endpoint_id} {lane}").defer(
            endpoint_id=str(endpoint_id), lane=lane
        )
    except AlreadyEnqueued:
        return


def _send_later(endpoint_id: UUID, lane: int, at: datetime) -> None:
    send_lane.configure(schedule_at=at).defer(endpoint_id=str(endpoint_id), lane=lane)
