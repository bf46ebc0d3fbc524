"""Answers that were brought at once: look at them, say how they are read, record them once; then what became of them."""

from __future__ import annotations

from typing import NoReturn
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.answers import batches
from takedowns.answers import queries as reading
from takedowns.answers.batches import BatchError, Preview
from takedowns.answers.forms import ReadingForm, ReasonForm, RestForm
from takedowns.answers.models import Batch
from takedowns.answers.places import Place, answering, place_of
from takedowns.answers.recording import WRITING, Outcome
from takedowns.pages.access import StaffRequest, also_by_link
from takedowns.pages.fields import whole_number

#: Rows shown of each outcome in a preview.
ROWS_SHOWN = 100


@answering
@also_by_link
@opens(What.ANSWERS, "batch_id")
def batch(request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = "") -> HttpResponse:
    """Show what recording would do; of what was recorded, what became of it. Looking changes nothing."""
    place, found = _found(request, batch_id, reference, platform)
    if found.state == Batch.State.RECORDED:
        return _show_result(request, place, found)
    return _show(request, place, found)


@require_POST
@answering
@also_by_link
@opens(What.ANSWERS, "batch_id")
def batch_read(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Keep what columns hold and words mean, and show the preview read that way."""
    place, found = _found(request, batch_id, reference, platform)
    form = _reading_form(batches.look(found, by=request.actor), found, request)
    if not form.is_valid():
        return _show(request, place, found, reading_form=form)
    return _change(request, place, found, reading=form.reading())


@require_POST
@answering
@also_by_link
@opens(What.ANSWERS, "batch_id")
def batch_rest(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Keep what is meant where a row says nothing."""
    place, found = _found(request, batch_id, reference, platform)
    form = RestForm(request.POST, own=place.own)
    if not form.is_valid():
        return _show(request, place, found, rest_form=form)
    return _change(request, place, found, default=form.given())


@require_POST
@answering
@also_by_link
@opens(What.ANSWERS, "batch_id")
def batch_correct(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Correct what is recorded otherwise too, with the reason; or leave it."""
    place, found = _found(request, batch_id, reference, platform)
    if "leave" in request.POST:
        return _change(request, place, found, corrects="")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show(request, place, found, correct_form=form)
    return _change(request, place, found, corrects=form.cleaned_data["reason"])


@require_POST
@answering
@also_by_link
def batch_confirm(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Record, once; what became of it is a page of its own, so that loading it again repeats nothing."""
    place, found = _found(request, batch_id, reference, platform)
    expected = whole_number(request.POST.get("expected", ""))
    try:
        batches.confirm(
            found.pk,
            place.where,
            by=request.actor,
            expected=-1 if expected is None else expected,
        )
    except BatchError as error:
        if error.code != "moved_on":
            _refuse(error)
        messages.warning(
            request,
            _("Meanwhile something changed. Nothing was recorded; look at what would be recorded now."),
        )
    return redirect(place.address("batch", found.pk))


@require_POST
@answering
@also_by_link
def batch_discard(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Forget what was brought."""
    place, found = _found(request, batch_id, reference, platform)
    try:
        batches.discard(found.pk, place.where, by=request.actor)
    except BatchError as error:
        if error.code != "recorded":
            _refuse(error)
        messages.warning(request, _("It was recorded meanwhile, so it stays."))
        return redirect(place.address("batch", found.pk))
    messages.success(request, _("It was discarded. Nothing of it was recorded."))
    return redirect(place.address())


@require_POST
@answering
@also_by_link
@opens(What.ANSWERS, "batch_id")
def batch_take_back(
    request: StaffRequest, batch_id: UUID, reference: str = "", platform: str = ""
) -> HttpResponse:
    """Take back all answers of a batch that still stand, with the reason."""
    place, found = _found(request, batch_id, reference, platform)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _show_result(request, place, found, form)
    try:
        done = batches.take_back(found.pk, place.where, by=request.actor, reason=form.cleaned_data["reason"])
    except BatchError as error:
        if error.code != "nothing":
            _refuse(error)
        messages.warning(request, _("Nothing of it stands any more, so nothing was taken back."))
    else:
        number = done.taken_back - found.taken_back
        messages.success(
            request,
            ngettext("%(count)d answer was taken back.", "%(count)d answers were taken back.", number)
            % {"count": number},
        )
    return redirect(place.address("batch", found.pk))


def _change(request: StaffRequest, place: Place, found: Batch, **changes: object) -> HttpResponse:
    try:
        batches.change(found.pk, place.where, by=request.actor, **changes)  # type: ignore[arg-type]
    except BatchError as error:
        if error.code != "recorded":
            _refuse(error)
        messages.warning(request, _("It was recorded meanwhile, as it was read before."))
    return redirect(place.address("batch", found.pk))


def _show(
    request: StaffRequest,
    place: Place,
    found: Batch,
    *,
    reading_form: ReadingForm | None = None,
    rest_form: RestForm | None = None,
    correct_form: ReasonForm | None = None,
) -> HttpResponse:
    told = batches.look(found, by=request.actor)
    default = batches.answer_of(found)
    kept = {**found.given, "answer": default.transition, "at": default.at}
    wrong = any(form is not None for form in (reading_form, rest_form, correct_form))
    return render(
        request,
        "answers/answers_preview.html",
        {
            **place.context,
            "at": place.addresses(found.pk),
            "batch": found,
            "told": told,
            "error": reading.sentence(*told.error.problem) if told.error else "",
            "outcomes": reading.by_outcome(told.counts),
            "rows": len(told.results),
            "says": reading.by_answer(told.results),
            "groups": _groups(told),
            "default": default,
            "default_says": reading.says(default.transition, default.action, default.decline_reason),
            "differs": told.counts.get(Outcome.DIFFERS, 0),
            "corrected": told.counts.get(Outcome.CORRECTED, 0),
            "reading_form": reading_form or _reading_form(told, found),
            "rest_form": rest_form or RestForm(initial=kept, own=place.own),
            "correct_form": correct_form or ReasonForm(),
            "rest_open": rest_form is not None
            or (place.own and not default.transition and bool(found.selected)),
        },
        status=422 if wrong else 200,
    )


def _groups(told: Preview) -> list[tuple[Outcome, int, list[reading.Shown]]]:
    """Return the first rows of each outcome that writes nothing, and how many there are; then of those that do."""
    groups = []
    for outcome in sorted(Outcome, key=lambda one: one in WRITING):
        rows = [one for one in told.results if one.outcome == outcome]
        if rows:
            groups.append((outcome, len(rows), reading.shown(rows[:ROWS_SHOWN])))
    return groups


def _reading_form(told: Preview, found: Batch, request: StaffRequest | None = None) -> ReadingForm:
    columns: dict[str, str] = {}
    for one in told.returned:
        columns |= one.fields
    if told.error:
        columns = {header: found.columns.get(header, "") for header in told.error.headers}
    return ReadingForm(
        request.POST if request else None,
        columns=columns,
        unknown=[word for word, _rows in told.unknown_words()],
        dates=told.open_dates(),
        reading=batches.reading_of(found),
    )


def _show_result(
    request: StaffRequest, place: Place, found: Batch, form: ReasonForm | None = None
) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    if outcome not in Outcome.values:
        outcome = ""
    page = reading.rows_page(
        found, outcome, after=_number(request, "after"), before=_number(request, "before")
    )
    return render(
        request,
        "answers/answers_result.html",
        {
            **place.context,
            "at": place.addresses(found.pk),
            "batch": found,
            "outcomes": reading.by_outcome(found.counts),
            "all_rows": sum(found.counts.values()),
            "recorded": sum(found.counts.get(one, 0) for one in WRITING),
            "outcome": outcome,
            "page": page,
            "rows": reading.shown_rows(page.rows, found),
            "can_be_taken_back": batches.can_be_taken_back(found, by=request.actor),
            "form": form or ReasonForm(),
        },
        status=422 if form is not None else 200,
    )


def _number(request: StaffRequest, name: str) -> int | None:
    return whole_number(request.GET.get(name, ""), most=2**31 - 1)


def _found(request: StaffRequest, batch_id: UUID, reference: str, platform: str) -> tuple[Place, Batch]:
    place = place_of(request, reference, platform)
    batches_there = Batch.objects.select_related("operation", "platform", "by")
    found = batches_there.filter(**batches.columns_of(place.where), pk=batch_id).first()
    if found is None:
        raise Http404(_("There are no such answers any more: they were discarded."))
    return place, found


def _refuse(error: BatchError) -> NoReturn:
    if error.code == "not_your_role":
        raise PermissionDenied from error
    raise Http404(_("There are no such answers any more: they were discarded.")) from error
