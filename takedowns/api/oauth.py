"""OAuth 2.0 client credentials (RFC 6749, section 4.4) and revocation (RFC 7009), by oauthlib.

A client is an API key: ``client_id`` its prefix, ``client_secret`` its secret or its whole text. So keys are made, bounded and revoked in one
place, and nothing is registered twice. oauthlib reads the request and words the answer; what it asks us stands here.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_plus

from allauth.core.ratelimit import consume
from django.conf import settings
from django.http import HttpRequest
from oauthlib.common import Request
from oauthlib.oauth2 import BackendApplicationServer, RequestValidator
from oauthlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError, OAuth2Error

from takedowns.access.origin import address_of
from takedowns.api.client_certificates import called_from
from takedowns.api.limits import count_call
from takedowns.api.problems import Problem
from takedowns.api.tokens import give_out, grantable, new_text, revoke
from takedowns.directory.admission import KeyRefused, check_parts
from takedowns.directory.models import ApiKey

GRANT: Final = "client_credentials"
FORM: Final = "application/x-www-form-urlencoded"
#: How a program says which key it is.
METHODS: Final = ("client_secret_basic", "client_secret_post")
#: A form is no longer, in bytes.
MOST_BYTES: Final = 16_384
_FAILED: Final = "token_failed"
_ONCE: Final = ("client_id", "client_secret", "token")


class TooManyError(OAuth2Error):  # type: ignore[misc]
    """Too many calls, or too many wrong secrets. RFC 6749 names no code for it; this one says what to do."""

    error = "temporarily_unavailable"
    status_code = 429

    def __init__(self, seconds: int, description: str, request: Request) -> None:
        super().__init__(description=description, request=request)
        self.seconds = seconds

    @property
    def headers(self) -> dict[str, str]:
        """When to come back."""
        return {"Retry-After": str(self.seconds)}


class NotLetInError(InvalidClientError):  # type: ignore[misc]
    """Who calls is not known, or not let in. Asked for as it may be sent (RFC 6749, section 5.2)."""

    @property
    def headers(self) -> dict[str, str]:
        """What may be sent."""
        return {"WWW-Authenticate": 'Basic realm="takedowns", charset="UTF-8"'}


class Client(NamedTuple):
    """A key, as oauthlib knows a client."""

    client_id: str
    key: ApiKey


class Keys(RequestValidator):  # type: ignore[misc]
    """What oauthlib asks of us, for one request."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__()
        self.request = request
        self.by = called_from(request)

    def client_authentication_required(self, request: Request, *_: Any, **__: Any) -> bool:  # noqa: ARG002
        """Every client has a secret."""
        return True

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        """Find the key whose prefix and secret are given.

        Raises:
            OAuth2Error: there is none, it is not let in, or too many wrong ones were tried.
        """
        client_id, secret = _credentials(request)
        # Client and address: whoever guesses waits, and the client itself elsewhere does not.
        tried = f"{client_id} {address_of(self.request)}"
        if not consume(self.request, action=_FAILED, key=tried, dry_run=True):
            raise TooManyError(
                300, "Too many wrong secrets were tried. Wait five minutes, with the right one, too.", request
            )
        try:
            key = check_parts(client_id, secret, by=self.by)
        except KeyRefused as refused:
            if refused.code == "invalid_key":
                consume(self.request, action=_FAILED, key=tried)
            raise NotLetInError(description=_plain(refused.message), request=request) from None
        try:
            count_call(key)
        except Problem as problem:
            raise TooManyError(int(problem.headers["Retry-After"]), problem.detail, request) from None
        request.client_id, request.client = client_id, Client(client_id, key)
        return True

    def validate_grant_type(self, client_id: str, grant_type: str, *_: Any, **__: Any) -> bool:  # noqa: ARG002
        """There is one."""
        return grant_type == GRANT

    def get_default_scopes(self, client_id: str, request: Request, *_: Any, **__: Any) -> list[str]:  # noqa: ARG002
        """Return what a token may that asks for nothing: all that it can."""
        return grantable(request.client.key)

    def validate_scopes(
        self,
        client_id: str,  # noqa: ARG002
        scopes: list[str],
        client: Client,
        request: Request,  # noqa: ARG002
        *_: Any,
        **__: Any,
    ) -> bool:
        """Tell whether the key may give all of them to a token; one that may give none has no token."""
        return bool(scopes) and {*scopes} <= {*grantable(client.key)}

    def save_token(self, token: dict[str, Any], request: Request, *_: Any, **__: Any) -> None:
        """Keep what was given out."""
        scopes = list(dict.fromkeys(request.scopes))
        give_out(token["access_token"], request.client.key, scopes, certificate=self.by.certificate)

    def revoke_token(self, token: str, token_type_hint: str, request: Request, *_: Any, **__: Any) -> None:  # noqa: ARG002
        """End a token; one that is unknown, or another key's, is not told apart."""
        revoke(token, request.client.key)


def server(request: HttpRequest) -> BackendApplicationServer:
    """Return what answers a request at the token or the revocation endpoint."""
    return BackendApplicationServer(
        Keys(request),
        token_generator=lambda _request: new_text(),
        token_expires_in=settings.API_TOKEN_SECONDS,
    )


def _credentials(request: Request) -> tuple[str, str]:
    """Return client and secret as they were sent, in the header or in the form, never in both (RFC 6749, section 2.3)."""
    if twice := [name for name in _ONCE if name in request.duplicate_params]:
        raise InvalidRequestError(description=f"Duplicate {twice[0]} parameter.", request=request)
    scheme, _, coded = request.headers.get("Authorization", "").partition(" ")
    in_form = dict(request.decoded_body or ())
    if scheme.lower() != "basic":
        if not (in_form.get("client_id") and in_form.get("client_secret")):
            raise NotLetInError(
                description="Send client_id and client_secret, as HTTP Basic or in the form.", request=request
            )
        return in_form["client_id"], in_form["client_secret"]
    if "client_secret" in in_form:
        raise InvalidRequestError(
            description="The secret is sent twice: in the header and in the form. Send it once.",
            request=request,
        )
    try:
        name, colon, secret = base64.b64decode(coded.strip(), validate=True).decode().partition(":")
    except (ValueError, binascii.Error):
        name, colon, secret = "", "", ""
    if not (name and colon and secret):
        raise NotLetInError(
            description="The Authorization header is no HTTP Basic (RFC 7617).", request=request
        )
    client_id = unquote_plus(name)
    if in_form.get("client_id", client_id) != client_id:
        raise InvalidRequestError(
            description="client_id in the form is not that of the header.", request=request
        )
    return client_id, unquote_plus(secret)


def _plain(text: str) -> str:
    """Return a description in the characters that RFC 6749, section 5.2 lets stand in one."""
    said = text.replace("“", "'").replace("”", "'").replace('"', "'").replace("\\", "/")
    return "".join(one if " " <= one <= "~" else "?" for one in said)
