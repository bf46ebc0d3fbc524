"""What was handed in: the list of one's agency's submissions, and the report of one."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.intake import report
from takedowns.intake.models import Outcome, Submission, SubmissionRow
from takedowns.intake.repairs_page import repairs_of_report
from takedowns.intake.shortcuts import submission_or_404
from takedowns.intake.standing import standing
from takedowns.intake.withdrawal import may_withdraw
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.fields import whole_number
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404

SUBMISSIONS_SHOWN = 100


@staff
@opens(What.SUBMISSIONS)
def submissions(request: StaffRequest, reference: str) -> HttpResponse:
    """List the submissions of the actor's agencies, the latest first; ``?only=drafts`` the actor's own drafts."""
    operation = operation_or_404(request, reference)
    only_drafts = request.GET.get("only") == "drafts"
    every = Submission.objects.visible_to(request.actor)
    found = list(
        (every.drafts_of(request.actor) if only_drafts else every)
        .filter(operation=operation)
        .select_related("agency", "submitted_by")
        .order_by("-received_at", "-id")[:SUBMISSIONS_SHOWN]
    )
    saw(request, (one.pk for one in found))
    return render(
        request,
        "intake/submissions.html",
        {
            "operation": operation,
            "rows": [(one, sum(one.counts.values())) for one in found],
            "shown": SUBMISSIONS_SHOWN,
            "only_drafts": only_drafts,
        },
    )


@staff
@opens(What.SUBMISSION, "submission_id")
def submission(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Show what became of one: how far it is while it is read, then the report."""
    operation, found = submission_or_404(request, reference, submission_id)
    if found.state == Submission.State.PREVIEWED:
        return redirect("web:preview", operation.reference, found.pk)
    if found.state != Submission.State.LOADED:
        return render(request, "intake/submission_waiting.html", _waiting(operation, found))
    outcome = request.GET.get("outcome", "")
    if outcome not in Outcome.values:
        outcome = ""
    page = report.rows_page(found, outcome, after=_place(request, "after"), before=_place(request, "before"))
    referrals = report.visible_referrals(request.actor, page.rows)
    became = report.became(request.actor, page.rows, referrals)
    return render(
        request,
        "intake/submission.html",
        {
            "operation": operation,
            "submission": found,
            "outcomes": report.outcomes(found),
            "all_rows": sum(found.counts.values()),
            "outcome": outcome,
            "recognised": report.recognised(found),
            "unknown_hosts": report.unknown_hosts(found),
            "page": page,
            "repairs": repairs_of_report(found),
            "may_withdraw": found.withdrawn_at is None and may_withdraw(found, request.actor),
            "rows": [
                (row, *_referral_of(row, referrals), became.get(row.item_id) if row.item_id else None)
                for row in page.rows
            ],
        },
    )


@staff
def progress(request: StaffRequest, reference: str, submission_id: UUID) -> HttpResponse:
    """Answer with the progress bar; once everything is in, lead the browser to the report."""
    operation, found = submission_or_404(request, reference, submission_id)
    if found.state != Submission.State.RECEIVED:
        return HttpResponseClientRedirect(reverse("web:submission", args=[operation.reference, found.pk]))
    return render(request, "intake/parts/progress.html", _waiting(operation, found))


@staff
@opens(What.SUBMISSION, "submission_id")
def report_csv(
    request: StaffRequest, reference: str, submission_id: UUID
) -> StreamingHttpResponse | HttpResponse:
    """Send the whole report, row by row, as CSV."""
    operation, found = submission_or_404(request, reference, submission_id)
    if found.state != Submission.State.LOADED:
        raise Http404(_("There is no report yet: it is made when all rows are in."))
    filename = f"{operation.reference}-report-{found.received_at:%Y%m%d-%H%M%S}Z.csv"
    return StreamingHttpResponse(
        report.report_lines(found, request.actor),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


def _referral_of(row: SubmissionRow, referrals: dict[UUID, Referral]) -> tuple[Referral | None, str]:
    """Return the referral a row led to, where the actor may open it, and its reference."""
    found = referrals.get(row.referral_id) if row.referral_id else None
    return found, reference_of(found.operation.reference, found.pk) if found else ""


def _waiting(operation: Operation, found: Submission) -> dict[str, object]:
    failed = found.state == Submission.State.FAILED
    return {
        "operation": operation,
        "submission": found,
        "standing": None if failed else standing(found),
        "failed": failed,
    }


def _place(request: StaffRequest, name: str) -> int | None:
    return whole_number(request.GET.get(name, ""), most=2**63 - 1)
