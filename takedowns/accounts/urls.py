"""What allauth offers people who have an account: their second factor, password, reset by mail, single sign-on.

Signing in has its address among the pages (``web:sign-in``). An address of mail is who somebody is in every record, so
nobody changes their own.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView


def nowhere(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Raise 404."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", nowhere, name="account_email"),
    path("signup/", RedirectView.as_view(pattern_name="web:sign-in"), name="account_signup"),
    path("login/", RedirectView.as_view(pattern_name="web:sign-in", query_string=True), name="account_login"),
    path("", include("allauth.urls")),
]
