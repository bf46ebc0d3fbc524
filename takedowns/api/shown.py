"""What belongs to a referral, as it is shown: wherever an address shows it, it reads the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from takedowns.api.serializers.evidence import NOT_SCANNED
from takedowns.complaints.models import Complaint
from takedowns.evidence.models import Evidence
from takedowns.orders.models import RemovalOrder
from takedowns.referrals.reference import reference_of
from takedowns.verification.models import Check


def check_shown(check: Check, referral_id: UUID, asking: UUID | None) -> dict[str, Any]:
    """Return a look, read with its agency, person and evidence. No statement.

    Args:
        referral_id: that was asked for; looks are of its item.
        asking: the agency that reads; it is told which of its own people looked.
    """
    agency = check.agency
    colleague = agency is not None and agency.pk == asking
    return {
        "id": check.pk,
        "referral_id": referral_id,
        "at": check.at,
        "seen": check.seen,
        "agency": agency.slug if agency else None,
        "by": check.by.email if check.by and colleague else None,
        "robot": check.robot or None,
        "reason": check.reason or None,
        "http_status": check.http_status,
        "note": check.note or None,
        "evidence": check.evidence.pk if check.evidence else None,
    }


def evidence_shown(one: Evidence) -> dict[str, Any]:
    """Return a file that an agency attached, read ``WITH_PEOPLE``. No statement."""
    gone, scan = one.taken_back, one.scanned
    return {
        "id": one.pk,
        "referral_id": one.referral_id,
        "filename": one.filename,
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
        "note": one.note or None,
        "at": one.at,
        "by": one.by.email if one.by else None,
        "taken_back": {
            "at": gone.at,
            "by": gone.by.email if gone.by else None,
            "reason": gone.reason,
        }
        if gone
        else None,
        "scan": {
            "outcome": scan.outcome if scan else NOT_SCANNED,
            "signature": (scan.signature or None) if scan else None,
            "engine": scan.engine if scan else None,
            "at": scan.at if scan else None,
            "released_at": scan.released_at if scan else None,
        },
        "does_by_itself": one.by_itself,
        "file": reverse("api:evidence-file", args=[one.pk]),
    }


def complaint_shown(complaint: Complaint) -> dict[str, Any]:
    """Return a complaint, and how it stands. No statement."""
    return {
        "id": complaint.pk,
        "referral_id": complaint.referral_id,
        "complainant": complaint.complainant,
        "received_at": complaint.received_at,
        "puid": complaint.puid or None,
        "explanation": complaint.explanation or None,
        "verdict": complaint.verdict or None,
        "decided_at": complaint.decided_at,
        "decision_explained": complaint.decision_explained or None,
        "recorded_at": complaint.recorded_at,
    }


def order_shown(order: RemovalOrder) -> dict[str, Any]:
    """Return what an order says, read with its operation and ``PRESERVED_UNTIL``. No statement."""
    return {
        "referral_id": order.pk,
        "reference": reference_of(order.referral.operation.reference, order.pk),
        "issued_at": order.issued_at,
        "received_at": order.received_at,
        "due_at": order.referral.due_at,
        "clock": str(order.state(timezone.now())),
        "material": order.material,
        "reasons": order.reasons,
        "further_information": order.further_information or None,
        "file_number": order.file_number or None,
        "content_provider_told": order.content_provider_told,
        "not_told_until": order.not_told_until,
        "stopped_at": order.stopped_at,
        "impediment": order.impediment or None,
        "preserve_until": order.preserved_until,  # type: ignore[attr-defined]
        "sha256": order.sha256,
        "document": reverse("api:order-document", args=[order.pk]),
    }
