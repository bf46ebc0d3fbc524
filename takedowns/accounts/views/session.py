"""How long a session lasts still, going on with it, and what was typed when it had ended."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from takedowns.accounts.middleware import left_of
from takedowns.accounts.typed import forget, kept_for
from takedowns.pages.access import StaffRequest, signed_in


@signed_in
def session_left(request: StaffRequest) -> HttpResponse:
    """Tell for how many seconds the session lasts if nobody uses it; asking is no use."""
    return JsonResponse({"left": left_of(request)})


@signed_in
def session_extended(request: StaffRequest) -> HttpResponse:  # noqa: ARG001 - that it was asked for is all
    """Go on: asking for any page does, and this one shows nothing."""
    return JsonResponse({"left": settings.SESSION_IDLE_SECONDS})


@signed_in
def typed(request: StaffRequest) -> HttpResponse:
    """Show what was sent after the session had ended, to be sent again; or put it away."""
    if request.method == "POST":
        forget(request.session)
        return redirect("web:home")
    return render(request, "accounts/typed.html", {"typed": kept_for(request.user.pk, request.session)})
