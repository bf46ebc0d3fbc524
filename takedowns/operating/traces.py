"""What is traced of this program: requests, jobs, and the statements of both (``takedowns/tracing.py`` says what a span may hold)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from procrastinate import App
from procrastinate.job_context import JobContext

from takedowns import tracing
from takedowns.access.request_ids import current_request_id

#: The first word of a statement, and the first table of ours that it names.
_OPERATION: Final = re.compile(r"\s*([A-Za-z]+)")
_TABLE: Final = re.compile(r'\b(?:FROM|INTO|UPDATE|JOIN)\s+"?([a-z_]{1,63})\b', re.IGNORECASE)
_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class TracingMiddleware:
    """Traces each request under the name of its page: never under its address, which names what people look at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        method = request.method if request.method in _METHODS else "other"
        with tracing.span(str(method), "server", request_id=current_request_id()) as tell:
            response = self.get_response(request)
            tell("http.request.method", str(method))
            tell("http.response.status_code", response.status_code)
            if match := request.resolver_match:
                tell("http.route", f"/{match.route}")
                tell("takedowns.page", match.view_name or "unnamed")
        return response


async def trace_job(call_next: Callable[[], Any], context: JobContext, worker: Any) -> Any:  # noqa: ARG001 - procrastinate passes it
    """Do a job; where jobs are traced, as a span that is linked to what queued it."""
    # Taken away in any case: whoever queued it may trace where this worker does not.
    queued = context.job.task_kwargs.pop(tracing.CARRIED, None)
    with tracing.span(
        f"job {context.job.task_name}",
        "consumer",
        {
            "messaging.system": "procrastinate",
            "messaging.operation.type": "process",
            "messaging.destination.name": context.job.queue,
            "messaging.message.id": str(context.job.id),
            "takedowns.attempt": context.job.attempts,
        },
        queued={name: str(value) for name, value in queued.items()} if isinstance(queued, dict) else None,
    ):
        return await call_next()


def trace_statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Send a statement to the database, as a span of the request or the job that needs it."""
    text = sql if isinstance(sql, str) else ""
    operation = found[1].upper() if (found := _OPERATION.match(text)) else "statement"
    table = found[1] if (found := _TABLE.search(text)) else ""
    attributes = {"db.system.name": "postgresql", "db.operation.name": operation}
    if table:
        attributes["db.collection.name"] = table
    with tracing.span(f"{operation} {table}".strip(), "client", attributes, inner=True):
        return execute(sql, params, many, context)


def trace_jobs(app: App) -> None:
    """Let each job of a worker pass through :func:`trace_job`."""
    app.worker_defaults.setdefault("worker_middleware", []).append(trace_job)


def trace_statements() -> None:
    """Let the statements of every connection pass through :func:`trace_statement`, where traces are asked for."""
    if tracing.is_asked_for():
        connection_created.connect(_watch, dispatch_uid="takedowns.operating.traces")
        _watch(connection=connection)


def _watch(*, connection: Any, **_: Any) -> None:  # named by Django's signal
    if trace_statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(trace_statement)


@register
def check_extra(**_: Any) -> list[CheckMessage]:
    """Say where traces are asked for and cannot be made."""
    if not settings.OTEL_EXPORTER_OTLP_ENDPOINT or tracing.is_installed():
        return []
    return [
        Error(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but OpenTelemetry is not installed: nothing is traced.",
            hint="Install the extra (pip install 'takedowns[tracing]'), or take the setting away.",
            id="takedowns.E007",
        )
    ]
