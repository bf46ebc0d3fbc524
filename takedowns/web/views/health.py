"""Whether this process answers and reaches its database: for load balancers, without sign-in."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from takedowns.postgres.trouble import RETRY_AFTER, Trouble


@never_cache
def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django passes it
    """Answer 200 "ok", or 503 where the database does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse(
            "database does not answer\n",
            status=503,
            content_type="text/plain; charset=utf-8",
            headers={"Retry-After": str(RETRY_AFTER[Trouble.AWAY])},
        )
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
