"""A session ends when nobody uses it; without a second factor nothing is shown but setting one up."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from takedowns.access.lapses import lasts_still
from takedowns.accounts import typed

_USED_AT: Final = "used_at"
#: A session is written at most so often to say that it is used.
_WRITTEN_EVERY: Final = 60
FACTOR: Final = "second_factor"
_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_ENDED: Final = _("You were signed out because nobody used this session for a while. Sign in to go on.")
_ENDED_UNDONE: Final = _(
    "You were signed out because nobody used this session for a while. What you sent last was not done. Sign in, "
    "then go back in the browser to what you typed, and send it again."
)
_ENDED_KEPT: Final = _(
    "You were signed out because nobody used this session for a while. What you sent last was not done. What you typed is kept "
    "for an hour, and comes back when you have signed in."
)


class IdleMiddleware:
    """Ends a session that nobody used for ``SESSION_IDLE_SECONDS``. A page that refreshes itself uses nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            used_at = request.session.get(_USED_AT, now)
            request.session_seconds = settings.SESSION_IDLE_SECONDS  # type: ignore[attr-defined] # for the warning on each page
            if not lasts_still(used_at, settings.SESSION_IDLE_SECONDS, now):
                return self._end(request)
            if not _refreshes_itself(request) and (
                now - used_at >= _WRITTEN_EVERY or _USED_AT not in request.session
            ):
                request.session[_USED_AT] = now
            if typed.comes_back(request) and typed.kept_for(request.user.pk, request.session):
                return redirect("web:typed")
            if typed.is_sent_again(request):
                typed.forget(request.session)
        return self.get_response(request)

    def _end(self, request: HttpRequest) -> HttpResponse:
        user_id = request.user.pk
        logout(request)
        if request.path.startswith("/api/"):
            return self.get_response(request)
        asked_to_read = request.method in ("GET", "HEAD")
        is_kept = not asked_to_read and typed.keep(request, user_id, request.session)
        messages.info(request, _ENDED if asked_to_read else _ENDED_KEPT if is_kept else _ENDED_UNDONE)
        sign_in = reverse("web:sign-in")
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(sign_in)
        to = request.get_full_path() if asked_to_read else reverse("web:typed") if is_kept else ""
        back = f"?{urlencode({'next': to})}" if to else ""
        return redirect(f"{sign_in}{back}")


class SecondFactorMiddleware:
    """Leads whoever has no second factor to setting one up, where ``REQUIRE_SECOND_FACTOR`` says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.REQUIRE_SECOND_FACTOR and request.user.is_authenticated and not _has_factor(request):
            if request.path.startswith("/api/"):
                request.user = AnonymousUser()
            elif not _sets_one_up(request):
                return redirect("mfa_index")
        return self.get_response(request)


def _has_factor(request: HttpRequest) -> bool:
    """Tell whether the person has a second factor, asking once a session; or the provider of their sign-on saw to it."""
    if request.session.get(FACTOR) is True:
        return True
    found = Authenticator.objects.filter(user_id=request.user.pk, type__in=_FACTORS).exists()
    methods = request.session.get("account_authentication_methods", [])
    by_provider = settings.OIDC_SECOND_FACTOR and any(one.get("method") == "socialaccount" for one in methods)
    if found or by_provider:
        request.session[FACTOR] = True
    return bool(found or by_provider)


def _sets_one_up(request: HttpRequest) -> bool:
    allowed = (
        reverse("mfa_index"),
        reverse("account_reauthenticate"),
        reverse("web:sign-out"),
        reverse("web:language"),
    )
    return request.path.startswith(allowed) or request.path.startswith(f"/{settings.STATIC_URL.lstrip('/')}")


def left_of(request: HttpRequest) -> int:
    """Return for how many seconds a session lasts if nobody uses it."""
    used_at = int(request.session.get(_USED_AT, time.time()))
    return min(
        settings.SESSION_IDLE_SECONDS, max(0, settings.SESSION_IDLE_SECONDS - (int(time.time()) - used_at))
    )


def _refreshes_itself(request: HttpRequest) -> bool:
    return request.path.endswith(("/live/", "/progress/"))
