"""What an authority records beside orders: the list, recording, taking back."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.duties import services
from takedowns.duties.forms import DutyForm, TakeBackForm
from takedowns.duties.models import Duty
from takedowns.duties.services import DutyError, records_for
from takedowns.installation.switches import Way, needs
from takedowns.pages.access import StaffRequest, staff

SHOWN: Final = 200


@needs(Way.DUTIES)
@staff
@opens(What.ORDERS)
def duties(request: StaffRequest) -> HttpResponse:
    """List what was recorded, the latest first; record another."""
    agencies = records_for(request.actor)
    if request.method == "POST" and not agencies:
        raise PermissionDenied(_("Recording is for reviewers and coordinators of the authority."))
    form = DutyForm(request.POST or None, agencies=agencies) if agencies else None
    if form is not None and form.is_valid():
        try:
            services.record(form.told(), by=request.actor)
        except DutyError as error:
            form.add_error("at", str(error))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("web:duties")
    found = Duty.objects.visible_to(request.actor).select_related("agency", "platform", "recorded_by")
    rows = list(found[:SHOWN])
    saw(request, (one.pk for one in rows))
    return render(
        request,
        "duties/duties.html",
        {
            "form": form,
            "rows": rows,
            "shown": SHOWN,
            "own": {one.pk for one in agencies},
        },
        status=422 if form is not None and form.errors else 200,
    )


@needs(Way.DUTIES)
@staff
def duty_take_back(request: StaffRequest, duty_id: UUID) -> HttpResponse:
    """Ask why, and take back what was recorded by mistake."""
    if not records_for(request.actor):
        raise PermissionDenied(_("Recording is for reviewers and coordinators of the authority."))
    form = TakeBackForm(request.POST or None)
    if form.is_valid():
        try:
            services.take_back(duty_id, form.cleaned_data["reason"], by=request.actor)
        except DutyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is taken back and counts no longer."))
            return redirect("web:duties")
    return render(request, "duties/take_back.html", {"form": form}, status=422 if form.errors else 200)
