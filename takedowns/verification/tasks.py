"""Jobs of looking: the robots' rounds."""

from __future__ import annotations

from django.conf import settings
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued


@app.periodic(cron="* * * * *")
@app.task(name="verification.probe", queue="probes", queueing_lock="probe each minute")
def probe_each_minute(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, see that rounds go on; nothing is asked unless the installation wants probes."""
    if settings.PROBES:
        probe()


@app.task(name="verification.probe_round", queue="probes")
def probe() -> None:
    """Put a round of questions, and queue the next for when a lane is free again."""
    from takedowns.verification.probing.rounds import next_round_at, probe_round  # noqa: PLC0415 - models are not there at import

    if not settings.PROBES:
        return
    if not probe_round().verdicts:
        return  # the next minute's round sees whether something fell due
    at = next_round_at()
    try:
        probe.configure(queueing_lock="probe round", schedule_at=at).defer()
    except AlreadyEnqueued:
        return
