"""The OpenAPI description: what every operation has in common is said here, once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from takedowns.api import casework_examples
from takedowns.api.contract import IN_PART
from takedowns.api.deprecation import deprecation_of
from takedowns.api.examples import ANSWERS, CALLS, CSV, TOLD
from takedowns.api.oauth import FORM
from takedowns.api.problems import MEDIA_TYPE, PROBLEMS
from takedowns.api.samples import calls, samples_of
from takedowns.directory.models import Scope

_EVERYWHERE: Final = ("400", "401", "403", "404", "406", "414", "429", "431", "500", "503")
_COMPONENT: Final = "#/components/schemas/"
_WITH_BODY: Final = ("411", "413", "415", "422")


class Schema(AutoSchema):
    """Describes a view; ``describe`` adds what all have in common."""

    def is_deprecated(self) -> bool:
        """Tell whether the call will end."""
        return deprecation_of(self.view, self.method) is not None

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """Describe a call; one that will end says so in its headers."""
        operation: Any = super().get_operation(*args, **kwargs)
        if operation and {"apiKey": []} in operation.get("security", ()):
            _add_token(operation["security"], getattr(self.view, "scope", None), self.method)
        if operation and (ending := deprecation_of(self.view, self.method)):
            _add_headers(operation["responses"], ending.described)
        return operation


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How to sign in with a key."""

    target_class = "takedowns.api.authentication.KeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the security scheme."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "tkd_<prefix>_<secret>",
            "description": "An API key of a platform or an agency. Scopes: "
            + "; ".join(f"`{scope.value}`: {scope.label}" for scope in Scope),
        }


def _add_token(security: list[Any], scope: Any, method: str) -> None:
    """Say that a token does as well as a key, and with which scope; not where a key is changed, which no token does."""
    needed = scope.get(method.upper()) if isinstance(scope, Mapping) else scope
    if needed != Scope.KEYS_ROTATE:
        security.insert(1, {"oauth2": [str(needed)] if needed else []})


def oauth_schemes() -> dict[str, Any]:
    """Return how a token is got, and how a program says at the token endpoint which key it is."""
    return {
        "oauth2": {
            "type": "oauth2",
            "description": "A token that a program gets for its key (RFC 6749, section 4.4). Metadata: /.well-known/oauth-authorization-server.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/api/v1/oauth/token",
                    "scopes": {
                        scope.value: str(scope.label) for scope in Scope if scope != Scope.KEYS_ROTATE
                    },
                }
            },
        },
        "clientSecret": {
            "type": "http",
            "scheme": "basic",
            "description": "The key's prefix, and its secret or its whole text. They may stand in the form instead.",
        },
    }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Staff who are signed in to the pages."""

    target_class = "takedowns.api.authentication.StaffSession"
    name = "staffSession"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": settings.SESSION_COOKIE_NAME,
            "description": "Staff signed in to the pages.",
        }


def only_version_1(endpoints: list[Any], **_: Any) -> list[Any]:
    """Leave out whatever is not the API."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]


def describe(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:  # noqa: ARG001
    """Add problem details to every operation, and the headers that every answer has."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = _problem_schema()
    result["components"].setdefault("securitySchemes", {}).update(oauth_schemes())
    responses = result["components"].setdefault("responses", {})
    for status in sorted({str(kind.status) for kind in PROBLEMS.values()}):
        responses[f"Problem{status}"] = _problem_response(status)
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            with_body = "requestBody" in operation
            statuses = [
                *_EVERYWHERE,
                *(_WITH_BODY if with_body else ()),
                *(("409",) if method != "get" else ()),
            ]
            if method == "post" and operation["operationId"] not in _NOT_KEPT:
                operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            if any(one.get("name") == "If-Match" for one in operation.get("parameters", ())):
                statuses.append("412")
            if any(one.get("name") == "acted_by" for one in operation.get("parameters", ())):
                statuses.append("422")  # nobody of the agency is that
            for status in sorted({*statuses}):
                operation["responses"].setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
            _add_headers(operation["responses"], _REQUEST_ID)
            # Those that need no key say so.
            if any("apiKey" in one for one in operation.setdefault("security", [])):
                _add_headers(operation["responses"], _RATE_LIMIT)
            _add_examples(operation, CALLS | casework_examples.CALLS, ANSWERS | casework_examples.ANSWERS)
    _add_answers_in_part(result)
    _add_samples(result)
    for webhook in result.get("webhooks", {}).values():
        webhook["post"]["parameters"] = _SIGNED  # the generator drops those of webhooks
        webhook["post"]["security"] = []  # it is signed, and carries no key
        _add_examples(webhook["post"], {"receive_changes": TOLD}, {})
    _tidy(result)
    return result


def _add_answers_in_part(result: dict[str, Any]) -> None:
    """Say that some fields come alone where a call asks for some (``fields``): of each row of a page, else of the answer."""
    schemas = result["components"]["schemas"]
    for operation in (one for item in result["paths"].values() for one in item.values()):
        if not any(one.get("name") == "fields" for one in operation.get("parameters", ())):
            continue
        content = operation["responses"]["200"]["content"]["application/json"]
        name = content["schema"]["$ref"].removeprefix(_COMPONENT)
        row = schemas[name]["properties"].get("referrals", {}).get("items", {}).get("$ref", "")
        part = row.removeprefix(_COMPONENT) or name
        schemas[f"{part}{IN_PART}"] = {key: one for key, one in schemas[part].items() if key != "required"}
        if row:
            rows = {"referrals": {"type": "array", "items": {"$ref": f"{row}{IN_PART}"}}}
            schemas[f"{name}{IN_PART}"] = {**schemas[name], "properties": schemas[name]["properties"] | rows}
        content["schema"] = {"anyOf": [content["schema"], {"$ref": f"{_COMPONENT}{name}{IN_PART}"}]}


#: Schemas of others, of which we read a part: what else they hold is taken, or given back, too.
_OF_OTHERS: Final = ("JsonStat", "StatementBodyRequest", "StatementRowRequest")


def _tidy(result: dict[str, Any]) -> None:
    """Say which schemas may hold more, and leave out answers that are never given."""
    components = result["components"]
    for name in _OF_OTHERS:
        if name in components["schemas"]:
            components["schemas"][name]["additionalProperties"] = True
    named = {
        response["$ref"]
        for item in result["paths"].values()
        for operation in item.values()
        for response in operation["responses"].values()
        if "$ref" in response
    }
    components["responses"] = {
        name: response
        for name, response in components["responses"].items()
        if f"#/components/responses/{name}" in named
    }


_REQUEST_ID: Final = {
    "X-Request-ID": {
        "schema": {"type": "string"},
        "description": "The name of the call: yours where you sent one, else made here.",
        "example": "0b7c6a529f0d4a5c8d0e0c8f5b1f7a10",
    },
}
#: As draft-ietf-httpapi-ratelimit-headers names them.
_RATE_LIMIT: Final = {
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "How often the key may call: q times in w seconds.",
        "example": '"key";q=3000;w=60',
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "What is left of it (r), and for how many seconds (t).",
        "example": '"key";r=2987;t=41',
    },
}
#: As Standard Webhooks names them.
_SIGNED: Final = [
    {"name": name, "in": "header", "required": True, "schema": {"type": kind}, "description": described}
    for name, kind, described in (
        ("webhook-id", "string", "Of the delivery: the same however often it is sent."),
        ("webhook-timestamp", "integer", "Seconds since 1970, of this sending."),
        (
            "webhook-signature",
            "string",
            "v1,<base64>; two, separated by a space, while a secret is replaced.",
        ),
    )
]
#: Whose answers are not kept: reading changes nothing, and a secret is shown once.
_NOT_KEPT: Final = (
    "identify_many",
    "rotate_key",
    "get_token",
    "revoke_token",
    "create_webhook",
    "rotate_webhook_secret",
)
_IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "description": "Any unique name, such as a UUID. A repeated call with the same key gets the first answer and changes "
    "nothing, for 24 hours.",
    "example": "2f1c4f2e-5f0e-4d0e-9a39-6f2a2f0f6a11",
}


def _add_examples(operation: dict[str, Any], calls: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    name = operation["operationId"]
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "text/csv":
            content["example"] = CSV
        elif media_type in ("application/json", FORM) and name in calls:
            content["example"] = calls[name]
    for status, response in operation["responses"].items():
        if status.startswith("2") and name in answers and "application/json" in response.get("content", {}):
            response["content"]["application/json"]["example"] = answers[name]


def _add_samples(result: dict[str, Any]) -> None:
    """Say what stands in addresses in the examples, and how each call is made in three languages."""
    for call in calls(result):
        for one in call.operation.get("parameters", ()):
            if (value := call.parameters.get(one["name"]) or call.query.get(one["name"])) is not None:
                one["example"] = value
        result["paths"][f"/api/v1{call.place}"][call.method.lower()]["x-codeSamples"] = samples_of(call)


def _add_headers(responses: dict[str, Any], headers: Mapping[str, Any]) -> None:
    """Name headers of every answer that is no problem."""
    for status, response in responses.items():
        if status[0] in "23" and "$ref" not in response:
            response.setdefault("headers", {}).update(headers)


def _problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object",
        "description": "Problem details (RFC 9457). Further members depend on the type.",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {
                **text,
                "enum": [f"/api/v1/problems/{name}" for name in PROBLEMS],
                "description": "Stable; explained at its address.",
            },
            "title": text,
            "status": {"type": "integer"},
            "detail": {**text, "description": "What is wrong this time, and what to do."},
            "request_id": {**text, "description": "As in X-Request-ID: name it when you ask the operator."},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {"pointer": text, "parameter": text, "code": text, "detail": text},
                },
            },
        },
        "additionalProperties": True,
    }


def _problem_response(status: str) -> dict[str, Any]:
    names = [name for name, kind in PROBLEMS.items() if str(kind.status) == status]
    first = PROBLEMS[names[0]]
    headers: dict[str, Any] = {**_REQUEST_ID, **(_RATE_LIMIT if status == "429" else {})}
    if status in ("429", "503"):
        headers["Retry-After"] = {"schema": {"type": "integer"}, "description": "Seconds to wait."}
    if status == "401":
        headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
    return {
        "description": "; ".join(f"`{name}`: {PROBLEMS[name].title}" for name in names),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": f"/api/v1/problems/{names[0]}",
                    "title": first.title,
                    "status": first.status,
                    "detail": first.remedy,
                },
            }
        },
        "headers": headers,
    }
