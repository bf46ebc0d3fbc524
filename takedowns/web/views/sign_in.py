"""Signing in and out. There is no open sign-up: an administrator makes accounts."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView

from takedowns.web.forms.sign_in import SignInForm


class SignIn(LoginView):
    """Sign in with e-mail and password, then to the page that was asked for."""

    authentication_form = SignInForm
    template_name = "web/sign_in.html"
    redirect_authenticated_user = True


class SignOut(LogoutView):
    """Sign out (POST only) and back to the sign-in page."""
