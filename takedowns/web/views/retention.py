"""What is kept how long, for administrators and auditors."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from takedowns.pages.access import StaffRequest, staff
from takedowns.web.administration import kept_how_long, operations_to_review


@staff
def retention(request: StaffRequest) -> HttpResponse:
    """Show each class of data, its period, the setting that sets it, and what is due."""
    if not request.actor.sees_everything:
        raise PermissionDenied(_("What is kept how long is for administrators and auditors."))
    return render(
        request,
        "web/retention.html",
        {"classes": kept_how_long(), "to_review": operations_to_review(request.actor)},
    )
