"""What every address of the API has in common: key, scope, limit, one transaction, problem details."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, ClassVar, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import override
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from takedowns.access.actor import acting_as
from takedowns.access.origin import coming_from, of_key, of_request
from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.recording import is_given, record
from takedowns.api import wire
from takedowns.api.authentication import Caller
from takedowns.api.deprecation import Deprecation, deprecation_of
from takedowns.api.idempotency import answer_once
from takedowns.api.limits import count_call
from takedowns.api.packing import pack
from takedowns.api.parameters import read_parameters
from takedowns.api.places import PLACES
from takedowns.api.problems import Problem, errors_of
from takedowns.api.sandbox import ensure_filled
from takedowns.api.serializers.fields import Parameters, form_of
from takedowns.directory.models import Scope
from takedowns.pages.bodies import length_of
from takedowns.pages.well_formed import is_text
from takedowns.representation.wire import dumps


class Besides(NamedTuple):
    """What an answer shows besides what its view is about: an entry of its own in the access log.

    Attributes:
        opens: what it is.
        shown: which of them.
        referral: of which referral, where it is of one.
    """

    opens: Opens
    shown: Shown
    referral: UUID | None


class ApiView(APIView):
    """A view that runs in one transaction as its caller, taken back when it raises.

    Attributes:
        scope: the scope a key needs, by method or for all; None where a key needs none.
        asks_alone: the view opens its own transactions (it waits between them).
        keeps_answers: whether an idempotency key makes a POST's answer be kept.
        needs_body: whether a POST, PUT or PATCH without a body is an error.
        max_body: bytes of body it takes.
        parameters: what may stand in the query, by method or for all; none where nothing is said.
        asked: the query's parameters, checked before the handler runs.
        opens: what it shows, for the access log; of an answer in JSON the members are named in it.
        saw: which things it showed, where its answer does not say so.
        besides: what else it showed.
        deprecated: that it will end, by method or for all.
    """

    scope: ClassVar[Scope | Mapping[str, Scope] | None]
    asks_alone: ClassVar[bool] = False
    keeps_answers: ClassVar[bool] = True
    needs_body: ClassVar[bool] = True
    parameters: ClassVar[type[Parameters] | Mapping[str, type[Parameters]]] = Parameters
    asked: dict[str, Any]
    opens: ClassVar[Opens]
    saw: Shown = Shown()
    besides: list[Besides]
    deprecated: ClassVar[Deprecation | Mapping[str, Deprecation] | None] = None
    max_body: int = settings.API_MAX_BODY_BYTES
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a call. As DRF's own, but for the transaction around the handler."""
        self.args, self.kwargs, self.format_kwarg = args, kwargs, None
        self.besides = []
        asked = self.initialize_request(request, *args, **kwargs)
        self.request = asked
        self.headers: dict[str, str] = {"Cache-Control": "no-store", "Vary": "Authorization"}
        if ending := deprecation_of(self, request.method or ""):
            self.headers |= ending.headers
        # Programs read English, whatever their libraries say of languages: sentences are logged and compared.
        with override("en"):
            try:
                self.initial(asked, *args, **kwargs)
                handler = getattr(self, (asked.method or "").lower(), self.http_method_not_allowed)
                place = PLACES.answering(self.caller.key.pk) if self.caller.key else nullcontext()
                with place, coming_from(self._origin(request)):
                    response = self._act(asked, handler)
            except Exception as exception:  # noqa: BLE001 - whatever it is, the caller gets problem details
                response = self.handle_exception(exception)
        if isinstance(response, Response):
            response = self.finalize_response(asked, response, *args, **kwargs)
            response.add_post_render_callback(partial(pack, asked))
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response

    def handle_exception(self, exc: Exception) -> Response:
        """Turn an exception into problem details; DRF would let those it does not know pass."""
        response: Response = self.get_exception_handler()(exc, self.get_exception_handler_context())
        response.exception = True
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller in, or say why not, before anything of the body is read."""
        if (request.method or "").lower() not in self.http_method_names or not hasattr(
            self, (request.method or "").lower()
        ):
            self.http_method_not_allowed(request, *args, **kwargs)
        request.user  # noqa: B018 - DRF authenticates when it is asked for the user
        if request.auth is None:
            raise Problem("not-authenticated", headers={"WWW-Authenticate": 'Bearer realm="takedowns"'})
        self.caller = cast("Caller", request.auth)
        if self.caller.key is not None:
            self.headers |= count_call(self.caller.key).headers
            self.check_scope(self.needed_scope)
            if self.caller.key.test:
                ensure_filled(self.caller.actor)
        negotiated = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = negotiated
        if not is_text(request.META.get("QUERY_STRING", "")):
            raise Problem("malformed", "The address is no text in UTF-8. Encode it as UTF-8, then in %XX.")
        self.asked = read_parameters(self._parameters(request), request.query_params)
        self._check_length(request)

    def body(self, form: type[Serializer[Any]], **options: Any) -> Any:
        """Return the call's body, checked against a form.

        Raises:
            Problem: ``invalid-body`` with every field that is wrong.
        """
        return checked(form, self.request.data, **options)

    def check_scope(self, needed: Scope | None) -> None:
        """Let only whoever has a scope go on.

        Raises:
            Problem: ``missing-scope``.
        """
        caller = self.caller
        if caller.key is None or needed is None or needed in caller.scopes:
            return
        if caller.token and needed == Scope.KEYS_ROTATE:
            raise Problem("forbidden", "A token changes nothing about its key. Call with the key itself.")
        what = "token" if caller.token else "key"
        raise Problem(
            "missing-scope",
            f"This needs the scope {needed}; the {what} has: {', '.join(caller.scopes)}.",
            headers={
                "WWW-Authenticate": f'Bearer realm="takedowns", error="insufficient_scope", scope="{needed}"'
            },
            needs=str(needed),
        )

    def _parameters(self, request: Request) -> type[Parameters]:
        by_method = self.parameters
        if isinstance(by_method, Mapping):
            return by_method.get((request.method or "").replace("HEAD", "GET"), Parameters)
        return by_method

    def _origin(self, request: HttpRequest) -> str:
        return of_key(self.caller.key.pk, request) if self.caller.key else of_request(request)

    def _act(self, request: Request, handler: Any) -> Response | HttpResponse:
        if self.asks_alone:
            response = handler(request, *self.args, **self.kwargs)
            with acting_as(self.caller.actor):
                self._record(request, response)
            return response  # type: ignore[no-any-return]
        with acting_as(self.caller.actor, seconds=settings.API_STATEMENT_SECONDS):
            if request.method != "POST" or self.caller.key is None or not self.keeps_answers:
                response = handler(request, *self.args, **self.kwargs)
            else:
                response = answer_once(
                    request,
                    self.caller.key,
                    self.body_hash(),
                    lambda: handler(request, *self.args, **self.kwargs),
                )
            self._record(request, response)
            return response  # type: ignore[no-any-return]

    def _record(self, request: Request, response: Response | HttpResponse) -> None:
        """Enter in the access log what is given. It is given only then.

        Raises:
            NotRecordedError: it cannot be entered.
        """
        match = request._request.resolver_match
        if match is None or not is_given(response):
            return
        data = getattr(response, "data", None)
        told: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
        shown, address = self.saw, dict(match.kwargs)
        if self.opens.listed in told:
            shown = Shown(tuple(id_of(one) for one in told[self.opens.listed]), shown.asked)
        elif self.opens.by in told:
            shown = Shown((str(told[self.opens.by]),), shown.asked)
        if "referral_id" in told:
            address["referral_id"] = told["referral_id"]
        key = self.caller.key.pk if self.caller.key else None
        view = f"{match.view_name} {request.method}"
        record(self.opens, view, address, shown, response, by=self.caller.actor, key_id=key)
        for one in self.besides:
            of = {} if one.referral is None else {"referral_id": one.referral}
            record(one.opens, view, address | of, one.shown, response, by=self.caller.actor, key_id=key)

    def body_hash(self) -> str:
        """Return the SHA-256 of the body, of a file as well; computed only where an idempotency key needs it."""
        if "Idempotency-Key" not in self.request.headers:
            return ""
        sent: Any = self.request.data
        if not hasattr(sent, "seek"):
            return hashlib.sha256(dumps(sent)).hexdigest()
        digest = hashlib.file_digest(sent, "sha256").hexdigest()
        sent.seek(0)
        return digest

    @property
    def needed_scope(self) -> Scope | None:
        """The scope that this call's key needs."""
        if isinstance(self.scope, Mapping):
            return self.scope[(self.request.method or "").replace("HEAD", "GET")]
        return self.scope

    def _check_length(self, request: Request) -> None:
        if request.META.get("HTTP_TRANSFER_ENCODING"):
            raise Problem("length-required")
        length = length_of(request)
        if not length and self.needs_body and request.method in ("POST", "PUT", "PATCH"):
            raise Problem("malformed", "There is nothing in the body.")
        if length > self.max_body:
            raise wire.too_large(self.max_body)


def id_of(one: Any) -> str:
    """Return the id of one thing in a list of an answer: of the referral where it is about one."""
    found = one.get("referral_id") or one.get("id") or one.get("referral") or ""
    return str(found["id"] if isinstance(found, Mapping) else found)


def checked(form: type[Serializer[Any]], data: Any, **options: Any) -> Any:
    """Return data checked against a form.

    Raises:
        Problem: ``invalid-body`` with a pointer to every field that is wrong.
    """
    if not options:
        try:
            return form_of(form).run_validation(data)
        except ValidationError:
            pass  # told below as a form of its own tells it
    one = form(data=data, **options)
    try:
        one.is_valid(raise_exception=True)
    except ValidationError as error:
        errors = errors_of(error.detail)
        raise Problem(
            "invalid-body", f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors
        ) from None
    return one.validated_data
