"""Signing in and out. There is no open sign-up: an administrator invites."""

from __future__ import annotations

from allauth.account.views import LoginView
from django.contrib.auth import login
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from takedowns.accounts.forms import AcceptForm
from takedowns.accounts.invitations import InvitationError, accept, invitation_of


class SignIn(LoginView):  # type: ignore[misc]
    """Sign in with e-mail and password, then the second factor, then to the page that was asked for."""


class SignOut(LogoutView):
    """Sign out (POST only) and back to the sign-in page."""


def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Make the account of an invitation, and sign in."""
    found = invitation_of(secret)
    if found is None:
        return render(request, "accounts/invitation_ended.html", status=410)
    form = AcceptForm(request.POST or None, initial={"name": found.name})
    if form.is_valid():
        try:
            user = accept(secret, **form.cleaned_data, request=request)
        except InvitationError as error:
            form.add_error(error.field or None, str(error))
        else:
            login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
            return redirect("mfa_index")
    response = render(
        request,
        "accounts/invitation.html",
        {"invitation": found, "form": form},
        status=422 if form.errors else 200,
    )
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "same-origin"  # the address is the key
    return response
