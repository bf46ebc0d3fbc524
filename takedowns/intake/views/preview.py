"""A list before it is handed in: look, say which column is which, confirm or discard."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.intake import confirm as service
from takedowns.intake.forms import (
    HANDS_IN,
    ColumnsForm,
    ListPlatformForm,
    QuestionsForm,
    RowForm,
    WordsForm,
    joined,
)
from takedowns.intake.models import Outcome, Repair, Submission
from takedowns.intake.preview import Preview, preview
from takedowns.intake.receive import IntakeError
from takedowns.intake.repairs import Changes
from takedowns.intake.repairs import repair as keep
from takedowns.intake.repairs_page import columns_shown, repairs_shown
from takedowns.intake.report import Recognised, how, order_to_write
from takedowns.intake.shortcuts import submission_or_404
from takedowns.pages.access import StaffRequest, staff
from takedowns.readers import ReaderError
from takedowns.referrals.models import Operation
from takedowns.referrals.sentences import spoken

Subject = Repair.Subject

GONE = gettext_noop("There is no such list any more: it was discarded.")
HANDED_IN = gettext_noop("This list was submitted before, so nothing was changed. This is its report.")


@staff
@opens(What.SUBMISSION, "submission_id")
def look(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Show what handing in would do now. Nothing is stored by looking."""
    operation, found = submission_or_404(request, reference, submission_id)
    if found.state != Submission.State.PREVIEWED:
        return redirect("web:submission", operation.reference, found.pk)
    return _show(request, operation, found)


@require_POST
@staff
def confirm(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Submit the list, once; go on to its report, or to the order of its only row."""
    operation, found = _to_act_on(request, reference, submission_id)
    try:
        received = service.confirm(found.pk, request.user)
    except IntakeError as error:
        messages.warning(request, str(error))
        return redirect("web:preview", operation.reference, found.pk)
    except Submission.DoesNotExist as error:
        raise Http404(_(GONE)) from error
    if received.repeated:
        messages.info(request, _(HANDED_IN))
    elif order := order_to_write(found.pk, request.actor):
        # Its hour counts; nobody looks at the report of one row first.
        messages.success(request, _("The row was submitted. Write its removal order now."))
        return redirect("web:order-write", operation.reference, order.pk)
    return redirect("web:submission", operation.reference, found.pk)


@require_POST
@staff
def discard(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Forget the list and its content; back to handing in."""
    operation, found = _to_act_on(request, reference, submission_id)
    try:
        service.discard(found.pk, request.user)
    except IntakeError as error:
        messages.warning(request, str(error))
        return redirect("web:submission", operation.reference, found.pk)
    except Submission.DoesNotExist as error:
        raise Http404(_(GONE)) from error
    messages.success(request, _("“%(list)s” was discarded. Nothing of it was submitted.") % {"list": found})
    return redirect("web:submissions", operation.reference)


@require_POST
@staff
@opens(What.SUBMISSION, "submission_id")
def columns(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Keep which column is which, and show the preview read that way."""
    operation, found = _to_act_on(request, reference, submission_id)
    if found.state != Submission.State.PREVIEWED:
        return redirect("web:submission", operation.reference, found.pk)
    chosen: dict[str, str] = {}
    if "by_themselves" not in request.POST:
        form = _form(preview(found), request)
        if not form.is_valid():
            return _show(request, operation, found, form)
        chosen = form.columns()
    try:
        service.choose_columns(found.pk, request.user, chosen)
    except ReaderError as error:
        form.add_error(None, spoken(error.message))
        return _show(request, operation, found, form)
    except IntakeError as error:
        messages.warning(request, str(error))
    except Submission.DoesNotExist as error:
        raise Http404(_(GONE)) from error
    return redirect("web:preview", operation.reference, found.pk)


@require_POST
@staff
def platform(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Keep on which platform the bare names of the list are, and show the preview read that way."""
    operation, found = _to_act_on(request, reference, submission_id)
    if found.state != Submission.State.PREVIEWED:
        return redirect("web:submission", operation.reference, found.pk)
    try:
        service.choose_platform(found.pk, request.user, request.POST.get("platform", ""))
    except IntakeError as error:
        messages.warning(request, str(error))
    except Submission.DoesNotExist as error:
        raise Http404(_(GONE)) from error
    return redirect("web:preview", operation.reference, found.pk)


@require_POST
@staff
@opens(What.SUBMISSION, "submission_id")
def repair(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Keep what was decided, said of words, put right in rows or taken back; show the preview read that way."""
    operation, found = _to_act_on(request, reference, submission_id)
    if found.state != Submission.State.PREVIEWED:
        return redirect("web:submission", operation.reference, found.pk)
    told = preview(found)
    asked = _Asked(told, request.POST)
    changes = asked.changes(request.POST.get("what", ""))
    if changes is None:
        return _show(request, operation, found, told=told, asked=asked)
    try:
        keep(found.pk, request.user, changes)
    except IntakeError as error:
        messages.warning(request, str(error))
    except Submission.DoesNotExist as error:
        raise Http404(_(GONE)) from error
    return redirect("web:preview", operation.reference, found.pk)


class _Asked:
    """The forms of a preview: what it asks, words, rows; bound where something was sent."""

    def __init__(self, told: Preview, data: QueryDict | None = None) -> None:
        what = data.get("what", "") if data is not None else ""
        self.questions = QuestionsForm(data if what == "questions" else None, told=told)
        groups = told.decided.choices.groups if told.decided else {}
        self.words = WordsForm(data if what == "words" else None, words=told.words, groups=groups)
        rows = {row.place: row for row in (*told.invalid, *told.remarked)}
        self.rows = [RowForm(data if what == "rows" else None, row=row) for row in rows.values()]
        self._back = data.getlist("back") if data is not None else []

    def changes(self, what: str) -> Changes | None:
        """Return what was sent; None where it has mistakes."""
        if what == "rows":
            return joined(self.rows) if all(row.is_valid() for row in self.rows) else None
        if what == "back":
            found: Changes = {}
            for one in self._back:
                subject, _colon, about = one.partition(":")
                if subject in Subject.values:
                    found.setdefault(Subject(subject), {})[about] = None
            return found
        form = self.words if what == "words" else self.questions
        return form.changes() if form.is_valid() else None


def _form(told: Preview, request: StaffRequest | None = None) -> ColumnsForm:
    said = told.decided.choices.columns if told.decided else {}
    chosen = dict(said) or (told.layout.columns if told.layout else {})
    data = request.POST if request else None
    return ColumnsForm(data, headers=told.headers, chosen=chosen)


def _show(
    request: StaffRequest,
    operation: Operation,
    found: Submission,
    form: ColumnsForm | None = None,
    *,
    told: Preview | None = None,
    asked: _Asked | None = None,
) -> HttpResponse:
    told = told or preview(found)
    names = told.decided.names if told.decided else {}
    sheets = told.layout.sheets_read if told.layout else {}
    return render(
        request,
        "intake/preview.html",
        {
            "operation": operation,
            "submission": found,
            "told": told,
            "read_columns": columns_shown(told.layout) if told.layout else [],
            "outcomes": [(outcome, told.outcomes[outcome.value]) for outcome in Outcome],
            "recognised": [
                Recognised(
                    names.get(slug, slug),
                    rows,
                    [(spoken(how(way)), n) for way, n in told.ways[slug].most_common()],
                )
                for slug, rows in told.platforms.most_common()
            ],
            "unknown": [
                (
                    domain,
                    group.rows,
                    list(group.hosts),
                    [spoken(how(way)) for way in group.ways if way != "as_it_is"],
                )
                for domain, group in told.unknown.items()
            ],
            "platform_form": ListPlatformForm(initial={"platform": found.platform_id})
            if told.names or found.platform_id
            else None,
            "form": form or (_form(told) if told.headers else None),
            "asked": asked or _Asked(told),
            "repairs": repairs_shown(told.decided.repairs if told.decided else (), sheets),
            "may_hand_in": _may_hand_in(request, found),
        },
        status=422 if form is not None or asked is not None else 200,
    )


def _may_hand_in(request: StaffRequest, found: Submission) -> bool:
    return any(request.actor.has_role(role, found.agency_id) for role in HANDS_IN)


def _to_act_on(request: StaffRequest, reference: str, submission_id: UUID) -> tuple[Operation, Submission]:
    operation, found = submission_or_404(request, reference, submission_id)
    if not _may_hand_in(request, found):
        raise PermissionDenied(_("Only officers, reviewers and coordinators of its agency submit a list."))
    return operation, found
