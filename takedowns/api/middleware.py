"""What goes wrong before a view of the API is reached is told as every other problem."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from takedowns.api.problems import MEDIA_TYPE, Problem, of_trouble
from takedowns.representation.wire import dumps

#: What a view of the API words itself: a token endpoint's errors (RFC 6749).
OWN: Final = "application/json"
PREFIX: Final = "/api/"
_PROBLEM_OF: Final = {400: "malformed", 403: "forbidden", 404: "not-found", 413: "too-large"}
_DETAIL: Final = {
    "malformed": "The request is not well formed, or names a host that is not this installation's: check the Host header."
}


class ProblemMiddleware:
    """Turns a page of Django's about an error (unknown host, no database) into problem details.

    Stands first, so that it sees what any other middleware answers. What went wrong is logged where it was found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "")
        name = "internal" if response.status_code >= 500 else _PROBLEM_OF.get(response.status_code)
        if name is None or not request.path.startswith(PREFIX) or told in (MEDIA_TYPE, OWN):
            return response
        trouble = getattr(response, "trouble", None)
        problem = of_trouble(trouble) if trouble else Problem(name, _DETAIL.get(name, ""))
        return HttpResponse(
            dumps(problem.as_dict()),
            status=problem.status,
            content_type=MEDIA_TYPE,
            headers={"Cache-Control": "no-store", **problem.headers},
        )
