"""Tokens that a program gets for its key, good for some minutes: given out, checked, revoked (OAuth 2.0 client credentials).

A token reads ``tka_<secret>``. The secret is 256 random bits, of which only the SHA-256 is stored, as of keys. Each call asks for the
token's key, too, as a call with the key does: a key that was revoked or has expired takes its tokens with it at once, and its list of
addresses, its certificates and its limits are theirs. What a key may do, a token may at most; but it makes no other key: one that got
into other hands is worth what is left of its minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.models import AccessToken
from takedowns.directory.admission import CalledFrom, KeyRefused, let_in
from takedowns.directory.keys import SECRET_BYTES, digest
from takedowns.directory.models import ApiKey, Scope

MARK: Final = "tka_"
#: So long a token that has ended is kept.
KEPT_FOR: Final = timedelta(days=1)
_ENDED: Final = "No such token, or it has ended. Get a new one (POST /api/v1/oauth/token)."


class Token(NamedTuple):
    """What a token is good for.

    Attributes:
        certificate: fingerprint of the client certificate it is bound to; empty for none.
    """

    scopes: list[str]
    certificate: str
    expires_at: datetime


def grantable(key: ApiKey) -> list[str]:
    """Return the scopes that a key's token may have: all of the key's, but not making another key."""
    return [scope for scope in key.scopes if scope != Scope.KEYS_ROTATE]


def new_text() -> str:
    """Return the text of a new token."""
    return MARK + secrets.token_urlsafe(SECRET_BYTES)


def give_out(text: str, key: ApiKey, scopes: Collection[str], *, certificate: str = "") -> AccessToken:
    """Store a token for a key; ``certificate`` is the one that the program came with, without which the token is good for nothing."""
    now = timezone.now()
    with acting_as(SYSTEM):
        return AccessToken.objects.create(
            key=key,
            digest=digest(text),
            scopes=list(scopes),
            certificate=certificate,
            created_at=now,
            expires_at=now + timedelta(seconds=settings.API_TOKEN_SECONDS),
        )


def check_token(text: str, *, by: CalledFrom) -> tuple[ApiKey, Token]:
    """Return the key of a token and what the token is good for, if both may be used now. One statement, two once a minute.

    Raises:
        KeyRefused: it may not: ``invalid_token``, ``certificate``, or what the key is refused for.
    """
    found = ApiKey.objects.raw(
        "SELECT (found.key).*, found.scopes AS token_scopes, found.certificate AS token_certificate,"
        " found.expires_at AS token_expires_at FROM public.takedowns_key_of_token(%s) AS found",
        [digest(text)],
    )
    key = next(iter(found), None)
    if key is None or key.token_expires_at <= timezone.now():  # type: ignore[attr-defined]
        raise KeyRefused("invalid_token", _ENDED)
    token = Token(
        # What was taken from the key since is taken from its tokens.
        [scope for scope in key.token_scopes if scope in key.scopes],  # type: ignore[attr-defined]
        key.token_certificate,  # type: ignore[attr-defined]
        key.token_expires_at,  # type: ignore[attr-defined]
    )
    if token.certificate and token.certificate != by.certificate:
        raise KeyRefused(
            "certificate",
            "The token was got with a client certificate, and is good only together with it: call with that certificate, at the address"
            " for client certificates.",
        )
    return let_in(key, by=by), token


def revoke(text: str, key: ApiKey) -> bool:
    """End a token of this key now; return whether there was one. Another key's stays as it is (RFC 7009, section 2.1)."""
    with acting_as(SYSTEM):
        live = AccessToken.objects.filter(digest=digest(text), key=key, revoked_at=None)
        return bool(live.update(revoked_at=timezone.now()))
