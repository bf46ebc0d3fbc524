"""Taking back a file that was attached by mistake: to another's referral, of the wrong screen, with a colleague's face in it.

Nothing is deleted: the row stays with its digest, and says who took it back and why. From then on auditors and administrators
alone open the file. It is the agency's that attached it to take back, and nobody else's.
"""

from __future__ import annotations

import logging
from typing import Final

from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.evidence.models import Evidence, EvidenceWithdrawal
from takedowns.evidence.services import MAY_ATTACH

logger = logging.getLogger(__name__)

LONGEST_REASON: Final = 500


class WithdrawalError(ValueError):
    """It was not taken back; the message says why."""


class NotYoursToWithdrawError(PermissionError):
    """Taking back is for officers, reviewers and coordinators of the agency that attached it."""


def withdraws(actor: Actor, evidence: Evidence) -> bool:
    """Tell whether the actor may take a piece back that nobody has taken back yet. No statement where it was read with that."""
    return evidence.taken_back is None and _is_theirs(evidence, actor)


def withdraw(evidence: Evidence, *, reason: str, by: Actor) -> EvidenceWithdrawal:
    """Take a piece of evidence back, for good. Three statements.

    Args:
        evidence: found among what is visible to the actor.
        reason: for everybody who may see the evidence.

    Raises:
        NotYoursToWithdrawError: not of the agency that attached it, or in no role that attaches.
        WithdrawalError: no reason, or somebody took it back before.
    """
    if not _is_theirs(evidence, by):
        raise NotYoursToWithdrawError
    reason = reason.strip()
    if not reason:
        raise WithdrawalError(_("Say why; everybody who may see the evidence reads it."))
    made = EvidenceWithdrawal(
        evidence=evidence, reason=reason[:LONGEST_REASON], by_id=by.user_id, agency_id=evidence.agency_id
    )
    with acting_as(SYSTEM):
        EvidenceWithdrawal.objects.bulk_create([made], ignore_conflicts=True)
        kept = EvidenceWithdrawal.objects.get(evidence=evidence)
    if (kept.by_id, kept.reason) != (
        by.user_id,
        made.reason,
    ):  # two at once: the first is the one that counts
        raise WithdrawalError(_("Somebody has taken it back already."))
    logger.warning("Evidence %s was taken back.", evidence.pk)
    return kept


def _is_theirs(evidence: Evidence, actor: Actor) -> bool:
    held = actor.roles.get(evidence.agency_id, frozenset())
    return not actor.platforms and bool(held & MAY_ATTACH)
