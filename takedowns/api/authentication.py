"""Who calls: a program with an API key, or (where a view allows it) a person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from takedowns.access.actor import Actor
from takedowns.api.client_certificates import called_from
from takedowns.api.problems import Problem
from takedowns.api.tokens import MARK, Token, check_token
from takedowns.directory.admission import KeyRefused, check
from takedowns.directory.keys import actor_of
from takedowns.directory.models import ApiKey


@dataclass(frozen=True)
class Caller:
    """Who calls, and as whom the call's statements ask."""

    actor: Actor
    key: ApiKey | None = None
    token: Token | None = None

    @property
    def scopes(self) -> list[str]:
        """What the key may do that it is, or the token that was got for it."""
        return self.token.scopes if self.token else self.key.scopes if self.key else []

    @property
    def platform_id(self) -> str | None:
        """Slug of the platform whose key it is."""
        return self.key.platform_id if self.key else None

    @property
    def agency_id(self) -> UUID | None:
        """Id of the agency whose key it is."""
        return self.key.agency_id if self.key else None


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer tkd_…``, a key, or ``Bearer tka_…``, a token that was got for one (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the key's caller, or None where no key was sent."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise _not_authenticated("The Authorization header must read “Bearer tkd_…”.", "invalid_request")
        text, by, token = text.strip(), called_from(request._request), None
        try:
            if text.startswith(MARK):
                key, token = check_token(text, by=by)
            else:
                key = check(text, by=by)
        except KeyRefused as refused:
            if refused.code == "address":
                raise Problem("not-allowed-here", refused.message) from None
            name = "certificate-needed" if refused.code == "certificate" else "not-authenticated"
            raise _not_authenticated(refused.message, "invalid_token", name) from None
        return AnonymousUser(), Caller(actor_of(key), key, token)

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """Return what WWW-Authenticate says."""
        return "Bearer"


class StaffSession(SessionAuthentication):
    """A person who is signed in to the pages and works for an agency."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the person's caller, or None where nobody is signed in."""
        if super().authenticate(request) is None:
            return None
        actor: Actor = request._request.actor  # type: ignore[attr-defined]
        if not actor.agencies:
            raise Problem(
                "forbidden", "This is for the staff of agencies, and your account has no role at one."
            )
        return request._request.user, Caller(actor)


def _not_authenticated(detail: str, code: str, name: str = "not-authenticated") -> Problem:
    return Problem(name, detail, headers={"WWW-Authenticate": f'Bearer realm="takedowns", error="{code}"'})
