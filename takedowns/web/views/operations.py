"""The operations somebody may see."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from takedowns.directory.models import Role
from takedowns.referrals.models import Operation
from takedowns.web.access import StaffRequest, staff


@staff
def operations(request: StaffRequest) -> HttpResponse:
    """List them, the latest first."""
    visible = Operation.objects.visible_to(request.asker).prefetch_related("agencies", "platforms")
    return render(
        request,
        "web/operations.html",
        {"operations": visible, "is_coordinator": request.asker.has_role(Role.COORDINATOR)},
    )
