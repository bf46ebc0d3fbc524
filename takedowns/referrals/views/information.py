"""Answering what a platform asked for before it decides."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.forms.information import InformationForm
from takedowns.referrals.permissions import may_inform
from takedowns.referrals.queries import question_of, visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.transitions import Move, apply
from takedowns.referrals.vocabulary import Status


@staff
@opens(What.REFERRAL, "referral_id")
def information(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show the question; take the answer, which gives the referral back to the platform."""
    operation = operation_or_404(request, reference)
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation."))
    if not may_inform(request.actor, found):
        raise PermissionDenied(
            _("Answering the platform is for the referral’s agency and the coordinators of the operation.")
        )
    form = InformationForm(request.POST or None)
    if form.is_valid():
        applied = apply(
            [Move(found.pk, "provide_information", {"answer": form.cleaned_data["answer"].strip()})],
            by=request.actor,
        )
        if applied.moved:
            messages.success(request, _("The platform has your answer."))
            return redirect("web:referral", operation.reference, found.pk)
        form.add_error(None, applied.refused[0].message)
    return render(
        request,
        "referrals/information.html",
        {
            "operation": operation,
            "referral": found,
            "reference": reference_of(operation.reference, found.pk),
            "question": question_of(found),
            "waits": found.status == Status.INFORMATION_REQUESTED,
            "form": form,
        },
        status=422 if form.errors else 200,
    )
