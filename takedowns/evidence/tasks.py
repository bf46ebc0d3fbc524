"""Jobs of evidence."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="evidence.scan", queueing_lock="scan evidence", lock="scan evidence")
def scan_each_minute(timestamp: int = 0) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, and when something was attached, scan what waits; nothing where the installation has no scanner."""
    from takedowns.evidence.clamd import ScannerAwayError  # noqa: PLC0415 - models are not there at import
    from takedowns.evidence.scanning import scan_waiting  # noqa: PLC0415

    try:
        scan_waiting()
    except ScannerAwayError as error:
        logger.warning("Evidence is not scanned: %s", error)
