"""Looking for malware in evidence, where the settings name a scanner (clamd). What it finds is kept away, and never deleted.

A file that was attached is scanned by the worker within a moment; one that was not (the scanner was away) within a minute of its return.
What was too large or failed is tried again after a day, and what was clean when somebody says so: ``manage.py scan_evidence --again``.

What was found stands, whatever a scanner says later (other signatures, a file that it cannot read any more), for each piece with the
same bytes, also one that is attached afterwards. An administrator says that it was wrong, and why (:func:`release`).
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import User
from takedowns.evidence import clamd, store
from takedowns.evidence.models import Evidence, EvidenceScan, finding_stands
from takedowns.installation.identity import is_copy

logger = logging.getLogger(__name__)

Outcome = EvidenceScan.Outcome
AT_ONCE: Final = 50
AGAIN_AFTER: Final = timedelta(days=1)
#: To connect and be told what is there.
_HELLO_SECONDS: Final = 5.0
LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Scanned:
    """How the evidence of this installation stands."""

    files: int
    found: int
    waiting: int


@dataclass(slots=True)
class Looked:
    """What was looked through now.

    Attributes:
        files: how many.
        found_no_more: the digests of those in which nothing is found any more: what was found stands all the same.
    """

    files: int = 0
    found_no_more: list[str] = field(default_factory=list)


class ReleaseError(ValueError):
    """A finding was not taken back; the message says why."""


def is_on() -> bool:
    """Tell whether files are scanned."""
    return bool(settings.MALWARE_SCANNER)


def scan_soon() -> None:
    """Let the worker scan what was attached, in the transaction in which it is."""
    if is_on():
        with suppress(AlreadyEnqueued):
            app.configure_task("evidence.scan", allow_unknown=False).defer()


def engine() -> str:
    """Return what the scanner says it is.

    Raises:
        ScannerAwayError: there is none.
    """
    return clamd.version(settings.MALWARE_SCANNER, _HELLO_SECONDS)


def scan_waiting(*, again: bool = False) -> Looked:
    """Scan what no scanner looked through yet, each file in a transaction of its own.

    Args:
        again: everything, with the signatures of today.

    Raises:
        ScannerAwayError: there is no scanner; what was not scanned waits.
    """
    looked = Looked()
    if not is_on() or is_copy():
        return looked
    said, after = engine(), ""
    while found := _waiting(after, again=again):
        for after, stands in found:
            outcome, signature = _look(after)
            with acting_as(SYSTEM):
                note(after, outcome, signature, said)
            looked.files += 1
            if outcome == Outcome.FOUND:
                logger.critical("Malware in evidence with SHA-256 %s: %s. It is kept away.", after, signature)
            elif stands:
                looked.found_no_more.append(after)
    return looked


def note(sha256: str, outcome: str, signature: str, said: str) -> None:
    """Note what a scanner says of a file, for each piece of evidence that is this file. One statement.

    What was found stands, and what a person said of that finding does, unless something else is found.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO evidence_evidencescan AS scan (evidence_id, outcome, signature, engine, at)
            SELECT id, %s, %s, %s, now() FROM evidence_evidence WHERE sha256 = %s
            ON CONFLICT (evidence_id) DO UPDATE SET
                outcome = EXCLUDED.outcome, signature = EXCLUDED.signature, engine = EXCLUDED.engine, at = EXCLUDED.at,
                released_at = NULL, released_by_id = NULL, release_reason = ''
            WHERE scan.outcome <> 'found' OR (EXCLUDED.outcome = 'found' AND EXCLUDED.signature <> scan.signature)
            """,
            [outcome, signature, said, sha256],
        )


def carry_over(digests: Collection[str]) -> None:
    """Let what was found in a file hold for what has just been attached with the same bytes. One statement, as the system."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO evidence_evidencescan (
                evidence_id, outcome, signature, engine, at, released_at, released_by_id, release_reason
            )
            SELECT DISTINCT ON (fresh.id) fresh.id, scan.outcome, scan.signature, scan.engine, scan.at,
                   scan.released_at, scan.released_by_id, scan.release_reason
            FROM evidence_evidence AS fresh
            JOIN evidence_evidence AS before ON before.sha256 = fresh.sha256 AND before.id <> fresh.id
            JOIN evidence_evidencescan AS scan ON scan.evidence_id = before.id AND scan.outcome = 'found'
            WHERE fresh.sha256 = ANY (%s)
            ORDER BY fresh.id, scan.at DESC
            ON CONFLICT (evidence_id) DO NOTHING
            """,
            [list(digests)],
        )


def release(sha256: str, *, reason: str, by: User) -> int:
    """Say that what was found in a file is no malware: it is opened again, wherever it is attached. Recorded in the ledger.

    Returns:
        How many pieces of evidence it is.

    Raises:
        ReleaseError: not an administrator, no reason, or no finding stands.
    """
    reason = reason.strip()
    with acting_as(SYSTEM):
        if not (by.is_active and by.memberships.filter(role=Role.ADMINISTRATOR).exists()):
            raise ReleaseError("That a finding was wrong is said by an administrator.")
        if not reason:
            raise ReleaseError("Say why it was wrong; everybody who may see the evidence reads it.")
        found = EvidenceScan.objects.filter(finding_stands(), evidence__sha256=sha256)
        released = found.update(
            released_at=timezone.now(), released_by=by, release_reason=reason[:LONGEST_REASON]
        )
    if not released:
        raise ReleaseError("No finding stands on a file with this SHA-256.")
    logger.warning("Malware was said to be none in the evidence with SHA-256 %s.", sha256)
    return released


def standing() -> Scanned:
    """Return how many files there are, in how many something was found, and how many no scanner looked through. One statement."""
    with acting_as(SYSTEM):
        counted = Evidence.objects.aggregate(
            files=Count("pk"),
            found=Count("pk", filter=finding_stands("scan__")),
            waiting=Count(
                "pk", filter=Q(scan=None) | Q(scan__outcome__in=[Outcome.TOO_LARGE, Outcome.FAILED])
            ),
        )
    return Scanned(**counted)


def _waiting(after: str, *, again: bool) -> list[tuple[str, bool]]:
    """Return the next files to look through, by digest, each with whether a finding stands on it."""
    failed = Q(
        scan__outcome__in=[Outcome.TOO_LARGE, Outcome.FAILED], scan__at__lt=timezone.now() - AGAIN_AFTER
    )
    with acting_as(SYSTEM):
        found = Evidence.objects.filter(sha256__gt=after).order_by("sha256").values("sha256")
        if not again:
            found = found.filter(Q(scan=None) | failed)
        stands = Count("pk", filter=finding_stands("scan__"))
        return [(one["sha256"], one["stands"] > 0) for one in found.annotate(stands=stands)[:AT_ONCE]]


def _look(sha256: str) -> tuple[Outcome, str]:
    try:
        with store.path_of(sha256).open("rb") as file:
            found = clamd.scan(file, settings.MALWARE_SCANNER, settings.MALWARE_SCANNER_SECONDS)
    except clamd.NotScannedError as error:
        return Outcome.TOO_LARGE if error.too_large else Outcome.FAILED, str(error)[:200]
    except FileNotFoundError:
        return Outcome.FAILED, "The file is not there."
    except OSError as error:
        return Outcome.FAILED, f"The file could not be read: {error.strerror or error}"[:200]
    return (Outcome.FOUND, found[:200]) if found else (Outcome.CLEAN, "")
