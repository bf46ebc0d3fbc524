"""Dispatch: what would go, one button, what went; and the files for platforms without the API."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.deconfliction.queries import standing_of
from takedowns.directory.models import Platform
from takedowns.orders import issuing
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.sending import dispatch as service
from takedowns.sending.dispatch import HELD_ELSEWHERE, DispatchError
from takedowns.sending.models import Dispatch, HandOff

REFUSED_SHOWN = 100
EARLIER_SHOWN = 20
HELD_SHOWN = 100
REFUSED = gettext_noop("Refused.")
WHY = {
    HELD_ELSEWHERE: gettext_noop(
        "On hold at a partner installation. It goes with the next dispatch in which it is ticked, or after that hold has ended."
    ),
    "on_hold": gettext_noop("On hold. It goes with a dispatch after the hold has ended or was released."),
    "not_allowed": gettext_noop("Moved on by somebody else at the same moment."),
    **issuing.WHY,
}


@staff
@opens(What.DISPATCH)
def dispatch(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what would go to whom, all or of one platform; on the button, refer it."""
    operation = operation_to_coordinate(request, reference)
    if request.method == "POST":
        try:
            made = service.dispatch(
                operation,
                by=request.actor,
                platform=request.POST.get("platform", ""),
                despite=[pk for text in request.POST.getlist("despite") if (pk := as_uuid(text))],
                orders=False,
            )
        except DispatchError as error:
            messages.warning(request, str(error))
            return redirect("web:dispatch", operation.reference)
        return redirect("web:dispatched", operation.reference, made.pk)
    standing, held = standing_of(operation.pk)
    everything = service.preview(operation, held)
    platform = request.GET.get("platform", "")
    if "first" in request.GET and (orders := _only_orders(everything)):
        return redirect(orders[0], operation.reference, *orders[1])
    lines = [line for line in everything if line.slug == platform] or everything
    one = lines[0] if len(lines) == 1 and lines[0].slug == platform else None
    going = [line for line in lines if line.ready]
    shown = {line.slug for line in lines}
    held = [waiting for waiting in service.no_orders(held) if waiting.platform in shown]
    return render(
        request,
        "sending/dispatch.html",
        {
            "operation": operation,
            "lines": lines,
            "one": one,
            "others": len(everything) > len(lines),
            "going": going,
            "ready": sum(line.ready for line in lines),
            "orders": sum(line.orders for line in lines),
            "order": next((line.order for line in lines if line.order), None),
            "unready": sum(line.unready for line in lines),
            "held_elsewhere": sum(line.held_elsewhere for line in lines),
            "on_hold": sum(line.on_hold for line in lines),
            "in_review": sum(line.in_review for line in lines),
            "partners": standing,
            "held": held[:HELD_SHOWN],
            "held_more": len(held[HELD_SHOWN:]),
            "earlier": Dispatch.objects.visible_to(request.actor)
            .filter(operation=operation)
            .select_related("by", "platform")
            .order_by("-id")[:EARLIER_SHOWN],
        },
    )


def _only_orders(lines: list[service.Line]) -> tuple[str, list[UUID]] | None:
    """Return the page, and what it is about, where nothing but removal orders waits: the one, or the list of several."""
    ordered = [line for line in lines if line.orders]
    if not ordered or any(line.ready for line in lines):
        return None
    if sum(line.orders for line in ordered) == 1 and ordered[0].order is not None:
        return "web:order-issue", [ordered[0].order]
    return "web:orders", []


@staff
@opens(What.DISPATCH, "dispatch_id")
def dispatched(request: StaffRequest, reference: str, dispatch_id: UUID) -> HttpResponse:
    """Show what one dispatch did: how many went where, what was refused and why, the files to hand off."""
    operation, made = _dispatch_or_404(request, reference, dispatch_id)
    files = {
        one.platform_id: one
        for one in made.hand_offs.defer("content", "bundle")
        .select_related("made_by")
        .prefetch_related("sendings")
    }  # the content may be megabytes
    names = dict(
        Platform.objects.filter(
            pk__in={*made.referred, *(one["platform"] for one in made.refused)}
        ).values_list("slug", "name")
    )
    refused = [UUID(one["referral"]) for one in made.refused[:REFUSED_SHOWN]]
    known = Referral.objects.visible_to(request.actor).select_related("item").in_bulk(refused)
    return render(
        request,
        "sending/dispatch_done.html",
        {
            "operation": operation,
            "dispatch": made,
            "lines": sorted(
                (names.get(slug, slug), slug, count, files.get(slug)) for slug, count in made.referred.items()
            ),
            "files": len(files),
            "by_hand": any(not one.sendings.all() for one in files.values()),
            "why": [
                (count, _(WHY.get(code, REFUSED)), code)
                for code, count in Counter(one["code"] for one in made.refused).most_common()
            ],
            "refused": [
                (known[one], reference_of(operation.reference, one), names.get(known[one].platform_id, ""))
                for one in refused
                if one in known
            ],
            "refused_more": len(made.refused) - len(refused),
        },
    )


@staff
@opens(What.DISPATCH, "dispatch_id")
def hand_off_csv(request: StaffRequest, reference: str, dispatch_id: UUID, platform: str) -> HttpResponse:
    """Send a hand-off file, byte for byte as it was made."""
    operation, made = _dispatch_or_404(request, reference, dispatch_id)
    file = HandOff.objects.filter(dispatch=made, platform_id=platform).first()
    if file is None:
        raise Http404(
            _("There is no file for this platform: it reads its referrals from the API, or none went to it.")
        )
    name = f"{operation.reference}-{platform}-{file.made_at:%Y%m%d-%H%M%S}Z.csv"
    return HttpResponse(
        bytes(file.content),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def operation_to_coordinate(request: StaffRequest, reference: str) -> Operation:
    """Return the operation, for its coordinators."""
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Dispatching is for the coordinators of the operation."))
    return operation


def _dispatch_or_404(request: StaffRequest, reference: str, dispatch_id: UUID) -> tuple[Operation, Dispatch]:
    operation = operation_to_coordinate(request, reference)
    made = Dispatch.objects.visible_to(request.actor).filter(operation=operation, pk=dispatch_id)
    found = made.select_related("by", "platform").first()
    if found is None:
        raise Http404(_("There is no such dispatch in this operation."))
    return operation, found
