"""What allauth leaves to us: nobody signs up, secrets are sealed, single sign-on knows only people who were invited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns import sealing
from takedowns.access.origin import address_of
from takedowns.accounts.mail import mail_works

_JUST_NOW: Final = timedelta(minutes=15)
_PURPOSE: Final = "takedowns second factors"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts come by invitation alone. One sentence for all that is wrong, so that nobody learns which there are."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This e-mail address and password do not belong together. Check both; "
            "capital letters count in the password."
        ),
        "too_many_login_attempts": _("Too many failed tries. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Return False: see ``invitations``."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send where a mail server is set up; pages say where none is."""
        if mail_works():
            super().send_mail(template_prefix, email, context)

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Ask for the password again before second factors are touched; not of whoever just came to set the first one up."""
        user = context.request.user
        lately = timezone.now() - _JUST_NOW
        just_came = user.last_login is not None and user.last_login > lately
        if app == "allauth.mfa" and just_came:
            return bool(Authenticator.objects.filter(user=user, created_at__lt=lately).exists())
        return bool(super().is_reauthentication_required(app=app))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the caller's address; behind our own proxy the one that the proxy itself wrote."""
        return address_of(request) or "0.0.0.0"  # noqa: S104 - an address that is nobody's


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors stand sealed in the database."""

    def encrypt(self, text: str) -> str:
        """Seal."""
        return sealing.seal(text, _PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Unseal."""
        return sealing.unseal(encrypted_text, _PURPOSE)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """Return what to call a further one until its owner says better."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey {number}").format(number=number)


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on: for people who have an account here, known by a mail address that their provider verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Return False: nobody comes in unknown."""
        return False
