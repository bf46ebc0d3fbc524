"""Jobs of the house: what is looked at each minute so that somebody is told."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="operating.watch", queue="house", queueing_lock="watch the server")
def watch(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, say in the log which transaction has been open for too long, and see that the log's epoch is this server's.

    Each new connection sees to the epoch too; behind a pooler nobody notices that the server is another.
    """
    from takedowns.postgres.objects import keep_log_epoch  # noqa: PLC0415
    from takedowns.postgres.transactions import oldest  # noqa: PLC0415 - settings are not there at import

    keep_log_epoch("default")
    found = oldest()
    if found is not None and found.is_long:
        log.error(
            "A long transaction holds back platforms, webhooks and figures: %s. End it, or let the server bound it "
            "(idle_in_transaction_session_timeout, transaction_timeout).",
            found,
        )
