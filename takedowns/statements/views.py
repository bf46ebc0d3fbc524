"""An operation's statements of reasons: how many there are, a file of them, and how they fit the Transparency Database."""

from __future__ import annotations

import io
import zipfile
from typing import Final
from uuid import UUID

import orjson
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.installation.switches import Way, needs
from takedowns.ledger.services import note_file
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.statements.forms import CompareForm
from takedowns.statements.making import batches
from takedowns.statements.models import Reconciliation
from takedowns.statements.queries import comparisons_of, stated_by_platform
from takedowns.statements.reconciling import Outcome, WrongFile, reconcile
from takedowns.tabular import csv_lines

LINES_SHOWN: Final = 200
COLUMNS: Final = ("outcome", "reference", "uuid", "puid", "what")
OUTCOMES: Final = {
    Outcome.BY_UUID: gettext_lazy("By UUID"),
    Outcome.BY_PUID: gettext_lazy("By the platform’s reference"),
    Outcome.BY_DIGEST: gettext_lazy("By digest of the address"),
    Outcome.ONLY_HERE: gettext_lazy("Only here"),
    Outcome.ONLY_THERE: gettext_lazy("Only in the database"),
}


@needs(Way.STATEMENTS)
@staff
@opens(What.ANSWERS)
def statements(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the decisions and their statements; compare a file of the database with them."""
    operation = _operation(request, reference)
    form = CompareForm(request.POST or None, request.FILES or None, operation=operation)
    if form.is_valid():
        file = form.cleaned_data["file"]
        platform = form.cleaned_data["platform"].pk
        try:
            found = reconcile(operation, platform, get_valid_filename(file.name), file, by=request.actor)
        except WrongFile as wrong:
            form.add_error("file", str(wrong))
        else:
            messages.success(request, _("The file is compared."))
            return redirect("web:statements-compared", operation.reference, found.pk)
    stated = stated_by_platform(operation, request.actor)
    return render(
        request,
        "statements/statements.html",
        {
            "operation": operation,
            "stated": [one for one in stated if one.decisions],
            "earlier": sum(one.earlier for one in stated),
            "comparisons": comparisons_of(operation, request.actor),
            "form": form,
        },
        status=422 if form.errors else 200,
    )


@needs(Way.STATEMENTS)
@staff
@opens(What.ANSWERS)
def batches_file(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the decisions as statements: a ZIP of JSON files, each the body of one call to the database."""
    operation = _operation(request, reference)
    platform = request.GET.get("platform") or None
    if platform is not None and not operation.platforms.filter(pk=platform).exists():
        raise Http404(_("There is no such platform in this operation."))
    content, count = io.BytesIO(), 0
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, batch in enumerate(batches(operation, request.actor, platform), 1):
            packed.writestr(
                f"{operation.reference}-statements-{number:04}.json",
                orjson.dumps({"statements": batch}, option=orjson.OPT_INDENT_2),
            )
            count += len(batch)
    name = "-".join([operation.reference, *([platform] if platform else []), "statements.zip"])
    return _file(name, content.getvalue(), "application/zip", request, count)


@needs(Way.STATEMENTS)
@staff
@opens(What.ANSWERS, "comparison_id")
def compared(request: StaffRequest, reference: str, comparison_id: UUID) -> HttpResponse:
    """Show what a comparison came to."""
    found = _comparison(request, _operation(request, reference), comparison_id)
    counts = [(label, found.counts.get(str(outcome), 0)) for outcome, label in OUTCOMES.items()]
    labels = {str(outcome): label for outcome, label in OUTCOMES.items()}
    wanted = [one for one in found.lines if one["outcome"] in (Outcome.ONLY_HERE, Outcome.ONLY_THERE)]
    return render(
        request,
        "statements/compared.html",
        {
            "operation": found.operation,
            "comparison": found,
            "counts": counts,
            "rows": found.counts.get("rows", 0),
            "not_ours": found.counts.get("not_ours", 0),
            "lines": [(labels[one["outcome"]], one) for one in wanted[:LINES_SHOWN]],
            "more": len(wanted) > LINES_SHOWN,
            "shown": LINES_SHOWN,
        },
    )


@needs(Way.STATEMENTS)
@staff
@opens(What.ANSWERS, "comparison_id")
def compared_csv(request: StaffRequest, reference: str, comparison_id: UUID) -> HttpResponse:
    """Send a comparison line by line."""
    found = _comparison(request, _operation(request, reference), comparison_id)
    lines = [list(COLUMNS), *([one[name] for name in COLUMNS] for one in found.lines)]
    content = "".join(csv_lines(lines, bom=True)).encode()
    name = f"{found.operation.reference}-{found.platform_id}-statements-compared.csv"
    return _file(name, content, "text/csv; charset=utf-8", request, len(found.lines))


def _file(name: str, content: bytes, content_type: str, request: StaffRequest, count: int) -> HttpResponse:
    """Send a file that leaves, and enter in the ledger that it was given away."""
    number = note_file("export", name, content, request.GET.urlencode(), count=count)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Ledger-Entry": str(number)}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _operation(request: StaffRequest, reference: str) -> Operation:
    operation = operation_or_404(request, reference)
    if not coordinates(request.actor, operation):
        raise PermissionDenied(_("Statements of reasons are for the coordinators of the operation."))
    return operation


def _comparison(request: StaffRequest, operation: Operation, comparison_id: UUID) -> Reconciliation:
    visible = Reconciliation.objects.visible_to(request.actor).select_related("platform", "by", "operation")
    found = visible.filter(operation=operation, pk=comparison_id).first()
    if found is None:
        raise Http404(_("There is no such comparison in this operation."))
    return found
