"""What the morning after asks: what did they say, what did we see, what is still up, since when, who is back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.figures.board import board
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.reference import reference_of
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.verification.returns import refuges, returned_outlets
from takedowns.verification.still_online import online_for, still_online

STILL_UP_SHOWN = 10
BACK_SHOWN = 50


@staff
@opens(What.FIGURES)
def morning_after(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer the four questions for an operation, each with the way to what stands behind it."""
    operation = operation_or_404(request, reference)
    figures = board(operation, request.actor)
    longest = still_online(operation, request.actor, size=STILL_UP_SHOWN)
    returned = returned_outlets(operation)
    return render(
        request,
        "web/morning_after.html",
        {
            "operation": operation,
            "board": figures,
            "rows": [row for row in figures.rows if row.counts.referred],
            "longest": [(one, reference_of(operation.reference, one.pk), online_for(one)) for one in longest],
            "refuges": refuges(returned),
            "back": returned[:BACK_SHOWN],
            "back_in_all": len(returned),
            "now": timezone.now(),
        },
    )
