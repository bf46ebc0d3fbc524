"""Bringing a file or a pasted list, which is then previewed; and the template to fill in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from takedowns.installation.switches import Way, is_on
from takedowns.intake.confirm import put_in_place_of
from takedowns.intake.forms import HandInForm, agencies_to_hand_in_for
from takedowns.intake.models import Submission
from takedowns.intake.receive import IntakeError, Loading, Received, receive, why_not_open
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.readers import FIELDS, ROW_FIELDS
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.tabular import csv_lines

#: In the order of FIELDS; the address is invented.
EXAMPLE = (
    "https://t.me/demo_example/12",
    "message",
    "2",
    "en",
    "Example Outlet",
    "",
    "",
    "2019-11-21 14:05",
    "delete this row",
)
REPEATED = gettext_noop(
    "This list was submitted before, byte for byte, so nothing was changed. This is the report of the first time."
)


@staff
def hand_in(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the form; take what is sent and go on to its preview."""
    operation = operation_or_404(request, reference)
    agencies = agencies_to_hand_in_for(request.actor, operation)
    if not agencies:
        raise PermissionDenied(
            _(
                "Submitting is for officers, reviewers and coordinators of an agency that takes part in the operation."
            )
        )
    if request.method != "POST":
        before = _brought_before(request, operation)
        form = HandInForm(
            agencies=agencies,
            instrument=(before and before.instrument) or operation.default_instrument,
            initial=_as_it_was(before) if before else {},
        )
        return _show(request, operation, form)
    form = HandInForm(request.POST, request.FILES, agencies=agencies, instrument=operation.default_instrument)
    if not form.is_valid():
        return _show(request, operation, form, status=422)
    try:
        received = _receive(request, operation, form)
    except IntakeError as error:
        form.add_error(None, str(error))
        return _show(request, operation, form, status=422)
    if received.submission.state == Submission.State.PREVIEWED:
        if (before := _brought_before(request, operation)) is not None:
            put_in_place_of(before.pk, received.submission.pk, request.user)
        return redirect("web:preview", operation.reference, received.submission.pk)
    if received.repeated:
        messages.info(request, _(REPEATED))
    return redirect("web:submission", operation.reference, received.submission.pk)


@staff
def template_csv(request: StaffRequest, reference: str) -> HttpResponse:
    """Send a list to fill in: the headers that are read, and one row of an invented item."""
    operation = operation_or_404(request, reference)
    return HttpResponse(
        "".join(csv_lines((ROW_FIELDS if is_on(Way.HASHES) else FIELDS, EXAMPLE), bom=True)),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{operation.reference}-template.csv"'},
    )


def _receive(request: StaffRequest, operation: Operation, form: HandInForm) -> Received:
    file, given = form.cleaned_data["file"], form.cleaned_data
    return receive(
        operation=operation,
        agency=given["agency"],
        user=request.user,
        source=Submission.Source.FILE if file else Submission.Source.PASTE,
        filename=file.name if file else "",
        loading=Loading.PREVIEW,
        instrument=given["instrument"],
        content=file.file if file else given["pasted"].encode(),
    )


def _changes(request: StaffRequest) -> UUID | None:
    """Return the id of the list that this one is to come in the place of."""
    return as_uuid(request.POST.get("from", "") or request.GET.get("from", ""))


def _brought_before(request: StaffRequest, operation: Operation) -> Submission | None:
    """Return the list of one's own, not handed in yet, that one comes back from to change it."""
    named = _changes(request)
    if named is None:
        return None
    drafts = Submission.objects.visible_to(request.actor).drafts_of(request.actor)
    return drafts.filter(operation=operation, pk=named).first()


def _as_it_was(before: Submission) -> dict[str, Any]:
    """Return what was filled in; a file cannot be put into a browser's field again."""
    pasted = ""
    if before.source == Submission.Source.PASTE:
        with before.content.open("rb") as content:
            pasted = content.read().decode("utf-8", "replace")
    return {"pasted": pasted, "agency": before.agency_id}


def _show(request: StaffRequest, operation: Operation, form: HandInForm, status: int = 200) -> HttpResponse:
    drafts = Submission.objects.visible_to(request.actor).drafts_of(request.actor)
    context = {
        "operation": operation,
        "form": form,
        "not_open": why_not_open(operation),
        "changes": _changes(request),
        "draft": drafts.filter(operation=operation).order_by("-received_at", "-pk").first(),
    }
    return render(request, "intake/hand_in.html", context, status=status)
