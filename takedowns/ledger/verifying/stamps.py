"""What others outside said of heads, against the heads that it is of: time stamps, and countersignatures of witnesses."""

from __future__ import annotations

from cryptography.x509 import Certificate

from takedowns.ledger import timestamps
from takedowns.ledger.models import Countersignature, TimeStamp
from takedowns.ledger.notes import NoteError, PublicKey, open_note
from takedowns.ledger.receivers import NotTakenError
from takedowns.ledger.verifying.findings import Report
from takedowns.ledger.verifying.heads import Heads


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


def check_witnesses(report: Report, heads: Heads, witnesses: list[PublicKey]) -> None:
    """Let each head that a witness countersigned be compared with the seals, and check the countersignature. As the system.

    A witness that is not named any more is no fault: its countersignatures are counted, and not checked.
    """
    for one in Countersignature.objects.order_by("head", "id").iterator():
        report.countersigned += 1
        report.last_countersigned = str(one)
        heads.take([one.note])
        known = [key for key in witnesses if str(key) == one.key]
        try:
            _, signed = open_note(one.note, known)
        except NoteError as error:
            report.find("witness", one.head_id, f"head {one.head_id}", str(error))
            continue
        if known and not signed:
            report.find(
                "witness",
                one.head_id,
                f"head {one.head_id}",
                "The countersignature is not there that its row says.",
            )
