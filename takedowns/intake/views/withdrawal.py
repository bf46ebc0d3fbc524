"""Withdrawing a whole submission: look at what each referral allows, then do it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.intake import withdrawal
from takedowns.intake.forms import WithdrawForm
from takedowns.intake.receive import IntakeError
from takedowns.intake.shortcuts import submission_or_404
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import whole_number


@staff
@opens(What.SUBMISSION, "submission_id")
def withdraw(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Show what withdrawing would do to each referral; withdraw, with the reason, what was shown."""
    operation, found = submission_or_404(request, reference, submission_id)
    if not withdrawal.may_withdraw(found, request.actor):
        raise PermissionDenied(
            _("Only officers, reviewers and coordinators of its agency withdraw a submission.")
        )
    if not found.can_be_withdrawn:
        return redirect("web:submission", operation.reference, found.pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        expected = whole_number(request.POST.get("expected", ""))
        try:
            done = withdrawal.withdraw(
                found.pk,
                request.user,
                reason=form.cleaned_data["reason"],
                expected=-1 if expected is None else expected,
            )
        except IntakeError as error:
            form.add_error(None, error.message)
        else:
            messages.success(
                request,
                ngettext(
                    "%(count)d referral was withdrawn.", "%(count)d referrals were withdrawn.", done.number
                )
                % {"count": done.number},
            )
            return redirect("web:submission", operation.reference, found.pk)
    told = withdrawal.look(found, by=request.actor)
    return render(
        request,
        "intake/submission_withdraw.html",
        {
            "operation": operation,
            "submission": found,
            "form": form,
            "told": told,
            "withdrawn": sorted(told.withdrawn.items(), key=lambda one: -one[1]),
            "staying": sorted(told.staying.items(), key=lambda one: -one[1]),
        },
        status=422 if form.errors else 200,
    )
