"""Complaints at the desk: those about what the platform did, told and decided by its own people."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.complaints import services as service
from takedowns.complaints.forms import ComplaintDecisionForm, ComplaintForm
from takedowns.complaints.models import Complaint
from takedowns.complaints.queries import SHOWN, at_platform, count_up, listed
from takedowns.complaints.services import ACTED_ON
from takedowns.desk.views.referral import line_or_404
from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, at_the_desk
from takedowns.referrals.reference import reference_of


@at_the_desk
@opens(What.COMPLAINTS)
def complaints(request: StaffRequest, platform: str) -> HttpResponse:
    """List the complaints about what the platform did, the undecided first in the order in which they came."""
    mine = at_platform(platform, request.actor)
    found = list(listed(mine))
    saw(request, (one.pk for one in found))
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "standing": count_up(mine),
        "rows": [(one, reference_of(one.referral.operation.reference, one.referral_id)) for one in found],
        "shown": SHOWN,
    }
    return render(request, "desk/complaints.html", context)


@at_the_desk
@opens(What.REFERRAL, "referral_id")
def complain(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Show the complaints about one referral; tell of another."""
    form = ComplaintForm(request.POST or None)
    if form.is_valid():
        line_or_404(request, platform, referral_id)
        recorded = service.record_complaints([form.told(referral_id)], by=request.actor)
        if not recorded.refused:
            messages.success(request, _("The complaint is recorded."))
            return redirect("web:desk-complain", platform, referral_id)
        form.add_error(None, recorded.refused[0].message)
    return _show(request, platform, referral_id, form=form)


@require_POST
@at_the_desk
@opens(What.REFERRAL, "referral_id")
def complaint_decide(
    request: StaffRequest, platform: str, referral_id: UUID, complaint_id: UUID
) -> HttpResponse:
    """Decide one complaint; one that is upheld puts the item back, unless its box is cleared."""
    about = at_platform(platform, request.actor).filter(referral=referral_id, pk=complaint_id)
    complaint = about.first()
    if complaint is None:
        raise Http404(_("There is no such complaint."))
    decision = ComplaintDecisionForm(request.POST, prefix=str(complaint_id))
    if decision.is_valid():
        recorded = service.decide_complaints([decision.decided(complaint)], by=request.actor)
        if not recorded.refused:
            messages.success(request, _("The decision is recorded."))
            return redirect("web:desk-complain", platform, referral_id)
        decision.add_error(None, recorded.refused[0].message)
    return _show(request, platform, referral_id, decision=decision)


def _show(
    request: StaffRequest,
    platform: str,
    referral_id: UUID,
    *,
    form: ComplaintForm | None = None,
    decision: ComplaintDecisionForm | None = None,
) -> HttpResponse:
    one = line_or_404(request, platform, referral_id).referral
    told = Complaint.objects.visible_to(request.actor).filter(referral=referral_id)
    wrong = next((it for it in (form, decision) if it is not None and it.errors), None)
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "one": one,
        "complaints": [(it, _decision_on(it, decision)) for it in told],
        "may_be_complained_about": one["status"] in ACTED_ON,
        "form": form or ComplaintForm(),
        "wrong": wrong,
    }
    return render(request, "desk/complain.html", context, status=422 if wrong else 200)


def _decision_on(complaint: Complaint, given: ComplaintDecisionForm | None) -> ComplaintDecisionForm | None:
    if complaint.verdict:
        return None
    if given is not None and given.prefix == str(complaint.pk):
        return given
    return ComplaintDecisionForm(prefix=str(complaint.pk))
