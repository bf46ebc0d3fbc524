"""What allauth and Django tell of accounts, kept in the record."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from takedowns.accounts.middleware import FACTOR
from takedowns.accounts.models import AccountEvent
from takedowns.accounts.record import keep
from takedowns.directory.models import User

Kind = AccountEvent.Kind


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: User, **_: Any) -> None:
    keep(Kind.SIGNED_IN, user.email, by=user, request=request)


@receiver(user_logged_out)
def _signed_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        keep(Kind.SIGNED_OUT, user.email, by=user, request=request)


@receiver(user_login_failed)
def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = str(credentials.get("email") or credentials.get("username") or "")
    keep(Kind.SIGN_IN_FAILED, typed, request=request)


@receiver(authentication_failed)
def _factor_failed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    keep(Kind.SIGN_IN_FAILED, user.email, request=request, type=str(authenticator.type))


@receiver(password_changed)
@receiver(password_set)
def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    keep(Kind.PASSWORD_CHANGED, user.email, by=user, request=request)


@receiver(password_reset)
def _password_reset(request: HttpRequest, user: User, **_: Any) -> None:
    keep(Kind.PASSWORD_RESET, user.email, by=user, request=request)


@receiver(authenticator_added)
def _factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    kind = Kind.CODES_MADE if authenticator.type == Authenticator.Type.RECOVERY_CODES else Kind.FACTOR_ADDED
    keep(kind, user.email, by=user, request=request, type=str(authenticator.type))


@receiver(authenticator_reset)
def _codes_made(request: HttpRequest, user: User, **_: Any) -> None:
    keep(Kind.CODES_MADE, user.email, by=user, request=request)


@receiver(authenticator_removed)
def _factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    request.session.pop(FACTOR, None)  # it may have been the only one
    keep(Kind.FACTOR_REMOVED, user.email, by=user, request=request, type=str(authenticator.type))
