"""Who calls: a program with an API key, or (where a view allows it) a person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from takedowns.access.actor import Actor
from takedowns.api.problems import Problem
from takedowns.directory.keys import KeyRefused, actor_of, check
from takedowns.directory.models import ApiKey


@dataclass(frozen=True)
class Caller:
    """Who calls, and as whom the call's statements ask."""

    actor: Actor
    key: ApiKey | None = None

    @property
    def platform_id(self) -> str | None:
        """Slug of the platform whose key it is."""
        return self.key.platform_id if self.key else None

    @property
    def agency_id(self) -> UUID | None:
        """Id of the agency whose key it is."""
        return self.key.agency_id if self.key else None


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer tkd_…`` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Return the key's caller, or None where no key was sent."""
        scheme, _, text = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer":
            raise _not_authenticated("The Authorization header must read “Bearer tkd_…”.", "invalid_request")
        try:
            key = check(text.strip(), address=address_of(request._request))
        except KeyRefused as refused:
            if refused.code == "address":
                raise Problem("not-allowed-here", refused.message) from None
            raise _not_authenticated(refused.message, "invalid_token") from None
        return AnonymousUser(), Caller(actor_of(key), key)

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


def _not_authenticated(detail: str, code: str) -> Problem:
    return Problem(
        "not-authenticated", detail, headers={"WWW-Authenticate": f'Bearer realm="takedowns", error="{code}"'}
    )


def address_of(request: HttpRequest) -> str:
    """Return the caller's address; behind our own proxy, the one that the proxy itself wrote, which is the last."""
    if settings.API_TRUST_FORWARDED_FOR:
        return str(request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    return str(request.META.get("REMOTE_ADDR", ""))
