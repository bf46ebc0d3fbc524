"""What allauth offers people who have an account: their second factor, password, reset by mail, single sign-on.

Signing in has its address among the pages (``web:sign-in``). An address of mail is who somebody is in every record, so
nobody changes their own.
"""

from __future__ import annotations

from allauth.account.views import PasswordResetView
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from takedowns.accounts.mail import mail_works


def nowhere(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Raise 404."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("email/", nowhere, name="account_email"),
    path("signup/", RedirectView.as_view(pattern_name="web:sign-in"), name="account_signup"),
    path("login/", RedirectView.as_view(pattern_name="web:sign-in", query_string=True), name="account_login"),
    path(
        "password/reset/",
        PasswordResetView.as_view(extra_context={"mail_works": mail_works}),
        name="account_reset_password",
    ),
    path("", include("allauth.urls")),
]
