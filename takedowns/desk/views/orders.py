"""Removal orders at the desk: those that run, one with its hour and document, and what the platform says of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.desk.reader import AtTheDesk
from takedowns.desk.views.referral import line_or_404
from takedowns.directory.models import Platform
from takedowns.orders.forms import RECORDS
from takedowns.orders.models import PRESERVED_UNTIL, RemovalOrder
from takedowns.orders.queries import line_of, offered, running_at
from takedowns.orders.vocabulary import ClockState, Material
from takedowns.pages.access import StaffRequest, also_by_link, at_the_desk
from takedowns.referrals.reference import reference_of


@at_the_desk
@also_by_link
@opens(What.ORDERS)
def orders(request: StaffRequest, platform: str) -> HttpResponse:
    """List the orders that run, the first due first."""
    now = timezone.now()
    lines = running_at(platform, request.actor, now)
    saw(request, (line.order.pk for line in lines))
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "lines": lines,
        "overdue": sum(line.state == ClockState.OVERDUE for line in lines),
        "now": now,
    }
    return render(request, "desk/orders.html", context)


@at_the_desk
@also_by_link
@opens(What.ORDER, "referral_id")
def order(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Show an order: where its hour stands, what it says, and what can be said of it now."""
    found = _order_or_404(request, platform, referral_id)
    line = line_of(found, found.referral.operation, timezone.now())
    words = dict(Material.choices)
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "one": line_or_404(request, platform, referral_id).referral,
        "order": found,
        "line": line,
        "material": [words[code] for code in found.material],
        "records": [(kind, RECORDS[kind].title) for kind in offered(line.state, found.referral.status)],
    }
    return render(request, "desk/order.html", context)


@at_the_desk
@also_by_link
@opens(What.ORDER, "referral_id")
def order_pdf(request: StaffRequest, platform: str, referral_id: UUID) -> HttpResponse:
    """Send the document of an order, byte for byte as it was issued."""
    found = _order_or_404(request, platform, referral_id)
    name = reference_of(found.referral.operation.reference, found.pk)
    return HttpResponse(
        bytes(found.document or b""),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@at_the_desk
@also_by_link
@opens(What.ORDER, "referral_id")
def order_record(request: StaffRequest, platform: str, referral_id: UUID, kind: str) -> HttpResponse:
    """Take what the platform says: receipt, Annex II, Annex III, the end of an impediment."""
    found = _order_or_404(request, platform, referral_id)
    if kind not in RECORDS:
        raise Http404(_("There is nothing of that name to record."))
    form = RECORDS[kind](request.POST or None)
    if form.is_valid():
        done = form.record(found.pk, request.actor)
        if done.moved:
            messages.success(request, _("Recorded."))
            return redirect("web:desk-order", platform, referral_id)
        form.add_error(None, done.refused[0].message)
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "one": line_or_404(request, platform, referral_id).referral,
        "line": line_of(found, found.referral.operation, timezone.now()),
        "form": form,
        "nothing": _("Nothing was recorded."),
    }
    return render(request, "desk/order_record.html", context, status=422 if form.errors else 200)


def _order_or_404(request: StaffRequest, platform: str, referral_id: UUID) -> RemovalOrder:
    reader = AtTheDesk(request.actor, platform)
    found = (
        RemovalOrder.objects.visible_to(reader.actor)
        .annotate(preserved_until=PRESERVED_UNTIL)
        .filter(pk=referral_id, issued_at__isnull=False, referral__platform_id=platform)
        .select_related("referral__operation")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such removal order, or it was not issued to the platform."))
    return found
