"""After a decision: taking it back, leaving the queue, and what was sent back to whoever submitted it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_exact_moment, as_uuid, whole_number
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.review import leases
from takedowns.review import returned as service
from takedowns.review.services import decided_in, undo
from takedowns.review.views.shared import LAST, operation_to_review, tell


@require_POST
@staff
def take_back(request: StaffRequest, reference: str) -> HttpResponse:
    """Take decisions back that were not sent; they wait for review again."""
    operation = operation_to_review(request, reference)
    transaction = whole_number(request.POST.get("decided", ""))
    mine = [] if transaction is None else decided_in(transaction, operation, by=request.actor)
    tell(request, operation, "undo", undo(mine, by=request.actor))
    request.session.pop(LAST, None)
    return redirect("web:review", operation.reference)


@require_POST
@staff
def leave(request: StaffRequest, reference: str) -> HttpResponse:
    """Free what the reviewer has open, for the next colleague; the browser sends this when the page is left."""
    operation_to_review(request, reference)
    if (until := as_exact_moment(request.POST.get("until", ""))) is not None:
        leases.free(request.actor, until)
    return HttpResponse(status=204)


@staff
@opens(What.REFERRALS)
def returned(request: StaffRequest, reference: str) -> HttpResponse:
    """List what was sent back to the actor with the note; submit it again."""
    operation = operation_or_404(request, reference)
    if not agencies_with_a_role(request.actor, MAY_CORRECT):
        raise PermissionDenied(
            _("Submitting again is for whoever submits: officers, reviewers and coordinators.")
        )
    if request.method == "POST":
        chosen = [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]
        outcome = service.resubmit(chosen, by=request.actor, answer=request.POST.get("answer", "")[:500])
        if not (outcome.moved or outcome.refused):
            messages.warning(request, _("Nothing was submitted again: tick what you put right."))
        tell(request, operation, "resubmit", outcome)
        return redirect("web:returned", operation.reference)
    found = service.sent_back_to(operation, request.actor)
    saw(request, (one.referral.pk for one in found))
    context = {
        "operation": operation,
        "rows": [(one, reference_of(operation.reference, one.referral.pk)) for one in found],
    }
    return render(request, "review/returned.html", context)
