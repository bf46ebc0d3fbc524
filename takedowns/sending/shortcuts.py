"""The hand-off that an address names."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from takedowns.pages.access import StaffRequest
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.sending.models import HandOff


def hand_off_or_404(request: StaffRequest, reference: str, dispatch_id: UUID, platform: str) -> HandOff:
    """Return a hand-off to somebody who coordinates its operation.

    Raises:
        Http404, PermissionDenied: there is none, or it is not for them.
    """
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied("Handing off is for the coordinators of the operation.")
    found = (
        HandOff.objects.filter(dispatch=dispatch_id, dispatch__operation=operation, platform_id=platform)
        .select_related("dispatch__operation", "platform__addressee")
        .defer("content")
        .first()
    )
    if found is None:
        raise Http404("There is no bundle for this platform: it reads the API, or none went to it.")
    return found
