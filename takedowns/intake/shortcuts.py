"""What pages of a submission begin with: the submission that the actor may see, or 404."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from takedowns.intake.models import Submission
from takedowns.pages.access import StaffRequest
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404


def submission_or_404(
    request: StaffRequest, reference: str, submission_id: UUID
) -> tuple[Operation, Submission]:
    """Return an operation and one of its submissions that the actor may see.

    Raises:
        Http404: there is none, or it is not theirs to see.
    """
    operation = operation_or_404(request, reference)
    found = (
        Submission.objects.visible_to(request.actor)
        .filter(operation=operation, pk=submission_id)
        .select_related("agency", "submitted_by")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such submission, or another agency submitted it, or it was discarded."))
    return operation, found
