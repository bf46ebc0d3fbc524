"""A platform's own figures in one operation, as a picture and a table, and its own totals beside them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.desk.forms import TotalForm
from takedowns.desk.reader import AtTheDesk
from takedowns.directory.models import Platform
from takedowns.figures.board import board
from takedowns.figures.charts.outcomes import PARTS, Outcome, outcomes_svg
from takedowns.figures.measures import COUNTED
from takedowns.figures.self_reports import report_totals, totals_of
from takedowns.figures.values import Counts
from takedowns.pages.access import StaffRequest, at_the_desk
from takedowns.pages.versions import lock
from takedowns.referrals.models import Operation
from takedowns.representation.referrals import operations

#: What agencies do before a referral is made, and among themselves, is not a platform's to know.
_NOT_TOLD = frozenset({"handed_in", "in_review", "rejected", "co_referred"})


@at_the_desk
@opens(What.FIGURES)
def figures(request: StaffRequest, platform: str) -> HttpResponse:
    """Show what became of what was referred in the operation of ``?operation=``, or in the latest; take a total of one's own."""
    known = list(operations(AtTheDesk(request.actor, platform)).order_by("-starts", "reference"))
    chosen = next((one for one in known if one.reference == request.GET.get("operation")), None)
    operation = chosen or next(iter(known), None)
    if request.method == "POST":
        lock(Platform.objects.filter(pk=platform))  # of two who keep the first total, one sees the other's
    totals = totals_of(operation, platform) if operation else []
    form = TotalForm(request.POST if request.method == "POST" else None, totals=totals)
    if operation is not None and form.is_valid():
        given = form.cleaned_data
        report_totals(
            operation, platform, {(given["day"], given["what"]): given["count"]}, by_id=request.actor.user_id
        )
        messages.success(request, _("Your total is kept."))
        query = urlencode({"operation": operation.reference})
        return redirect(f"{reverse('web:desk-figures', args=[platform])}?{query}")
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "operations": known,
        "operation": operation,
        "form": form,
        "totals": totals,
        "drop": request.get_full_path(),
        **(_told(request, platform, operation) if operation else {}),
    }
    return render(request, "desk/figures.html", context, status=form.status)


def _told(request: StaffRequest, platform: str, operation: Operation) -> dict[str, object]:
    found = board(operation, request.actor)
    counts = next((row.counts for row in found.rows if row.slug == platform), Counts())
    bar = Outcome(operation.reference, counts.referred, {part: getattr(counts, part) for part in PARTS})
    return {
        "picture": outcomes_svg(_("What became of what was referred to you"), [bar])
        if counts.referred
        else "",
        "lines": [
            (one.label, one.definition, getattr(counts, one.name))
            for one in COUNTED
            if one.name not in _NOT_TOLD
        ],
        "as_of": found.as_of,
    }
