"""Comments on a referral: reading them, writing one, putting away where one was mentioned."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.comments import services
from takedowns.comments.forms import CommentForm
from takedowns.comments.queries import comments_of, unread_in
from takedowns.comments.services import CommentError
from takedowns.evidence.services import attaches_for
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Referral
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404


@staff
@opens(What.REFERRAL, "referral_id")
def comments(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """List what was said about a referral; take a further comment."""
    found = _referral(request, reference, referral_id)
    writes = attaches_for(request.actor, found) is not None
    if request.method == "POST" and not writes:
        raise PermissionDenied(
            _("Commenting is for officers, reviewers and coordinators of the agencies that work on it.")
        )
    known = services.colleagues(found, request.actor) if writes else []
    form = CommentForm(request.POST if request.method == "POST" else None, colleagues=known)
    if form.is_bound and form.is_valid():
        try:
            _made, people = services.comment(found, by=request.actor, **form.cleaned_data)
        except CommentError as error:
            form.add_error("also" if form.cleaned_data["also"] and not error.choices else "text", str(error))
            form.offer([one for fits in error.choices.values() for one in fits])
            if error.choices:
                form.add_error("chosen", _("Choose whom you mean."))
        else:
            names = ", ".join(one.name for one in people)
            told = _("Comment added. %(names)s will find it in their work.") % {"names": names}
            messages.success(request, told if people else _("Comment added. Nobody is mentioned."))
            return redirect("web:comments", found.operation.reference, found.pk)
    context = {
        "operation": found.operation,
        "outside": not found.in_own_operation,  # type: ignore[attr-defined]
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
        "comments": comments_of(found, request.actor),
        "writes": writes,
        "form": form,
        "colleagues": known,
        "asks_whom": bool(form.is_bound and form.errors.get("chosen")),
    }
    return render(request, "comments/comments.html", context, status=422 if form.errors else 200)


@staff
@opens(What.REFERRALS)
def mentions(request: StaffRequest, reference: str) -> HttpResponse:
    """List the comments of an operation that mention whoever asks and that they have not read, the longest ago in front."""
    operation = operation_or_404(request, reference)
    found = unread_in(operation, request.actor)
    saw(request, (one.referral_id for one in found))
    lines = [(one, reference_of(operation.reference, one.referral_id)) for one in found]
    return render(request, "comments/mentions.html", {"operation": operation, "lines": lines})


@require_POST
@staff
@opens(What.REFERRAL, "referral_id")
def read(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Put away where a referral's comments mention whoever asks."""
    found = _referral(request, reference, referral_id)
    services.mark_read(found, request.actor)
    messages.success(request, _("Marked as read."))
    return redirect("web:referral", found.operation.reference, found.pk)


def _referral(request: StaffRequest, reference: str, referral_id: UUID) -> Referral:
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation, or it is not for your agency to see."))
    return found
