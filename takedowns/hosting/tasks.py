"""Jobs of hosts that are no platform."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="hosting.look_up", queue="probes")
def look_up(domain: str, host: str) -> None:
    """Ask registries whom to tell of abuse of a host."""
    from takedowns.hosting import contacts  # noqa: PLC0415 - models are not there at import

    contacts.look_up(domain, host)
