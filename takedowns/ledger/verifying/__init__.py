"""Checking all of it: entries against seals, seals against signed heads, heads against witnesses, tables against entries."""

from takedowns.ledger.verifying.findings import Finding, Report
from takedowns.ledger.verifying.whole import verify

__all__ = ["Finding", "Report", "verify"]
