"""What platforms answered, recorded on their behalf: one referral, or many by selection, list or file."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from takedowns.directory.models import Platform
from takedowns.referrals import listing
from takedowns.referrals.answers import Result, record, rows_of_selected
from takedowns.referrals.lifecycle import ANSWERS, AT_THE_PLATFORM, allowed_from
from takedowns.referrals.models import Cell, Operation
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.reference import reference_of
from takedowns.referrals.returned import ReturnedError, Row, decode, read
from takedowns.web.access import StaffRequest, operation_or_404, staff
from takedowns.web.forms.answers import AnswerForm, ManyAnswersForm
from takedowns.web.forms.review import as_uuid
from takedowns.web.reading.dossier import visible_referral
from takedowns.web.reading.offers import declared_hosts

RESULTS_SHOWN = 1000


@staff
def answer(request: StaffRequest, reference: str, referral_id: UUID) -> HttpResponse:
    """Record the answer to one referral."""
    operation = _operation_to_coordinate(request, reference)
    found = visible_referral(request.asker, reference, referral_id)
    if found is None:
        raise Http404(_("There is no such referral in this operation."))
    form = AnswerForm(request.POST or None, status=found.status)
    if form.is_valid():
        rows = rows_of_selected([found.pk], operation)
        [result] = record(rows, form.given(), operation, by=request.asker, hosts={})
        if result.code == "recorded":
            messages.success(
                request, _("The answer to %(reference)s is recorded.") % {"reference": result.reference}
            )
            return redirect("web:referral", operation.reference, found.pk)
        form.add_error(None, result.message)
    context = {
        "operation": operation,
        "referral": found,
        "reference": reference_of(operation.reference, found.pk),
        "form": form,
        "answerable": any(move.name in ANSWERS for move in allowed_from(found.status)),
    }
    return render(request, "web/answers_one.html", context, status=422 if form.errors else 200)


@staff
def answers(request: StaffRequest, reference: str) -> HttpResponse:
    """Record one answer for many, or the answers a returned file gives; say row by row what became of it."""
    operation = _operation_to_coordinate(request, reference)
    if request.method != "POST":
        return _show(request, operation, ManyAnswersForm())
    form = ManyAnswersForm(request.POST, request.FILES)
    rows = _rows(request, operation, form) if form.is_valid() else []
    if form.is_valid() and not rows:
        form.add_error(None, _("Nothing is named yet: select referrals, paste a list or choose the file."))
    if not form.is_valid():
        return _show(request, operation, form)
    results = record(rows, form.given(), operation, by=request.asker, hosts=declared_hosts())
    return render(request, "web/answers_result.html", _summary(operation, results))


def _rows(request: StaffRequest, operation: Operation, form: ManyAnswersForm) -> list[Row]:
    """Return what is named: the selected, then the pasted, then the file's. What cannot be read is told in the form."""
    selected = [one for text in request.POST.getlist("referral") if (one := as_uuid(text))]
    file = form.cleaned_data["file"]
    try:
        pasted = read(form.cleaned_data["pasted"])
        returned = read(decode(file.read())) if file else []
    except ReturnedError as error:
        form.add_error("file" if file else "pasted", str(error))
        return []
    return [*rows_of_selected(selected, operation), *pasted, *returned]


def _summary(operation: Operation, results: list[Result]) -> dict[str, object]:
    counts = Counter(result.code for result in results)
    notable = [result for result in results if result.code != "recorded"]
    return {
        "operation": operation,
        "recorded": counts["recorded"],
        "left_open": counts["left_open"],
        "refused": len(results) - counts["recorded"] - counts["left_open"],
        "results": (notable + [result for result in results if result.code == "recorded"])[:RESULTS_SHOWN],
        "more": max(len(results) - RESULTS_SHOWN, 0),
    }


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
    page = listing.page(operation, request.asker, filters, place)
    count = listing.count_up_to(operation, filters)
    everything = request.GET.get("select") == "all" and request.method == "GET"
    ticked = set(request.POST.getlist("referral"))
    return render(
        request,
        "web/answers.html",
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
        },
        status=422 if form.errors else 200,
    )  # fmt: skip


def _operation_to_coordinate(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not coordinates(request.asker, operation):
        raise PermissionDenied(_("Recording a platform's answers is for the coordinators of the operation."))
    return operation
