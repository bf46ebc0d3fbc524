"""The key a program calls with."""

from __future__ import annotations

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.api.authentication import Caller
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.serializers.others import KeyShown, Rotated, RotationAsked
from takedowns.directory.keys import KeyNotMade, rotate
from takedowns.directory.models import ApiKey, Scope


class Key(ApiView):
    """What the key is and may do."""

    scope = None

    @extend_schema(
        operation_id="get_key", tags=["Key"], summary="See what your key may do", responses=KeyShown
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the key, without its secret."""
        return Response(_shown(_key(self.caller)))


class KeyRotation(ApiView):
    """Replacing a key by a new one."""

    scope = Scope.KEYS_ROTATE
    needs_body = False
    keeps_answers = False  # the answer holds a secret

    @extend_schema(
        operation_id="rotate_key",
        tags=["Key"],
        summary="Replace your key",
        request=RotationAsked,
        responses={201: Rotated},
        description="Makes a new key with the same rights; the one you call with ends after the overlap. If the answer"
        " never reached you, call again: a successor that was never used is revoked. Idempotency-Key is not kept"
        " here, since an answer that holds a secret is never stored.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Make the successor."""
        hours = self.body(RotationAsked)["overlap_hours"]
        key = _key(self.caller)
        try:
            successor, text = rotate(key, overlap=timedelta(hours=hours))
        except KeyNotMade as error:
            raise Problem("conflict", str(error)) from None
        key.refresh_from_db(fields=["expires_at"])
        answer = {"key": text, "successor": _shown(successor), "old_key_expires_at": key.expires_at}
        return Response(answer, 201)


def _key(caller: Caller) -> ApiKey:
    assert caller.key is not None  # noqa: S101 - these views take keys only
    return caller.key


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "prefix": key.prefix,
        "name": key.name,
        "platform": key.platform_id,
        "agency": key.agency.slug if key.agency else None,
        "scopes": key.scopes,
        "test": key.test,
        "addresses": key.addresses,
        "requests_per_minute": key.requests_per_minute,
        "last_used_at": key.last_used_at,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
