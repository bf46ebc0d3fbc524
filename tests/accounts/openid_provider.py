"""An OpenID provider for one client, on oauthlib's own (RFC 6749, RFC 7636, OpenID Connect Core): what it is sent wrongly, it refuses."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from oauthlib.openid import RequestValidator
from oauthlib.openid.connect.core.endpoints.pre_configured import Server

CLIENT, SECRET, KEY = "takedowns", "s3cret", "first"


@dataclass
class Provider:
    """Who is signed in there, what it tells of them, and what it answered.

    Attributes:
        claims: of whoever is signed in there.
        tells_in_userinfo: as ADFS does not: then the claims stand in the ID token alone.
        answered: the path and the status of each call.
    """

    callback: str
    claims: dict[str, Any] = field(default_factory=dict)
    tells_in_userinfo: bool = True
    url: str = ""
    answered: list[tuple[str, int]] = field(default_factory=list)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def documents(self) -> dict[str, Any]:
        """What stands at fixed addresses."""
        public = {**RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True), "kid": KEY, "alg": "RS256"}
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                **{f"{one}_endpoint": f"{self.url}/{one}" for one in ("authorization", "token", "userinfo")},
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/jwks": {"keys": [public]},
        }


class _Validator(RequestValidator):  # type: ignore[misc]  # oauthlib has no types
    """What the provider knows: one client, its one address, and the codes and tokens that it gave."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider

    def validate_client_id(self, client_id: str, request: Any, *_: Any, **__: Any) -> bool:
        return client_id == CLIENT

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Any, *_: Any, **__: Any
    ) -> bool:
        return redirect_uri == self.provider.callback

    def validate_scopes(self, client_id: str, scopes: list[str], *_: Any, **__: Any) -> bool:
        return "openid" in scopes and set(scopes) <= {"openid", "profile", "email"}

    def validate_response_type(self, client_id: str, response_type: str, *_: Any, **__: Any) -> bool:
        return response_type == "code"

    def validate_grant_type(self, client_id: str, grant_type: str, *_: Any, **__: Any) -> bool:
        return grant_type == "authorization_code"

    def is_pkce_required(self, client_id: str, request: Any) -> bool:
        return True

    def validate_user_match(self, *_: Any) -> bool:
        return True

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Any, *_: Any, **__: Any
    ) -> None:
        names = ("code_challenge", "code_challenge_method", "nonce", "redirect_uri", "scopes")
        self.provider.codes[code["code"]] = {name: getattr(request, name, None) for name in names}

    def authenticate_client(self, request: Any, *_: Any, **__: Any) -> bool:
        request.client = type("Client", (), {"client_id": request.client_id})()
        return (request.client_id, request.client_secret) == (CLIENT, SECRET)

    def validate_code(self, client_id: str, code: str, client: Any, request: Any, *_: Any, **__: Any) -> bool:
        if code not in self.provider.codes:
            return False
        request.scopes, request.user = self.provider.codes[code]["scopes"], self.provider.claims["sub"]
        return True

    def confirm_redirect_uri(self, client_id: str, code: str, redirect_uri: str, *_: Any, **__: Any) -> bool:
        return bool(self.provider.codes[code]["redirect_uri"] == redirect_uri)

    def get_code_challenge(self, code: str, request: Any) -> str:
        return str(self.provider.codes[code]["code_challenge"])

    def get_code_challenge_method(self, code: str, request: Any) -> str:
        return str(self.provider.codes[code]["code_challenge_method"])

    def get_authorization_code_scopes(self, client_id: str, code: str, *_: Any) -> list[str]:
        return list(self.provider.codes[code]["scopes"])

    def get_authorization_code_nonce(self, client_id: str, code: str, *_: Any) -> Any:
        return self.provider.codes[code]["nonce"]

    def invalidate_authorization_code(self, client_id: str, code: str, *_: Any, **__: Any) -> None:
        del self.provider.codes[code]

    def save_bearer_token(self, token: dict[str, Any], request: Any, *_: Any, **__: Any) -> None:
        self.provider.tokens.add(token["access_token"])

    def finalize_id_token(self, id_token: dict[str, Any], token: Any, handler: Any, request: Any) -> str:
        now = int(time.time())
        said = {**id_token, **self.provider.claims, "iss": self.provider.url, "exp": now + 60, "iat": now}
        return jwt.encode(said, self.provider.key, algorithm="RS256", headers={"kid": KEY})

    def validate_bearer_token(self, token: str, scopes: Any, request: Any) -> bool:
        return token in self.provider.tokens

    def get_userinfo_claims(self, request: Any) -> dict[str, Any]:
        claims = self.provider.claims
        return claims if self.provider.tells_in_userinfo else {"sub": claims["sub"]}


@contextmanager
def providing(callback: str) -> Iterator[Provider]:
    """Serve a provider that knows one client with one address to come back to."""
    made = Provider(callback)
    endpoints = Server(_Validator(made))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path in made.documents:
                self.say({"Content-Type": "application/json"}, json.dumps(made.documents[path]), 200)
            elif path == "/authorization":
                self.say(*endpoints.create_authorization_response(self.path, "GET", scopes=self.scopes()))
            else:
                self.say(*endpoints.create_userinfo_response(self.path, "GET", "", dict(self.headers)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            # oauthlib asks for HTTPS, which stands in front of a provider.
            address = f"https://provider.example{self.path}"
            self.say(*endpoints.create_token_response(address, "POST", body, dict(self.headers)))

        def scopes(self) -> list[str]:
            return ["openid", "profile", "email"]

        def say(self, headers: dict[str, str], body: str | None, status: int) -> None:
            made.answered.append((urlsplit(self.path).path, status))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            sent = (body or "").encode()
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
