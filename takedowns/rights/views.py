"""Legal holds: which stand, placing one, releasing one. A pseudonym for somebody who left: asking for it, agreeing. What is held about a person."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.directory.changes import may_administer
from takedowns.directory.models import User
from takedowns.ledger.exports import made_by
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.permissions import sees_legal_holds
from takedowns.rights import disclosures, pseudonyms, report_files, subject
from takedowns.rights import legal_holds as service
from takedowns.rights.disclosures import DisclosureError, Given
from takedowns.rights.forms import DataReportForm, DisclosureForm, LegalHoldForm, PseudonymForm, ReleaseForm
from takedowns.rights.legal_holds import LegalHoldError
from takedowns.rights.models import LegalHold
from takedowns.rights.pseudonyms import PseudonymError

SHOWN: Final = 200
#: As which file a report is given: what writes it, and its media type.
DATA_REPORTS: Final = {
    "json": (report_files.as_json, "application/json"),
    "pdf": (report_files.as_pdf, "application/pdf"),
}


@staff
@opens(What.HOLDS)
def legal_holds(request: StaffRequest) -> HttpResponse:
    """List legal holds, those that stand first; place another."""
    _require(request)
    places = service.may_place(request.actor)
    if request.method == "POST" and not places:
        raise PermissionDenied(_("Legal holds are placed by coordinators and administrators."))
    form = LegalHoldForm(request.POST or None, actor=request.actor) if places else None
    if form is not None and form.is_valid():
        try:
            service.place(form.cleaned_data["covers"], form.cleaned_data["reason"], by=request.actor)
        except LegalHoldError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is placed. No retention rule takes what it covers."))
            return redirect("web:legal-holds")
    rows = service.shown(request.actor, SHOWN)
    saw(request, (one.pk for one in rows))
    return render(
        request,
        "rights/legal_holds.html",
        {
            "form": form,
            "standing": [one for one in rows if one.released_at is None],
            "released": [one for one in rows if one.released_at is not None],
            "shown": SHOWN,
            "is_more": len(rows) == SHOWN,
        },
        status=422 if form is not None and form.errors else 200,
    )


@staff
@opens(What.HOLDS, "hold_id")
def legal_hold_release(request: StaffRequest, hold_id: UUID) -> HttpResponse:
    """Ask why, and release a legal hold."""
    _require(request)
    if not service.may_place(request.actor):
        raise PermissionDenied(_("Legal holds are released by coordinators and administrators."))
    found = LegalHold.objects.visible_to(request.actor).select_related("operation")
    hold = found.filter(pk=hold_id).first()
    if hold is None:
        raise Http404(_("There is no such legal hold, or you may not see it."))
    form = ReleaseForm(request.POST or None)
    if form.is_valid():
        try:
            service.release(hold.pk, form.cleaned_data["reason"], by=request.actor)
        except LegalHoldError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is released. Retention rules hold again."))
            return redirect("web:legal-holds")
    return render(
        request,
        "rights/legal_hold_release.html",
        {"form": form, "hold": hold},
        status=422 if form.errors else 200,
    )


@staff
@opens(What.PEOPLE)
def disclosure_log(request: StaffRequest) -> HttpResponse:
    """List to whom data were given outside, the latest first; record another."""
    if not disclosures.may_record(request.actor):
        raise PermissionDenied(_("Disclosures are for coordinators, auditors and administrators."))
    asked = {name: request.GET.get(name, "")[:80] for name in ("covers", "number")}
    form = DisclosureForm(
        request.POST or None, actor=request.actor, initial={**asked, "at": timezone.localtime()}
    )
    if form.is_valid():
        told = form.cleaned_data
        given = Given(
            told["covers"],
            told["number"],
            told["particulars"],
            told["recipient"],
            told["name"],
            told["reason"],
            told["at"],
        )
        try:
            disclosures.record(given, by=request.actor)
        except DisclosureError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is recorded."))
            return redirect("web:disclosures")
    rows = disclosures.shown(request.actor, SHOWN)
    saw(request, (one.pk for one in rows))
    context = {
        "form": form,
        "rows": rows,
        "taken": disclosures.taken_lately(request.actor.user_id),
        "shown": SHOWN,
        "is_more": len(rows) == SHOWN,
    }
    return render(request, "rights/disclosures.html", context, status=422 if form.errors else 200)


def _require(request: StaffRequest) -> None:
    if not sees_legal_holds(request.actor):
        raise PermissionDenied(_("Legal holds are for coordinators, auditors and administrators."))


@staff
@opens(What.PERSON, "user_id")
def pseudonym(request: StaffRequest, user_id: UUID) -> HttpResponse:
    """Show what becomes of somebody who left; ask for a pseudonym, agree to it as the second, or take it back."""
    if not may_administer(request.actor):
        raise PermissionDenied(_("Pseudonyms are for administrators."))
    person = get_object_or_404(User, pk=user_id)
    form = PseudonymForm(request.POST if request.POST.get("do") == "ask" else None)
    refused = ""
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            messages.success(request, _decide(request, person, form))
        except PseudonymError as error:
            refused = str(error)
        else:
            return redirect("web:pseudonym", user_id)
    asked = pseudonyms.pseudonym_of(person)
    return render(
        request,
        "rights/pseudonym.html",
        {
            "person": person,
            "form": form,
            "refused": refused,
            "asked": asked,
            "own": asked is not None and pseudonyms.is_ones_own(asked, request.actor),
            "hindrance": pseudonyms.hindered(person) if asked is None else "",
        },
        status=422 if form.errors or refused else 200,
    )


def _decide(request: StaffRequest, person: User, form: PseudonymForm) -> str:
    """Do what was chosen; return what to say of it."""
    if form.is_bound:
        pseudonyms.ask(person, form.cleaned_data["reason"], by=request.actor)
        return _("Asked for. Another administrator agrees on this page.")
    if request.POST.get("do") == "agree":
        pseudonyms.agree(person, by=request.actor)
        return _("Agreed. The worker does it now; it cannot be undone.")
    pseudonyms.drop(person, by=request.actor)
    return _("Taken back. Nothing was changed.")


@staff
@opens(What.SEARCH)
def data_report(request: StaffRequest) -> HttpResponse:
    """Show what is held about a person, or give it as a file; who asked, and a keyed digest of what for, is in the log of who looked."""
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What is held about a person is for auditors and administrators."))
    form = DataReportForm(request.POST or None)
    report = _report(form, request.actor)
    if report is None:
        context = {"form": form}
        return render(request, "rights/data_report.html", context, status=422 if form.errors else 200)
    saw(
        request,
        (one.get("id", "") for held in (*report.own, *report.named) for one in held.rows),
        asked=report.asked,
    )
    if (kind := request.POST.get("as")) in DATA_REPORTS:
        write, media_type = DATA_REPORTS[kind]
        made = made_by(request.user.get_full_name())
        content = write(report, made)
        headers = made.kept(f"data-report.{kind}", content)
        return HttpResponse(content, content_type=media_type, headers=headers)
    parts = [(report_files.heading(one), [report_files.pairs(row) for row in one.rows]) for one in report.own]
    named = [
        (report_files.heading(one), [report_files.pairs(row) for row in one.rows]) for one in report.named
    ]
    return render(
        request,
        "rights/data_report.html",
        {
            "form": form,
            "report": report,
            "introduction": report_files.introduction(report),
            "own": parts,
            "named": named,
            "disclosed": [(one.title, report_files.pairs(one.row)) for one in report_files.disclosed(report)],
        },
    )


def _report(form: DataReportForm, actor: Actor) -> subject.Report | None:
    """Return what was asked for; None where the form says why not, or nothing was asked."""
    if not form.is_valid():
        return None
    try:
        return subject.about(form.cleaned_data["text"], by=actor)
    except subject.SubjectError as error:
        form.add_error("text", str(error))
        return None
