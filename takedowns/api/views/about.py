"""The API about itself: its schema, its page, its problems. Open to everybody: an integrator reads before there is a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from takedowns.api.problems import BASE, PROBLEMS, Problem
from takedowns.api.samples import collection_of
from takedowns.api.serializers.others import CollectionShown, ProblemKind
from takedowns.api.wire import JsonRenderer


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 as JSON, or as YAML for whoever accepts only that."""

    renderer_classes = [OpenApiJsonRenderer2, OpenApiYamlRenderer2]

    authentication_classes: list[Any] = []
    permission_classes: list[Any] = []


class Collection(APIView):
    """All calls, ready to be made from Postman or Bruno."""

    authentication_classes: list[Any] = []
    renderer_classes = [JsonRenderer]

    @extend_schema(
        operation_id="get_collection",
        tags=["About"],
        summary="Get all calls as a collection",
        responses={(200, "application/json"): CollectionShown},
        auth=[],
        description="For Postman (collection format 2.1); Bruno, Insomnia and others import it, too. Set its variable key.",
    )
    def get(self, request: Request) -> Response:
        """Return it, as a file."""
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        headers = {"Content-Disposition": 'attachment; filename="takedowns.postman_collection.json"'}
        return Response(collection_of(schema, request.build_absolute_uri("/api/v1")), headers=headers)


class PageRenderer(BaseRenderer):
    """What a problem means, for somebody who opened its address in a browser."""

    media_type = "text/html"
    format = "html"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> str:
        """Return the page."""
        return render_to_string("api/problem.html", {"problem": data})


class ProblemPage(APIView):
    """What a problem's ``type`` leads to: JSON for programs, a page for people."""

    authentication_classes: list[Any] = []
    renderer_classes = [JsonRenderer, PageRenderer]

    @extend_schema(
        operation_id="explain_problem",
        tags=["About"],
        summary="Explain a problem",
        responses={(200, "application/json"): ProblemKind},
        auth=[],
    )
    def get(self, request: Request, name: str) -> Response:
        """Return what the problem means and what to do."""
        if name not in PROBLEMS:
            request.accepted_renderer, request.accepted_media_type = JsonRenderer(), JsonRenderer.media_type
            raise Problem("not-found", f"There is no such problem. Known: {', '.join(PROBLEMS)}.")
        kind = PROBLEMS[name]
        return Response({"type": f"{BASE}{name}", **kind._asdict()})


class Nowhere(APIView):
    """Whatever address is not part of the API."""

    authentication_classes: list[Any] = []
    schema = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer as any other problem."""
        self.args, self.kwargs, self.headers, self.format_kwarg = args, kwargs, {}, None
        asked = self.request = self.initialize_request(request, *args, **kwargs)
        response = Problem(
            "not-found", "This address is not part of the API. Its description: /api/v1/schema."
        ).as_response()
        return self.finalize_response(asked, response, *args, **kwargs)


def documentation(request: HttpRequest) -> HttpResponse:
    """Show the description as a page; scripts and styles are the sidecar's files, within the strict policy."""
    return render(request, "api/docs.html")
