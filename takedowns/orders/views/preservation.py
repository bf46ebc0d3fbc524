"""What providers preserve of what they took away: the list, and that somebody asked for longer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.orders.forms import PreservationForm
from takedowns.orders.preservation import (
    NOT_YOURS,
    SHOWN,
    PreservationError,
    extend,
    may_extend,
    preserved_orders,
)
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import removal_order_or_404


@staff
@opens(What.ORDERS)
def preserved(request: StaffRequest) -> HttpResponse:
    """List what is preserved, the first to end first; ``?only=running-out`` what ends soon."""
    only_soon = request.GET.get("only") == "running-out"
    now = timezone.now()
    lines = preserved_orders(request.actor, now, soon=only_soon)
    saw(request, (line.order.pk for line in lines))
    context = {"lines": lines, "only_soon": only_soon, "shown": SHOWN, "now": now}
    return render(request, "orders/preserved.html", context)


@staff
@opens(What.ORDER, "referral_id")
def order_preservation(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Ask until when, who asked and why, and record it."""
    referral = removal_order_or_404(request, reference, referral_id)
    if not may_extend(request.actor, referral):
        raise PermissionDenied(NOT_YOURS)
    form = PreservationForm(request.POST or None)
    operation = referral.operation
    if form.is_valid():
        try:
            extend(form.asked(referral.pk), by=request.actor)
        except PreservationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded."))
            return redirect("web:order", operation.reference, referral.pk)
    context = {
        "operation": operation,
        "outside": not referral.in_own_operation,  # type: ignore[attr-defined]
        "referral": referral,
        "reference": reference_of(operation.reference, referral.pk),
        "form": form,
        "title": _("Preserve it for longer"),
        "button": _("Record it"),
        "nothing": _("Nothing was recorded."),
        "back": reverse("web:order", args=[operation.reference, referral.pk]),
        "back_to": _("Back to the order"),
    }
    return render(request, "orders/order_form.html", context, status=422 if form.errors else 200)
