"""Jobs of deconfliction."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="deconfliction.ask", queue="probes", queueing_lock="ask partners", lock="ask partners")
def ask_each_minute(timestamp: int) -> None:  # noqa: ARG001 - procrastinate passes it
    """Each minute, ask partners about what they were not asked today; nothing where the installation has none."""
    from takedowns.deconfliction.asking import ask_partners  # noqa: PLC0415 - models are not there at import

    ask_partners()
