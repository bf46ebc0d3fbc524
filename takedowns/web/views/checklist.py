"""What an operation still lacks, before it is opened and later."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.web.checklist import checklist_of


@staff
@opens(What.ADMINISTRATION)
def checklist_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the checklist; a draft is opened from here."""
    operation = operation_or_404(request, reference)
    items = checklist_of(operation, request.actor)
    if not items:
        raise PermissionDenied(_("This is for the coordinators of the operation and for administrators."))
    missing = sum(bool(one.missing) for one in items)
    context = {"operation": operation, "items": items, "missing": missing}
    return render(request, "web/operation_checklist.html", context)
