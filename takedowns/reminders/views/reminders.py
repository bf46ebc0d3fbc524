"""What is done about a platform's silence: what will be sent when and to whom, what was sent, and where it is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.accounts.mail import mail_works
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.versions import lock
from takedowns.referrals.models import Operation
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_to_run
from takedowns.referrals.vocabulary import SilenceStep
from takedowns.reminders import ladder, taking
from takedowns.reminders.forms import LadderForm, RecipientsForm
from takedowns.reminders.ladder import Asked, LadderError
from takedowns.reminders.models import Ladder, Recipients, Reminder
from takedowns.reminders.silence import SHOWN, Ahead, Due, outlook

#: As many steps that were taken are shown.
TAKEN: int = 50


@staff
@opens(What.REFERRALS)
def reminders(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what is to come at each platform, of what a removal order is suggested, and what was done."""
    operation = operation_to_run(request, reference)
    is_on, hours = ladder.hours_of(operation)
    found = outlook(operation)
    saw(request, (one.referral_id for one in found.suggested))
    asked = ladder.asked_in(operation)
    names = {one.platform.pk: one.platform.name for one in asked}
    context = {
        "operation": operation,
        "is_on": is_on,
        "mails": mail_works(),
        "steps": [(step.label, hours[step]) for step in SilenceStep],
        "platforms": [
            (
                one,
                [
                    (SilenceStep(step.step).label, step)
                    for step in found.ahead
                    if step.platform_id == one.platform.pk
                ],
            )
            for one in asked
        ],
        "now": timezone.now(),
        "mail_language": settings.LANGUAGE_CODE,
        "sample": _sample(operation, asked, found.ahead),
        "suggested": [
            (
                one,
                reference_of(operation.reference, one.referral_id),
                names.get(one.platform_id, one.platform_id),
            )
            for one in found.suggested
        ],
        "suggested_number": found.number,
        "suggested_shown": SHOWN,
        "taken": Reminder.objects.visible_to(request.actor)
        .filter(operation=operation)
        .select_related("platform")
        .order_by("-at", "-id")[:TAKEN],
    }
    return render(request, "reminders/reminders.html", context)


@staff
@opens(What.ADMINISTRATION)
def times(request: StaffRequest, reference: str) -> HttpResponse:
    """Set after how many hours each step is taken."""
    operation = operation_to_run(request, reference)
    if request.method == "POST":
        lock(Ladder.objects.filter(pk=operation.pk))
    form = LadderForm(
        request.POST or None,
        hours=ladder.hours_of(operation)[1],
        changed=lambda: ladder.last_change_of(operation),
    )
    if form.is_valid():
        try:
            ladder.change(operation, form.hours(), by=request.actor)
        except LadderError as error:
            form.refuse(error)
        else:
            messages.success(request, _("The times are kept."))
            return redirect("web:reminders", operation.reference)
    context = {"operation": operation, "form": form}
    return render(request, "reminders/times.html", context, status=form.status)


@staff
@opens(What.ADMINISTRATION)
def recipients(request: StaffRequest, reference: str, slug: str) -> HttpResponse:
    """Say who is reminded at a platform."""
    operation = operation_to_run(request, reference)
    if request.method == "POST":
        lock(Recipients.objects.filter(operation=operation, platform=slug))
    asked = next((one for one in ladder.asked_in(operation) if one.platform.pk == slug), None)
    if asked is None:
        raise Http404(_("This platform takes no part in the operation."))
    form = RecipientsForm(
        request.POST or None, asked=asked, changed=lambda: ladder.recipients_changed(operation, slug)
    )
    if form.is_valid():
        try:
            ladder.name_recipients(operation, slug, **form.cleaned_data, by=request.actor)
        except LadderError as error:
            form.refuse(error)
        else:
            messages.success(
                request, _("It is kept who is reminded at %(platform)s.") % {"platform": asked.platform}
            )
            return redirect("web:reminders", operation.reference)
    context = {"operation": operation, "form": form, "asked": asked}
    return render(request, "reminders/recipients.html", context, status=form.status)


@require_POST
@staff
def switch(request: StaffRequest, reference: str) -> HttpResponse:
    """Switch reminders on or off, in the operation or for one platform."""
    operation = operation_to_run(request, reference)
    slug, is_on = request.POST.get("platform", ""), request.POST.get("to") == "on"
    try:
        if slug:
            ladder.switch_platform(operation, slug, is_on=is_on, by=request.actor)
        else:
            ladder.switch(operation, is_on=is_on, by=request.actor)
    except LadderError as error:
        messages.error(request, error.message)
    else:
        messages.success(
            request,
            _("Reminders are switched on.")
            if is_on
            else _("Reminders are switched off: nothing more is sent."),
        )
    return redirect("web:reminders", operation.reference)


@require_POST
@staff
def again(request: StaffRequest, reference: str, reminder_id: UUID) -> HttpResponse:
    """Send a reminder once more that the mail server did not take."""
    operation = operation_to_run(request, reference)
    try:
        taking.send_again(operation, reminder_id, by=request.actor)
    except LadderError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("It is sent again."))
    return redirect("web:reminders", operation.reference)


def _sample(operation: Operation, asked: list[Asked], ahead: Sequence[Ahead]) -> str:
    """Return the text of the mail that goes next, with one line instead of all; in the language in which it goes."""
    found = min((one for one in ahead if one.recipient), key=lambda one: one.first, default=None)
    if found is None:
        return ""
    platform = next(one.platform for one in asked if one.platform.pk == found.platform_id)
    line = Due(UUID(int=0), UUID(int=0), operation.pk, platform.pk, found.step, found.recipient, found.since)
    with translation.override(settings.LANGUAGE_CODE):
        return taking.text_of(found.step, operation, platform, [line])
