"""Complaints: those of an operation, those about one referral; recorded and decided by its coordinators."""

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
from takedowns.complaints import services as service
from takedowns.complaints.forms import ComplaintDecisionForm, ComplaintForm
from takedowns.complaints.models import Complaint
from takedowns.complaints.queries import SHOWN, count_up, in_operation, listed
from takedowns.complaints.services import ACTED_ON
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404


@staff
@opens(What.COMPLAINTS)
def complaints(request: StaffRequest, reference: str) -> HttpResponse:
    """List an operation's complaints, the undecided first in the order in which they came."""
    operation = operation_or_404(request, reference)
    every = in_operation(operation, request.actor)
    found = list(listed(every))
    saw(request, (one.pk for one in found))
    return render(
        request,
        "complaints/complaints.html",
        {
            "operation": operation,
            "standing": count_up(every),
            "rows": [(one, reference_of(operation.reference, one.referral_id)) for one in found],
            "shown": SHOWN,
        },
    )


@staff
@opens(What.REFERRAL, "referral_id")
def complain(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show the complaints about one referral; record another."""
    operation, found = _referral(request, reference, referral_id)
    form = ComplaintForm(request.POST or None)
    if form.is_valid():
        recorded = service.record_complaints([form.told(found.pk)], by=request.actor)
        if not recorded.refused:
            messages.success(request, _("The complaint is recorded."))
            return redirect("web:complain", operation.reference, found.pk)
        form.add_error(None, recorded.refused[0].message)
    return _show(request, operation, found, form=form)


@require_POST
@staff
@opens(What.COMPLAINTS, "complaint_id")
def complaint_decide(
    request: StaffRequest, reference: str, referral_id: UUID, complaint_id: UUID
) -> HttpResponse:
    """Record how one complaint was decided."""
    operation, found = _referral(request, reference, referral_id)
    complaint = Complaint.objects.visible_to(request.actor).filter(referral=found, pk=complaint_id).first()
    if complaint is None:
        raise Http404(_("There is no such complaint."))
    decision = ComplaintDecisionForm(request.POST, prefix=str(complaint_id))
    if decision.is_valid():
        recorded = service.decide_complaints([decision.decided(complaint)], by=request.actor)
        if not recorded.refused:
            messages.success(request, _("The decision is recorded."))
            return redirect("web:complain", operation.reference, found.pk)
        decision.add_error(None, recorded.refused[0].message)
    return _show(request, operation, found, decision=decision)


def _show(
    request: StaffRequest,
    operation: Operation,
    found: Referral,
    *,
    form: ComplaintForm | None = None,
    decision: ComplaintDecisionForm | None = None,
) -> HttpResponse:
    told = list(Complaint.objects.visible_to(request.actor).filter(referral=found))
    acts = coordinates(request.actor, operation)
    decisions = [
        (
            one,
            (
                decision
                if decision is not None and decision.prefix == str(one.pk)
                else ComplaintDecisionForm(prefix=str(one.pk))
            )
            if acts and not one.verdict
            else None,
        )
        for one in told
    ]
    wrong = [one for one in (form, decision) if one is not None and one.errors]
    return render(
        request,
        "complaints/complain.html",
        {
            "operation": operation,
            "referral": found,
            "reference": reference_of(operation.reference, found.pk),
            "complaints": decisions,
            "acts": acts,
            "may_be_complained_about": found.status in ACTED_ON,
            "form": form or ComplaintForm(),
            "wrong": wrong[0] if wrong else None,
        },
        status=422 if wrong else 200,
    )


def _referral(request: StaffRequest, reference: str, referral_id: UUID) -> tuple[Operation, Referral]:
    operation = operation_or_404(request, reference)
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation."))
    if request.method == "POST" and not coordinates(request.actor, operation):
        raise PermissionDenied(_("Recording complaints is for the coordinators of the operation."))
    return operation, found
