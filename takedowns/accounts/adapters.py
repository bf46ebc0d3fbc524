"""What allauth leaves to us: nobody signs up, secrets are sealed, single sign-on knows only people who were invited."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns import sealing
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.origin import address_of
from takedowns.accounts.mail import mail_works
from takedowns.accounts.models import AccountEvent

#: From where somebody signed in so lately, guesses made elsewhere do not keep them out.
_FAMILIAR: Final = timedelta(days=30)
#: Within which failed tries at one account are counted, from wherever.
_GUESSING: Final = timedelta(hours=1)
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
        "account_guessed_at": _(
            "Somebody is guessing at this account from many places. Sign in with your passkey, or from a place where you signed in lately; "
            "or wait an hour."
        ),
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

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failed tries by account *and* address: whoever guesses waits, and its owner elsewhere does not."""
        return (
            f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"
        )

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Slow whoever guesses at one account from many addresses, but at none from which its owner came in lately.

        Whoever comes from elsewhere meanwhile comes in by passkey, which asks for no password.
        """
        super().pre_authenticate(request, **credentials)
        email = str(credentials.get("email") or credentials.get("username") or "")
        if email and not self._is_familiar(email, request) and self._is_guessed_at(email):
            self._rollback_login_failed_rl_usage()
            raise self.validation_error("account_guessed_at")

    def _is_familiar(self, email: str, request: HttpRequest) -> bool:
        since = timezone.now() - _FAMILIAR
        with acting_as(SYSTEM):
            came = AccountEvent.objects.filter(
                kind=AccountEvent.Kind.SIGNED_IN, email__iexact=email, at__gt=since
            )
            return came.filter(address=self.get_client_ip(request)).exists()

    def _is_guessed_at(self, email: str) -> bool:
        since = timezone.now() - _GUESSING
        with acting_as(SYSTEM):
            failed = AccountEvent.objects.filter(
                kind=AccountEvent.Kind.SIGN_IN_FAILED, email__iexact=email, at__gt=since
            )
            return failed.count() >= settings.SIGN_IN_MOST_FAILED

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
    """Single sign-on: for people who have an account here, which joined the one at their provider before, or joins it by its address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Return False: nobody comes in unknown."""
        return False

    def authenticate_by_email(self, sociallogin: Any) -> Any:
        """Return whose account has the address that the provider verified, where ``OIDC_JOIN_BY_EMAIL`` lets it join.

        Entra ID and ADFS send no ``email_verified``. Of the issuers in ``OIDC_TRUSTED_ISSUERS`` that is taken for a yes; a
        no stays a no.
        """
        if not settings.OIDC_JOIN_BY_EMAIL:
            return None
        told = sociallogin.account.extra_data
        claims = told.get("userinfo") or told.get("id_token") or told
        issuer = str((sociallogin.account.get_provider().app.settings or {}).get("server_url", ""))
        if "email_verified" not in claims and issuer in settings.OIDC_TRUSTED_ISSUERS:
            for address in sociallogin.email_addresses:
                address.verified = True
        return super().authenticate_by_email(sociallogin)
