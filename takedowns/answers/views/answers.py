"""What platforms answered, recorded on their behalf: one referral, or many by selection, list or file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.answers.batches import BatchError, File, bring
from takedowns.answers.forms import AnswerForm, CorrectAnswerForm, ManyAnswersForm
from takedowns.answers.models import Batch
from takedowns.answers.queries import sentence
from takedowns.answers.recording import WRITING, Outcome, record, rows_of_selected
from takedowns.directory.models import Platform
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import as_uuid
from takedowns.referrals import listing
from takedowns.referrals.lifecycle import ANSWERS, AT_THE_PLATFORM, CORRECTION, allowed_from
from takedowns.referrals.models import Cell, Operation, Referral
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.queries import visible_referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.referrals.transitions import Move, apply

BATCHES_SHOWN = 20


@staff
def answer(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Record the answer to one referral."""
    operation = operation_to_coordinate(request, reference)
    found = _referral(request, reference, referral_id)
    form = AnswerForm(request.POST if request.method == "POST" else None, status=found.status)
    if form.is_valid():
        rows = rows_of_selected([found.pk], operation)
        [result] = record(rows, form.given(), operation, by=request.actor, hosts={})
        if result.outcome == Outcome.RECORDED:
            messages.success(
                request, _("The answer to %(reference)s is recorded.") % {"reference": result.reference}
            )
            return redirect("web:referral", operation.reference, found.pk)
        if result.problem is not None:
            form.add_error(None, sentence(*result.problem))
    context = {
        "operation": operation,
        "referral": found,
        "reference": reference_of(operation.reference, found.pk),
        "form": form,
        "answerable": any(move.name in ANSWERS for move in allowed_from(found.status)),
    }
    return render(request, "answers/answers_one.html", context, status=422 if form.errors else 200)


@staff
def correct_answer(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Put a wrong answer right, with the reason."""
    operation = operation_to_coordinate(request, reference)
    found = _referral(request, reference, referral_id)
    form = CorrectAnswerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        move = Move(found.pk, CORRECTION.name, form.facts(), form.cleaned_data["at"])
        done = apply([move], by=request.actor)
        if not done.refused:
            messages.success(
                request,
                _("The answer to %(reference)s is corrected.")
                % {"reference": reference_of(operation.reference, found.pk)},
            )
            return redirect("web:referral", operation.reference, found.pk)
        [no] = done.refused
        form.add_error(
            None, sentence(no.code, {"status": no.status, "fact": no.fact, "answer": CORRECTION.name})
        )
    context = {
        "operation": operation,
        "referral": found,
        "reference": reference_of(operation.reference, found.pk),
        "form": form,
        "correctable": found.status in CORRECTION.leaves,
    }
    return render(request, "answers/answers_correct.html", context, status=422 if form.errors else 200)


@staff
def answers(request: StaffRequest, reference: str) -> HttpResponse:
    """Take the answers of many: selected, pasted, in a file. Go on to what recording them would do."""
    operation = operation_to_coordinate(request, reference)
    if request.method != "POST":
        return _show(request, operation, ManyAnswersForm())
    form = ManyAnswersForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = bring(
                operation,
                form.given(),
                by=request.actor,
                selected=[one for text in request.POST.getlist("referral") if (one := as_uuid(text))],
                pasted=form.cleaned_data["pasted"],
                file=File(file.name or "", file.read()) if file else None,
            )
        except BatchError as error:
            if error.code != "nothing":
                raise PermissionDenied from error
            form.add_error(
                None, _("Nothing is named yet: select referrals, paste a list or choose the file.")
            )
        else:
            return redirect("web:answers-batch", operation.reference, batch.pk)
    return _show(request, operation, form)


def _show(request: StaffRequest, operation: Operation, form: ManyAnswersForm) -> HttpResponse:
    cells = Cell.objects.filter(operation=operation, status__in=AT_THE_PLATFORM)
    platforms = list(Platform.objects.filter(pk__in=cells.values("platform_id")))
    platform = request.GET.get("platform", "")
    chosen = (platform,) if any(one.slug == platform for one in platforms) else ()
    filters = listing.Filters(platform_id=chosen, status=tuple(map(str, AT_THE_PLATFORM)))
    place = listing.Place(
        as_uuid(request.GET.get("after", "")),
        as_uuid(request.GET.get("before", "")),
        oldest="last" in request.GET,
    )
    page = listing.page(operation, request.actor, filters, place)
    count = listing.count_up_to(operation, filters)
    everything = request.GET.get("select") == "all" and request.method == "GET"
    ticked = set(request.POST.getlist("referral"))
    return render(
        request,
        "answers/answers.html",
        {
            "operation": operation,
            "form": form,
            "platforms": platforms,
            "platform": chosen[0] if chosen else "",
            "page": page,
            "rows": [
                (one, reference_of(operation.reference, one.pk), everything or str(one.pk) in ticked)
                for one in page.referrals
            ],
            "everything": everything,
            "count": min(count, listing.COUNT_LIMIT),
            "count_is_more": count > listing.COUNT_LIMIT,
            "batches": _batches(operation),
        },
        status=422 if form.errors else 200,
    )


def _batches(operation: Operation) -> list[tuple[Batch, int, int]]:
    """Return what was brought before, the latest first, with how much of it was recorded."""
    found = (
        Batch.objects.filter(operation=operation).select_related("by").defer("content", "pasted", "selected")
    )
    return [
        (one, sum(one.counts.get(outcome, 0) for outcome in WRITING), sum(one.counts.values()))
        for one in found[:BATCHES_SHOWN]
    ]


def _referral(request: StaffRequest, reference: str, referral_id: UUID) -> Referral:
    found = visible_referral(request.actor, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation."))
    return found


def operation_to_coordinate(request: StaffRequest, reference: str) -> Operation:
    """Return the operation whose answers the actor may record.

    Raises:
        Http404, PermissionDenied: it is not visible, or they coordinate no agency of it.
    """
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Recording a platform's answers is for the coordinators of the operation."))
    return operation
