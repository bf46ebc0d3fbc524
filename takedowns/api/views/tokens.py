"""Tokens in the place of keys (OAuth 2.0 client credentials), and which client certificate arrives."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiResponse, extend_schema
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from takedowns.api.client_certificates import certificate_of
from takedowns.api.oauth import FORM, GRANT, METHODS, MOST_BYTES, server
from takedowns.api.serializers.tokens import (
    CertificateSeen,
    OAuthError,
    RevocationAsked,
    TokenAsked,
    TokenGiven,
)
from takedowns.api.wire import JsonRenderer
from takedowns.directory.models import Scope

_CLIENT: Any = [{"clientSecret": []}, {}]
_REFUSED = {
    (status, "application/json"): OpenApiResponse(OAuthError, description=said)
    for status, said in (
        (400, "The form is not right: `invalid_request`, `invalid_scope`, `unsupported_grant_type`"),
        (401, "The key is not known, or not let in: `invalid_client`"),
        (429, "Too many calls or wrong secrets: `temporarily_unavailable`; wait as long as Retry-After says"),
    )
}


class OAuthView(APIView):
    """Takes a form with the key's two parts, and answers as OAuth 2.0 has it, errors too (RFC 6749, section 5)."""

    authentication_classes: list[Any] = []
    parser_classes = [FormParser]
    renderer_classes = [JsonRenderer]
    http_method_names = ["post"]

    def _answer(self, request: Request, what: str) -> HttpResponse:
        asked = request._request
        given = {name: asked.headers[name] for name in ("Authorization",) if name in asked.headers}
        respond = getattr(server(asked), f"create_{what}_response")
        try:
            headers, body, status = respond(asked.get_full_path(), "POST", _form(asked), given)
        except OAuth2Error as error:
            headers, body, status = error.headers, error.json, error.status_code
        plain = {"Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache"}
        return HttpResponse(body, status=status, headers={**headers, **plain})


class Token(OAuthView):
    """Where a program gets a token for its key."""

    @extend_schema(
        operation_id="get_token",
        tags=["Key"],
        summary="Get a token for your key",
        request={FORM: TokenAsked},
        responses={(200, "application/json"): TokenGiven, **_REFUSED},
        auth=_CLIENT,
        description="OAuth 2.0 client credentials (RFC 6749, section 4.4): `client_id` is the key's prefix, `client_secret` its secret or its"
        " whole text, sent as HTTP Basic or in the form. The token may what the key may, but not replace it, and ends with it. Got with a"
        " client certificate, it is good together with that alone (RFC 8705). Errors are those of RFC 6749, section 5.2.",
    )
    def post(self, request: Request) -> HttpResponse:
        """Give out a token."""
        return self._answer(request, "token")


class Revocation(OAuthView):
    """Where a program gives a token back."""

    @extend_schema(
        operation_id="revoke_token",
        tags=["Key"],
        summary="End a token",
        request={FORM: RevocationAsked},
        responses={200: OpenApiResponse(description="It is good no more, or never was"), **_REFUSED},
        auth=_CLIENT,
        description="RFC 7009. A token that is unknown, has ended or is another key's is answered alike.",
    )
    def post(self, request: Request) -> HttpResponse:
        """End it."""
        return self._answer(request, "revocation")


class ClientCertificate(APIView):
    """Which client certificate arrives here."""

    authentication_classes: list[Any] = []
    renderer_classes = [JsonRenderer]

    @extend_schema(
        operation_id="see_certificate",
        tags=["Key"],
        summary="See which client certificate arrives",
        responses={(200, "application/json"): CertificateSeen},
        auth=[],
        description="To find out whether yours does before a key is bound to it. `null`: none came, it is not valid today, or this is not the"
        " address at which certificates are asked for.",
    )
    def get(self, request: Request) -> Response:
        """Return its fingerprint."""
        found = certificate_of(request._request)
        seen = {"sha256": found.fingerprint, "x5t#S256": found.thumbprint} if found else None
        told = {"certificate": seen, "ask_at": settings.CLIENT_CERTIFICATES_AT or None}
        return Response(told, headers={"Cache-Control": "no-store"})


@require_safe
def metadata(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Say where tokens are got and how (RFC 8414), with the addresses for client certificates where there are such (RFC 8705)."""
    told: dict[str, Any] = {
        "issuer": settings.SITE_URL,
        **_places(settings.SITE_URL),
        "service_documentation": f"{settings.SITE_URL}/api/v1/docs",
        "grant_types_supported": [GRANT],
        "response_types_supported": [],
        "scopes_supported": [str(scope) for scope in Scope if scope != Scope.KEYS_ROTATE],
        "token_endpoint_auth_methods_supported": [*METHODS],
        "revocation_endpoint_auth_methods_supported": [*METHODS],
    }
    if settings.CLIENT_CERTIFICATES_AT:
        told["tls_client_certificate_bound_access_tokens"] = True
        told["mtls_endpoint_aliases"] = _places(settings.CLIENT_CERTIFICATES_AT)
    return JsonResponse(told, headers={"Cache-Control": "public, max-age=300"})


def _places(at: str) -> dict[str, str]:
    root = f"{at}/api/v1/oauth"
    return {"token_endpoint": f"{root}/token", "revocation_endpoint": f"{root}/revoke"}


def _form(request: HttpRequest) -> str:
    """Return the form as it was sent.

    Raises:
        InvalidRequestError: it is none, or too long.
    """
    if request.content_type != FORM:
        raise InvalidRequestError(description=f"Send a form: Content-Type {FORM}.")
    sent = request.read(MOST_BYTES + 1)
    if len(sent) > MOST_BYTES:
        raise InvalidRequestError(description=f"The form is longer than {MOST_BYTES} bytes.")
    try:
        return sent.decode("ascii")
    except UnicodeDecodeError:
        raise InvalidRequestError(description="The form is not percent-encoded.") from None
