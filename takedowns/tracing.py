"""Traces for OpenTelemetry: which request, job, statement or call took how long. Plain Python; does nothing unless an endpoint is set.

The libraries are an extra (``takedowns[tracing]``), loaded where the first span is made. A span holds names that stand in our code
(of a page, a job, a table), numbers, and the name of the request: never an address, what somebody searched for, a parameter or what an error said.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Literal

import takedowns

log = logging.getLogger(__name__)

#: OpenTelemetry's own variable: where traces are sent to.
ENDPOINT: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
#: Where of a queued job it stands which trace it belongs to.
CARRIED: Final = "trace"
#: Seconds that one try to send waits, unless OTEL_EXPORTER_OTLP_TIMEOUT says another number: a process that ends waits for the last.
TIMEOUT_S: Final = 5
Kind = Literal["internal", "server", "client", "producer", "consumer"]
Value = str | int | float | bool

_request_id: ContextVar[str] = ContextVar("traced_request_id", default="")
_lock = threading.Lock()
_tracer: Any = None


def is_asked_for() -> bool:
    """Tell whether somebody said where traces go."""
    return bool(os.environ.get(ENDPOINT))


def is_installed() -> bool:
    """Tell whether the extra is there."""
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def span(
    name: str,
    kind: Kind = "internal",
    attributes: Mapping[str, Value] | None = None,
    *,
    request_id: str = "",
    queued: Mapping[str, str] | None = None,
    inner: bool = False,
) -> Iterator[Callable[[str, Value], None]]:
    """Trace the block; yields what adds an attribute. Of an exception the span says its type, and nothing else.

    Args:
        request_id: of what is begun here.
        queued: what :func:`carried` returned when the job was queued: the span is linked to that.
        inner: only as a part of another span: nothing is traced where none is open.
    """
    tracer = _tracer_of_process() if is_asked_for() else None
    if tracer is None:
        yield _ignore
        return
    from opentelemetry import trace  # noqa: PLC0415 - an extra

    if inner and not trace.get_current_span().is_recording():
        yield _ignore
        return
    request_id = request_id or (queued or {}).get("request_id", "")
    token = _request_id.set(request_id or _request_id.get())
    try:
        with tracer.start_as_current_span(
            name,
            kind=getattr(trace.SpanKind, kind.upper()),
            links=_links(queued),
            record_exception=False,
            set_status_on_exception=False,
            attributes=dict(attributes or {}) | ({"takedowns.request_id": request_id} if request_id else {}),
        ) as made:
            try:
                yield made.set_attribute
            except BaseException as error:
                made.set_attribute("error.type", type(error).__name__)
                made.set_status(trace.StatusCode.ERROR)
                raise
    finally:
        _request_id.reset(token)


def carried() -> dict[str, str]:
    """Return what a job takes along, so that its span is linked to this one; empty where nothing is traced."""
    if not is_asked_for() or _tracer_of_process() is None:
        return {}
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415 - an extra

    found: dict[str, str] = {}
    TraceContextTextMapPropagator().inject(found)
    if found and (request_id := _request_id.get()):
        found["request_id"] = request_id
    return found


def _links(queued: Mapping[str, str] | None) -> list[Any]:
    from opentelemetry import trace  # noqa: PLC0415 - an extra
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

    if not queued:
        return []
    context = trace.get_current_span(TraceContextTextMapPropagator().extract(queued)).get_span_context()
    return [trace.Link(context)] if context.is_valid else []


def _ignore(_name: str, _value: Value) -> None:
    """Add nothing: nothing is traced."""


def _tracer_of_process() -> Any:
    """Return the process's tracer, made where it is asked for first; None where the extra is missing, which is said once."""
    global _tracer  # noqa: PLW0603 - one of each process
    with _lock:
        if _tracer is None:
            _tracer = _make() if is_installed() else False
            if _tracer is False:
                log.error(
                    "Nothing is traced: %s is set, and the extra takedowns[tracing] is not installed.",
                    ENDPOINT,
                )
    return _tracer or None


def _make() -> Any:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    os.environ.setdefault("OTEL_EXPORTER_OTLP_TIMEOUT", str(TIMEOUT_S))
    named = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "takedowns")}
    provider = TracerProvider(resource=Resource.create(named | {"service.version": takedowns.__version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("takedowns", takedowns.__version__)
