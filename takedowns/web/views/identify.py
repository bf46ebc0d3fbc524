"""The identify box: one address in, what it names and whether anyone has it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from takedowns.referrals.reference import reference_of
from takedowns.web.access import StaffRequest, staff
from takedowns.web.reading.known import look_up


@staff
def identify_address(request: StaffRequest) -> HttpResponse:
    """Answer at once. The address is posted, so that it stands in no log and no history."""
    text = request.POST.get("url", "").strip() if request.method == "POST" else ""
    known = look_up(text, request.asker) if request.method == "POST" else None
    referrals = (
        [(one, reference_of(one.operation.reference, one.pk)) for one in known.referrals] if known else []
    )
    template = "web/parts/known.html" if request.htmx else "web/identify.html"
    return render(request, template, {"text": text, "known": known, "referrals": referrals})
