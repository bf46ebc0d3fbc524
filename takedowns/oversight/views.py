"""Who looked: at one referral, for those who answer for it; at anything, for auditors; what is recorded of oneself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.models import Look
from takedowns.access_log.vocabulary import What
from takedowns.ledger.exports import made_by
from takedowns.oversight import alarms as service
from takedowns.oversight.forms import AlarmForm, LooksForm, WordsForm
from takedowns.oversight.queries import (
    MOST_IN_A_FILE,
    Line,
    lines_of,
    may_see_looks_at,
    page_of,
    volumes,
)
from takedowns.pages.access import StaffRequest, signed_in, staff
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.tabular import csv_lines

COLUMNS: Final = (
    "at",
    "who",
    "email",
    "agency",
    "roles",
    "what",
    "reference",
    "count",
    "digest",
    "file",
    "ledger_entry",
    "from",
    "page",
)


@staff
@opens(What.LOOKS, "referral_id")
def looked(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Show who looked at one referral, and what of it."""
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral, or you may not see it."))
    if not may_see_looks_at(request.actor, found):
        raise PermissionDenied(
            _("Who looked at a referral is for the coordinators of its agency, auditors and administrators.")
        )
    return render(
        request,
        "oversight/looked.html",
        {
            "operation": found.operation,
            "outside": not found.in_own_operation,  # type: ignore[attr-defined]
            "referral": found,
            "reference": reference_of(found.operation.reference, found.pk),
            "page": page_of(Look.objects.filter(referral_id=found.pk), request.GET.get("before", "")),
        },
    )


@staff
@opens(What.LOOKS)
def looks(request: StaffRequest) -> HttpResponse:
    """Show who looked, as asked for; who looked at most; whether a text was searched for (posted)."""
    _require(request)
    form = LooksForm(request.GET or None)
    words = WordsForm(request.POST if request.method == "POST" else None)
    asked = words.cleaned_data["words"] if words.is_valid() else ""
    if asked:
        found = words.looks()
    elif request.method == "POST":
        found = Look.objects.none()
    else:
        found = (
            form.looks() if form.is_valid() else Look.objects.none() if form.errors else Look.objects.all()
        )
    page = page_of(found, request.GET.get("before", ""))
    saw(request, (one.look.pk for one in page.lines), asked=asked)
    hours = (form.cleaned_data["hours"] if form.is_valid() else None) or 24
    return render(
        request,
        "oversight/looks.html",
        {
            "form": form,
            "words": words,
            "searched": bool(asked),
            "page": page,
            "hours": hours,
            "volumes": volumes(hours),
            "most_in_a_file": MOST_IN_A_FILE,
        },
        status=422 if form.errors or words.errors else 200,
    )


@staff
@opens(What.LOOKS)
def looks_file(request: StaffRequest) -> HttpResponse:
    """Send what the page lists, with its filters, as CSV."""
    _require(request)
    form = LooksForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            "".join(f"{name}: {' '.join(map(str, errors))}\n" for name, errors in form.errors.items()),
            content_type="text/plain; charset=utf-8",
            status=422,
        )
    found = list(form.looks().order_by("-at", "-id")[:MOST_IN_A_FILE])
    saw(request, (one.pk for one in found))
    content = "".join(csv_lines(_rows(lines_of(found)), bom=True)).encode()
    made = made_by(request.user.get_full_name())
    headers = made.kept("who-looked.csv", content, request.GET.urlencode())
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


@signed_in
@opens(What.LOOKS)
def my_looks(request: StaffRequest) -> HttpResponse:
    """Show everybody what is recorded of them."""
    page = page_of(Look.objects.filter(person_id=request.user.pk), request.GET.get("before", ""))
    saw(request, (one.look.pk for one in page.lines))
    return render(request, "oversight/my_looks.html", {"page": page})


@staff
@opens(What.LOOKS)
def alarms(request: StaffRequest) -> HttpResponse:
    """List the alarms about who looked, ``?done=1`` also those that were looked into."""
    return _show_alarms(request, AlarmForm())


@require_POST
@staff
@opens(What.LOOKS, "alarm_id")
def look_into(request: StaffRequest, alarm_id: UUID) -> HttpResponse:
    """Write down that an alarm was looked into, and what was found."""
    form = AlarmForm(request.POST, prefix=str(alarm_id))
    if not form.is_valid():
        return _show_alarms(request, form, alarm_id)
    if service.look_into(alarm_id, form.cleaned_data["note"], by=request.actor):
        messages.success(request, _("Written down, with your name."))
    else:
        messages.warning(
            request,
            _(
                "Nothing was written down: somebody looked into it meanwhile, or it is about yourself or not yours to look into."
            ),
        )
    return redirect("web:alarms")


def _show_alarms(request: StaffRequest, form: AlarmForm, alarm_id: UUID | None = None) -> HttpResponse:
    if not service.may_see_alarms(request.actor):
        raise PermissionDenied(
            _("Alarms about who looked are for auditors, administrators and coordinators.")
        )
    also_done = "done" in request.GET
    found = service.alarms(also_done=also_done)
    saw(request, (line.alarm.pk for line in found))
    rows = [
        (
            line,
            None
            if line.alarm.looked_into_at or line.alarm.who_id == request.user.pk
            else form
            if line.alarm.pk == alarm_id
            else AlarmForm(prefix=str(line.alarm.pk)),
        )
        for line in found
    ]
    return render(
        request,
        "oversight/alarms.html",
        {"rows": rows, "also_done": also_done, "shown": service.SHOWN},
        status=422 if form.errors else 200,
    )


def _rows(lines: list[Line]) -> Iterator[tuple[object, ...]]:
    yield COLUMNS
    for line in lines:
        look = line.look
        yield (
            look.at.isoformat(timespec="seconds"),
            line.who,
            line.email,
            line.agency,
            look.roles,
            look.what,
            line.reference,
            look.count,
            bytes(look.digest).hex() if look.digest else "",
            "yes" if look.is_file else "",
            look.entry or "",
            line.origin,
            look.view,
        )


def _require(request: StaffRequest) -> None:
    if not request.actor.sees_everything:
        raise PermissionDenied(_("Who looked at what is for auditors and administrators."))
