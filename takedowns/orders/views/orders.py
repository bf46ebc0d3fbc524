"""Removal orders: those that run, one with its hour, writing it, and what its provider says of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.roles import Role
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.installation.switches import Way, is_on
from takedowns.orders.drawing import draft_of, to_draw
from takedowns.orders.forms import RECORDS, OrderForm
from takedowns.orders.models import RemovalOrder
from takedowns.orders.parties import may_name_parties, may_write
from takedowns.orders.preservation import may_extend, requests_of
from takedowns.orders.queries import SHOWN, lacking, line_of, offered, order_of, running_orders, to_write
from takedowns.orders.vocabulary import ClockState, Material
from takedowns.orders.writing import lock_to_write, write_orders
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role, coordinates
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404, removal_order_or_404
from takedowns.referrals.vocabulary import Status


@staff
@opens(What.ORDERS)
def orders(request: StaffRequest, reference: str) -> HttpResponse:
    """List the orders that run, the first due first, and those that lack something.

    ``?only=clock``: those whose hour runs; ``?only=unwritten``: those that are the reader's to write.
    """
    operation = operation_or_404(request, reference)
    if request.GET.get("only") == "unwritten":
        return _to_write(request, operation)
    now = timezone.now()
    only_clock = request.GET.get("only") == "clock"
    lines = running_orders(operation, request.actor, now, only_clock=only_clock)
    unready, unwritten, ready = lacking(operation, request.actor)
    names_parties = may_name_parties(request.actor, operation)
    saw(
        request,
        [
            *(line.order.pk for line in lines),
            *(one.referral.pk for one in unready),
            *(referral.pk for referral, _reference in (*unwritten, *ready)),
        ],
    )
    return render(
        request,
        "orders/orders.html",
        {
            "operation": operation,
            "lines": lines,
            "only_clock": only_clock,
            "overdue": sum(line.state == ClockState.OVERDUE for line in lines),
            "unready": unready,
            "unwritten": unwritten,
            "ready": ready,
            "issues": bool(ready) and coordinates(request.actor, operation),
            "names_parties": names_parties,
            "duties": is_on(Way.DUTIES),
            "notices_of": _notices_of(
                request, operation, [one.referral.agency_id for one in unready], names_parties=names_parties
            ),
            "now": now,
        },
    )


@staff
@opens(What.ORDER, "referral_id")
def order(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show an order: where its hour stands, what it says, and what can be recorded now."""
    referral = removal_order_or_404(request, reference, referral_id)
    operation, found, now = referral.operation, order_of(referral_id, request.actor), timezone.now()
    line = line_of(found, operation, now) if found else None
    coordinating = coordinates(request.actor, operation)
    kinds = offered(line.state, referral.status) if line and coordinating else ()
    words = dict(Material.choices)
    until = found.preserved_until if found else None  # type: ignore[attr-defined]
    return render(
        request,
        "orders/order.html",
        {
            "operation": operation,
            "outside": not referral.in_own_operation,  # type: ignore[attr-defined]
            "referral": referral,
            "reference": reference_of(operation.reference, referral.pk),
            "order": found,
            "line": line,
            "drawable": found is not None and not found.sha256 and to_draw([referral.pk]).exists(),
            "material": [words[code] for code in found.material] if found else [],
            "records": [(kind, RECORDS[kind].title) for kind in kinds],
            "preserved_until": until,
            "is_preserved": until is not None and until > now,
            "requests": requests_of(referral_id) if until else [],
            "extends": until is not None and until > now and may_extend(request.actor, referral),
            "issues": coordinating and found is not None and referral.status == Status.APPROVED,
            "writes": referral.status in (Status.SUBMITTED, Status.APPROVED)
            and may_write(request.actor, referral, written=found is not None),
        },
    )


@staff
@opens(What.ORDER, "referral_id")
def order_pdf(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Send the document of an order, byte for byte as it was approved; until then a draft of it, dated now."""
    referral = removal_order_or_404(request, reference, referral_id)
    found = RemovalOrder.objects.visible_to(request.actor).filter(pk=referral_id).first()
    drawn = found.document if found else None
    draft = draft_of(referral_id) if found and drawn is None and referral.referred_at is None else None
    if drawn is None and draft is None:
        raise Http404(
            _("This order has no document: it is not written, or its agency has no issuing authority.")
        )
    name = reference_of(referral.operation.reference, referral.pk) + ("-draft" if drawn is None else "")
    return HttpResponse(
        bytes(drawn or draft or b""),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


@staff
@opens(What.ORDER, "referral_id")
def order_write(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Take in what an order says, until it is issued."""
    referral = removal_order_or_404(request, reference, referral_id)
    if request.method == "POST":
        lock_to_write(referral.pk)
        referral = removal_order_or_404(request, reference, referral_id)
    kept = order_of(referral_id, request.actor)
    if not may_write(request.actor, referral, written=kept is not None):
        raise PermissionDenied(
            _(
                "Writing an order is for its agency and the operation’s coordinator; "
                "once it is approved, for reviewers and coordinators alone."
            )
        )
    form = OrderForm.of(
        kept, request.user.get_full_name(), request.POST if request.method == "POST" else None
    )
    if form.is_valid():
        done = write_orders([referral.pk], form.text(), by=request.actor)
        if done.moved:
            messages.success(
                request, _("The order is written. It is issued with the next dispatch after approval.")
            )
            return redirect("web:order", referral.operation.reference, referral.pk)
        form.add_error(None, done.refused[0].message)
    return _show_form(
        request,
        referral,
        form,
        title=_("Write the order"),
        button=_("Save the order"),
        nothing=_("The order was not written."),
    )


@staff
@opens(What.ORDER, "referral_id")
def order_record(request: StaffRequest, reference: str, referral_id: UUID, kind: str) -> HttpResponse:
    """Record what the provider says: receipt, Annex II, Annex III, the end of an impediment."""
    referral = removal_order_or_404(request, reference, referral_id)
    if kind not in RECORDS:
        raise Http404("There is nothing of that name to record.")
    if not coordinates(request.actor, referral.operation):
        raise PermissionDenied("Recording what a platform says is for the coordinators of the operation.")
    form = RECORDS[kind](request.POST or None)
    if form.is_valid():
        done = form.record(referral.pk, request.actor)
        if done.moved:
            messages.success(request, _("Recorded."))
            return redirect("web:order", referral.operation.reference, referral.pk)
        form.add_error(None, done.refused[0].message)
    return _show_form(
        request,
        referral,
        form,
        title=form.title,
        button=form.button,
        nothing=_("Nothing was recorded."),
    )


def _to_write(request: StaffRequest, operation: Operation) -> HttpResponse:
    own = agencies_with_a_role(request.actor, MAY_CORRECT)
    found = to_write(
        operation, request.actor, agencies=own, coordinates=coordinates(request.actor, operation)
    )
    saw(request, [referral.pk for referral, _reference in found])
    return render(
        request,
        "orders/orders_to_write.html",
        {"operation": operation, "found": found, "is_more": len(found) == SHOWN, "most": SHOWN},
    )


def _show_form(
    request: StaffRequest, referral: Referral, form: object, *, title: str, button: str, nothing: str
) -> HttpResponse:
    operation = referral.operation
    wrong = 422 if getattr(form, "errors", None) else 200
    context = {
        "operation": operation,
        "outside": not referral.in_own_operation,  # type: ignore[attr-defined]
        "referral": referral,
        "reference": reference_of(operation.reference, referral.pk),
        "form": form,
        "title": title,
        "button": button,
        "nothing": nothing,
        "back": reverse("web:order", args=[operation.reference, referral.pk]),
        "back_to": _("Back to the order"),
    }
    return render(request, "orders/order_form.html", context, status=getattr(form, "status", wrong))


def _notices_of(
    request: StaffRequest, operation: Operation, agency_ids: list[UUID], *, names_parties: bool
) -> set[UUID]:
    """Return the agencies whose notice before a first order the actor may record. No statement but for an administrator."""
    if names_parties and (
        not request.actor.has_role(Role.ADMINISTRATOR) or coordinates(request.actor, operation)
    ):
        return set(agency_ids)
    return set(agency_ids) & set(agencies_with_a_role(request.actor, MAY_CORRECT))
