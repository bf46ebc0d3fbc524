"""Deconfliction: one's agency's holds, placing and releasing them, and what they keep back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.directory.hosts import declared_hosts
from takedowns.directory.models import Agency
from takedowns.holds import overrides
from takedowns.holds import services as service
from takedowns.holds.forms import OverrideForm, PlaceForm, PlaceOnReferralForm
from takedowns.holds.models import Hold
from takedowns.holds.queries import own_holds, running_out
from takedowns.holds.services import HoldError
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.permissions import coordinates, holds_for, sees_legal_holds
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404

CONFLICTS_SHOWN = 500
#: So long whose hold was lifted is told of it at the head of their page; in the list below it stays.
TOLD = timedelta(days=14)


@staff
@opens(What.HOLDS)
def holds(request: StaffRequest) -> HttpResponse:
    """List the holds of one's agencies, ``?only=running-out`` those that end soon; and take a new one."""
    agencies = holds_for(request.actor)
    if request.method != "POST":
        return _show(request, agencies, PlaceForm(agencies=agencies))
    _require(agencies)
    form = PlaceForm(request.POST, agencies=agencies)
    if form.is_valid():
        given = form.cleaned_data
        facts = {"agency_id": given["agency"].pk, "reason": given["reason"], "ends_at": given["ends_at"]}
        try:
            if given["outlet"]:
                hold = service.place(by=request.actor, outlet_id=given["outlet"].pk, **facts)
            else:
                hold = service.place_on_address(given["url"], declared_hosts(), by=request.actor, **facts)
        except HoldError as error:
            form.add_error("outlet" if given["outlet"] else "url", str(error))
        else:
            _tell(request, hold)
            return redirect("web:holds")
    return _show(request, agencies, form)


@staff
@opens(What.REFERRAL, "referral_id")
def hold_referral(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Place a hold on a referral's item or its outlet."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation, or it is not for your agency to see."))
    agencies = holds_for(request.actor)
    _require(agencies)
    form = PlaceOnReferralForm(request.POST or None, referral=found, agencies=agencies)
    if form.is_valid():
        given = form.cleaned_data
        on_outlet = given["on"] == "outlet" and found.item.outlet_id
        target = {"outlet_id": found.item.outlet_id} if on_outlet else {"item_id": found.item_id}
        try:
            hold = service.place(
                agency_id=given["agency"].pk,
                by=request.actor,
                reason=given["reason"],
                ends_at=given["ends_at"],
                **target,
            )
        except HoldError as error:
            form.add_error(None, str(error))
        else:
            _tell(request, hold)
            return redirect("web:referral", found.operation.reference, found.pk)
    context = {
        "operation": found.operation,
        "outside": not found.in_own_operation,  # type: ignore[attr-defined]
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
        "form": form,
    }
    return render(request, "holds/holds_place.html", context, status=422 if form.errors else 200)


@staff
@require_POST
def release_hold(request: StaffRequest, hold_id: UUID) -> HttpResponse:
    """Release a hold of one's agency before its end."""
    _require(holds_for(request.actor))
    try:
        service.release(hold_id, by=request.actor)
    except HoldError as error:
        raise Http404(str(error)) from error
    messages.success(request, _("The hold is released. What it kept back goes with the next dispatch."))
    return redirect("web:holds")


@staff
@opens(What.HOLDS)
def conflicts(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the coordinator what is approved and kept back by holds, not whose they are."""
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Conflicts are for the coordinators of the operation."))
    found = service.conflicts(operation, request.actor, CONFLICTS_SHOWN)
    saw(request, (one.pk for one in found))
    return render(
        request,
        "holds/holds_conflicts.html",
        {
            "operation": operation,
            "rows": [(one, reference_of(operation.reference, one.pk)) for one in found],
            "asked": overrides.asked_in(operation),
            "shown": CONFLICTS_SHOWN,
        },
    )


@staff
@opens(What.REFERRAL, "referral_id")
def override(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Ask that the holds on a referral be lifted; agree to what another coordinator asked for."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None or not found.in_own_operation:  # type: ignore[attr-defined]
        raise Http404(_("There is no such referral in this operation."))
    if not coordinates(request.actor, found.operation):
        raise PermissionDenied(_("Holds of others are lifted by two coordinators of the operation."))
    form = OverrideForm(request.POST if request.POST.get("do") == "ask" else None)
    try:
        if request.POST.get("do") == "agree":
            number = overrides.agree(found, by=request.actor)
            told = ngettext("%(count)d hold is lifted.", "%(count)d holds are lifted.", number)
            messages.success(request, told % {"count": number})
            if service.is_on_hold(found.item_id):
                messages.warning(
                    request, _("A hold that was placed after it was asked for still stands: ask anew.")
                )
            return redirect("web:conflicts", found.operation.reference)
        if form.is_valid():
            overrides.ask(found, form.cleaned_data["reason"], by=request.actor)
            messages.success(request, _("Asked for. The hold stands until another coordinator agrees."))
            return redirect("web:conflicts", found.operation.reference)
    except HoldError as error:
        messages.warning(request, str(error))
        return redirect("web:conflicts", found.operation.reference)
    context = {
        "operation": found.operation,
        "referral": found,
        "reference": reference_of(found.operation.reference, found.pk),
        "form": form,
        "asked": overrides.asked_for(found),
    }
    return render(request, "holds/holds_override.html", context, status=422 if form.errors else 200)


def _require(agencies: list[Agency]) -> None:
    if not agencies:
        raise PermissionDenied(
            _("Holds are placed and released by an agency's officers, reviewers and coordinators.")
        )


def _tell(request: StaffRequest, hold: Hold) -> None:
    messages.success(request, _("The hold is placed. Nothing it covers is referred while it stands."))
    if count := service.already_with_platforms(hold, by=request.actor):
        messages.warning(
            request,
            ngettext(
                "%(count)d referral of what it covers went to the platform before and stays there:"
                " withdraw it if it must not be acted on.",
                "%(count)d referrals of what it covers went to the platform before and stay there:"
                " withdraw what must not be acted on.",
                count,
            )
            % {"count": count},
        )


def _show(request: StaffRequest, agencies: list[Agency], form: PlaceForm) -> HttpResponse:
    standing, ended = own_holds(request.actor)
    if only_ending := request.GET.get("only") == "running-out":
        standing = list(running_out(request.actor))
    saw(request, (one.pk for one in (*standing, *ended)))
    return render(
        request,
        "holds/holds.html",
        {
            "form": form,
            "may_place": bool(agencies),
            "sees_legal_holds": sees_legal_holds(request.actor),
            "mine": {agency.pk for agency in agencies},
            "standing": standing,
            "only_ending": only_ending,
            "ended": ended,
            "lifted": [
                hold
                for hold in ended
                if (lifted := hold.override) and lifted.agreed_at and lifted.agreed_at > timezone.now() - TOLD
            ],
        },
        status=422 if form.errors else 200,
    )
