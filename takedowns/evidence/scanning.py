"""Looking for malware in evidence, where the settings name a scanner (clamd). What it finds is kept away, and never deleted.

A file that was attached is scanned by the worker within a moment; one that was not (the scanner was away) within a minute of its return.
What was too large or failed is tried again after a day, and what was clean when somebody says so: ``manage.py scan_evidence --again``.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence import clamd, store
from takedowns.evidence.models import Evidence, EvidenceScan
from takedowns.installation.identity import is_copy

logger = logging.getLogger(__name__)

Outcome = EvidenceScan.Outcome
AT_ONCE: Final = 50
AGAIN_AFTER: Final = timedelta(days=1)
#: To connect and be told what is there.
_HELLO_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Scanned:
    """How the evidence of this installation stands."""

    files: int
    found: int
    waiting: int


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


def scan_waiting(*, again: bool = False) -> int:
    """Scan what no scanner looked through yet, each file in a transaction of its own; return how many.

    Args:
        again: everything, with the signatures of today.

    Raises:
        ScannerAwayError: there is no scanner; what was not scanned waits.
    """
    if not is_on() or is_copy():
        return 0
    done, began, said = 0, timezone.now(), engine()
    while found := _waiting(began, again=again):
        for pk, sha256 in found:
            outcome, signature = _look(sha256)
            with acting_as(SYSTEM):
                EvidenceScan.objects.update_or_create(
                    evidence_id=pk,
                    defaults={
                        "outcome": outcome,
                        "signature": signature,
                        "engine": said,
                        "at": timezone.now(),
                    },
                )
            if outcome == Outcome.FOUND:
                logger.critical("Malware in evidence %s: %s. It is kept away.", pk, signature)
            done += 1
    return done


def standing() -> Scanned:
    """Return how many files there are, in how many something was found, and how many no scanner looked through. One statement."""
    with acting_as(SYSTEM):
        counted = Evidence.objects.aggregate(
            files=Count("pk"),
            found=Count("pk", filter=Q(scan__outcome=Outcome.FOUND)),
            waiting=Count(
                "pk", filter=Q(scan=None) | Q(scan__outcome__in=[Outcome.TOO_LARGE, Outcome.FAILED])
            ),
        )
    return Scanned(**counted)


def _waiting(began: object, *, again: bool) -> list[tuple[UUID, str]]:
    with acting_as(SYSTEM):
        found: QuerySet[Evidence] = Evidence.objects.order_by("at", "id")
        if again:
            found = found.filter(Q(scan=None) | Q(scan__at__lt=began))
        else:
            failed = Q(
                scan__outcome__in=[Outcome.TOO_LARGE, Outcome.FAILED],
                scan__at__lt=timezone.now() - AGAIN_AFTER,
            )
            found = found.filter(Q(scan=None) | failed)
        return list(found.values_list("pk", "sha256")[:AT_ONCE])


def _look(sha256: str) -> tuple[Outcome, str]:
    try:
        with store.path_of(sha256).open("rb") as file:
            found = clamd.scan(file, settings.MALWARE_SCANNER, settings.MALWARE_SCANNER_SECONDS)
    except clamd.NotScannedError as error:
        return Outcome.TOO_LARGE if error.too_large else Outcome.FAILED, str(error)[:200]
    except OSError:
        return Outcome.FAILED, "The file is not there."
    return (Outcome.FOUND, found[:200]) if found else (Outcome.CLEAN, "")
