"""The tables against the entries: what a row says must be what its last entry, or the events of its referral, come to."""

from __future__ import annotations

from takedowns.ledger.verifying.findings import Report


def check(report: Report) -> None:
    """Compare the rows."""
