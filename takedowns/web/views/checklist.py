"""What an operation still lacks, before it is opened and later."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.shortcuts import operation_to_run
from takedowns.web.checklist import checklist_of


@staff
@opens(What.ADMINISTRATION)
def checklist_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the checklist; a draft is opened from here."""
    operation = operation_to_run(request, reference)
    items = checklist_of(operation)
    missing = sum(bool(one.missing) for one in items)
    context = {"operation": operation, "items": items, "missing": missing}
    return render(request, "web/operation_checklist.html", context)
