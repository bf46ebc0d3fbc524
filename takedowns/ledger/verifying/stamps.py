"""Time stamps against the heads that they are of."""

from __future__ import annotations

from cryptography.x509 import Certificate

from takedowns.ledger import timestamps
from takedowns.ledger.models import TimeStamp
from takedowns.ledger.receivers import NotTakenError
from takedowns.ledger.verifying.findings import Report


def check(report: Report, trusted: list[Certificate] | None) -> None:
    """Check each time stamp with the authority's certificates; without any, only count them. As the system."""
    for one in TimeStamp.objects.select_related("head").order_by("head").iterator():
        report.stamps += 1
        report.last_stamp = str(one)
        if trusted is None:
            continue
        try:
            found = timestamps.check(bytes(one.response), one.head.note, trusted)
        except NotTakenError as error:
            report.find("timestamp", one.head_id, f"head {one.head_id}", str(error))
            continue
        if found.tst_info.gen_time != one.at:
            report.find(
                "timestamp", one.head_id, f"head {one.head_id}", "Its row says another time than the stamp."
            )
