"""The key a program calls with."""

from __future__ import annotations

from datetime import timedelta

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.authentication import Caller
from takedowns.api.base import ApiView
from takedowns.api.client_certificates import called_from, thumbprint
from takedowns.api.problems import Problem
from takedowns.api.serializers.others import KeyShown, Rotated, RotationAsked
from takedowns.api.serializers.tokens import CertificatesBound, CertificatesKept
from takedowns.directory.certificates import CertificatesNotBound, bind, fingerprints
from takedowns.directory.keys import KeyNotMade, rotate
from takedowns.directory.models import ApiKey, Scope


class Key(ApiView):
    """What the key is and may do."""

    opens = Opens(What.ADMINISTRATION, "prefix")
    scope = None

    @extend_schema(
        operation_id="get_key", tags=["Key"], summary="See what your key may do", responses=KeyShown
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the key, without its secret."""
        return Response(_shown(_key(self.caller)) | _of_call(self.caller))


class KeyCertificates(ApiView):
    """The client certificates a key is bound to."""

    opens = Opens(What.ADMINISTRATION)
    scope = Scope.KEYS_ROTATE

    @extend_schema(
        operation_id="bind_certificates",
        tags=["Key"],
        summary="Bind your key to client certificates",
        request=CertificatesBound,
        responses=CertificatesKept,
        description="From then on calls with the key need one of them. Name the next one beside the one in use before it changes. Call with"
        " one of those you name, so that nobody locks himself out; an administrator unbinds a key.",
    )
    def put(self, request: Request) -> Response:
        """Bind it."""
        try:
            wanted = fingerprints(self.body(CertificatesBound)["certificates"])
            came = called_from(request._request).certificate
            if came not in wanted:
                said = (
                    f"The certificate of this call ({came}) is not among them."
                    if came
                    else "No certificate came with this call."
                )
                raise Problem("conflict", f"{said} Call with one of those that you name.")
            return Response({"certificates": bind(_key(self.caller), wanted)})
        except CertificatesNotBound as error:
            told = {"pointer": "#/certificates", "code": "invalid", "detail": str(error)}
            raise Problem("invalid-body", str(error), errors=[told]) from None


class KeyRotation(ApiView):
    """Replacing a key by a new one."""

    opens = Opens(What.ADMINISTRATION)
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
        "certificates": key.certificates,
        "requests_per_minute": key.requests_per_minute,
        "last_used_at": key.last_used_at,
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }


def _of_call(caller: Caller) -> dict[str, object]:
    """Return what is said of the token, where the call is made with one: it may less than its key, and ends sooner."""
    token = caller.token
    if token is None:
        return {"token": None}
    bound = {"x5t#S256": thumbprint(token.certificate)} if token.certificate else None
    return {"token": {"scopes": token.scopes, "expires_at": token.expires_at, "cnf": bound}}
