"""A change of so many referrals that the worker does it: how far it is, what it refused, and stopping it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.search import long_changes
from takedowns.search.bulk_changes import BulkError, facts_of
from takedowns.search.models import LongChange


@staff
@opens(What.CHANGES, "change_id")
def long_change(request: StaffRequest, reference: str, change_id: UUID) -> HttpResponse:
    """Show a long change: how far it is while something is left, and what came of each portion."""
    operation, asked = _asked_or_404(request, reference, change_id)
    return render(request, "search/long_change.html", _told(request, operation, asked))


@staff
def progress(request: StaffRequest, reference: str, change_id: UUID) -> HttpResponse:
    """Answer with the progress bar; once nothing is left, lead the browser to the whole page."""
    operation, asked = _asked_or_404(request, reference, change_id)
    told = _told(request, operation, asked)
    if not told["is_going_on"]:
        return HttpResponseClientRedirect(reverse("web:bulk-long", args=[operation.reference, asked.pk]))
    return render(request, "search/parts/long_progress.html", told)


@require_POST
@staff
def long_stop(request: StaffRequest, reference: str, change_id: UUID) -> HttpResponse:
    """Begin no further portion."""
    operation, asked = _asked_or_404(request, reference, change_id)
    if not _may_stop(request):
        raise PermissionDenied(_("Changing referrals is for officers, reviewers and coordinators."))
    try:
        long_changes.stop(asked.pk, operation, by=request.actor)
    except BulkError as error:
        messages.warning(request, str(error))
    return redirect("web:bulk-long", operation.reference, asked.pk)


def _asked_or_404(request: StaffRequest, reference: str, change_id: UUID) -> tuple[Operation, LongChange]:
    operation = operation_or_404(request, reference)
    asked = (
        LongChange.objects.filter(operation=operation, pk=change_id)
        .select_related("by", "stopped_by")
        .first()
    )
    if asked is None:
        raise Http404(_("There is no such change in this operation."))
    return operation, asked


def _told(request: StaffRequest, operation: Operation, asked: LongChange) -> dict[str, object]:
    so_far = long_changes.progress_of(asked)
    return {
        "operation": operation,
        "asked": asked,
        "facts": facts_of(asked.given),
        "so_far": so_far,
        "is_going_on": so_far.job is not None,
        "may_stop": so_far.job is not None and _may_stop(request),
    }


def _may_stop(request: StaffRequest) -> bool:
    return bool(agencies_with_a_role(request.actor, MAY_CORRECT))
