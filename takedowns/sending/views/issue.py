"""Issuing a removal order: each on a page of its own, on the document that is shown there."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.deconfliction.queries import standing_of
from takedowns.holds.services import is_on_hold
from takedowns.orders import issuing
from takedowns.orders.queries import order_of
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import removal_order_or_404
from takedowns.referrals.vocabulary import Status
from takedowns.sending.dispatch import DispatchError, issue_order
from takedowns.sending.views.dispatch import operation_to_coordinate


@staff
@opens(What.ORDER, "referral_id")
def order_issue(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show what would go to whom; on the button, issue this order and no other."""
    operation = operation_to_coordinate(request, reference)
    referral = removal_order_or_404(request, reference, referral_id)
    if request.method == "POST":
        try:
            made = issue_order(
                referral,
                request.POST.get("sha256", ""),
                by=request.actor,
                despite=str(referral.pk) in request.POST.getlist("despite"),
            )
        except DispatchError as error:
            messages.warning(request, str(error))
            return redirect("web:order-issue", operation.reference, referral.pk)
        return redirect("web:dispatched", operation.reference, made.pk)
    order = order_of(referral.pk, request.actor)
    is_approved = referral.status == Status.APPROVED
    lacks = [one.message for one in issuing.unready([referral.pk])] if is_approved else []
    if not is_approved:
        lacks = [_("It is not approved, or was issued already.")]
    elif is_on_hold(referral.item_id):
        lacks.append(_("There is a hold on it. It can be referred when the hold ends or is released."))
    return render(
        request,
        "sending/order_issue.html",
        {
            "operation": operation,
            "referral": referral,
            "reference": reference_of(operation.reference, referral.pk),
            "order": order,
            "lacks": lacks,
            "held": [one for one in standing_of(operation.pk)[1] if one.referral == referral.pk],
        },
    )
