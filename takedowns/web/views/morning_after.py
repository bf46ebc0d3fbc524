"""What the morning after asks: what did they say, what did we see, what is still up, since when, who is back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from takedowns.referrals.reference import reference_of
from takedowns.statistics.board import board
from takedowns.verification.back import back, refuges
from takedowns.verification.still_online import still_online
from takedowns.web.access import StaffRequest, operation_or_404, staff
from takedowns.web.views.rechecks import online_for

STILL_UP_SHOWN = 10
BACK_SHOWN = 50


@staff
def morning_after(request: StaffRequest, reference: str) -> HttpResponse:
    """Answer the four questions for an operation, each with the way to what stands behind it."""
    operation = operation_or_404(request, reference)
    figures = board(operation, request.asker)
    longest = still_online(operation, request.asker, size=STILL_UP_SHOWN)
    returned = back(operation)
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
