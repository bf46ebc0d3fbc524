"""Figures about the running of the place, for Prometheus: requests of the web's processes, and what the database knows.

Each process of the web writes its counts into files of ``METRICS_FOLDER``; ``manage.py metrics`` (or ``takedowns serve``) adds them up,
asks the database, and answers on a port of its own. No name, address or search text is in any label.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import DatabaseError, connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

import takedowns
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.installation.identity import is_copy
from takedowns.intake.stray_files import deleted_so_far
from takedowns.ledger.sealing import lag
from takedowns.operating import jobs
from takedowns.postgres.transactions import oldest
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.vocabulary import Instrument

REQUESTS: Final = Counter(
    "takedowns_requests", "Requests by page, method and status.", ["route", "method", "status"]
)
SECONDS: Final = Histogram(
    "takedowns_request_seconds",
    "How long an answer took to make.",
    ["route"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
QUERIES: Final = Counter("takedowns_queries", "Statements sent to the database, by page.", ["route"])


class MetricsMiddleware:
    """Counts each request under the name of its page: never under its address, which names what people look at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began, statements = time.perf_counter(), 0

        def count(execute: Any, *arguments: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*arguments)

        with connection.execute_wrapper(count):
            response = self.get_response(request)
        match = request.resolver_match
        route = (match.view_name or "unnamed") if match else "none"
        REQUESTS.labels(
            route, request.method if request.method in _METHODS else "other", response.status_code
        ).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        QUERIES.labels(route).inc(statements)
        return response


_METHODS: Final = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_KNOWN: Final = """
    SELECT (SELECT count(*) FROM webhooks_delivery WHERE state = 'waiting'),
           (SELECT coalesce(extract(epoch FROM now() - min(made_at)), 0)::float FROM webhooks_delivery WHERE state = 'waiting'),
           (SELECT count(*) FROM referrals_referral
            WHERE instrument = %(order)s AND status = ANY(%(running)s) AND due_at > now()),
           (SELECT count(*) FROM referrals_referral
            WHERE instrument = %(order)s AND status = ANY(%(running)s) AND due_at <= now()),
           (SELECT coalesce(extract(epoch FROM now() - min(moved_at)), 0)::float FROM figures_cursor),
           (SELECT count(*) FROM intake_submission WHERE state = 'received'),
           (SELECT coalesce(extract(epoch FROM now() - max(at)), 'infinity')::float FROM operating_backup),
           (SELECT coalesce(sum(value::bigint), 0) FROM intake_submission, jsonb_each_text(counts) WHERE state = 'loaded')
"""
_NAMES: Final = (
    ("takedowns_deliveries_waiting", "Webhook deliveries that wait."),
    ("takedowns_oldest_delivery_seconds", "Age of the webhook delivery that waits longest."),
    ("takedowns_orders_running", "Removal orders at providers whose hour runs."),
    ("takedowns_orders_overdue", "Removal orders at providers whose hour has passed."),
    ("takedowns_fold_lag_seconds", "Since the figures were last folded."),
    ("takedowns_submissions_waiting", "Submissions that wait to be loaded or are being loaded."),
    ("takedowns_backup_age_seconds", "Since the last backup was made; infinite where none was."),
    ("takedowns_rows_loaded", "Rows taken in so far: rate() gives rows a second."),
)


class DatabaseCollector(Collector):
    """What the database knows, asked anew each time somebody asks us."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield all figures; where the database is away, only that."""
        try:
            figures = list(self._figures())
        except DatabaseError:
            figures = []
        finally:
            connection.close()
        yield GaugeMetricFamily("takedowns_database_up", "Whether the database answers.", value=bool(figures))
        yield from figures

    def _figures(self) -> Iterator[GaugeMetricFamily]:
        found, known = jobs.overview(), jobs.workers()
        counts = GaugeMetricFamily("takedowns_jobs", "Jobs by state.", labels=["state"])
        for state in ("waiting", "later", "running", "failed", "failing"):
            counts.add_metric([state], getattr(found, state))
        yield counts
        yield GaugeMetricFamily(
            "takedowns_oldest_job_seconds",
            "How long the longest of the jobs that could run has waited.",
            value=found.oldest_waiting_seconds,
        )
        alive = sum(not one.is_silent for one in known)
        yield GaugeMetricFamily("takedowns_workers", "Workers that were heard of lately.", value=alive)
        yield GaugeMetricFamily(
            "takedowns_workers_silent", "Workers that ended without a word.", value=len(known) - alive
        )
        program = GaugeMetricFamily("takedowns_info", "Which version this is.", labels=["version"])
        program.add_metric([takedowns.__version__], 1)
        yield program
        yield GaugeMetricFamily(
            "takedowns_is_copy", "Whether this is a copy, which calls nobody.", value=is_copy()
        )
        longest = oldest()
        age = GaugeMetricFamily(
            "takedowns_oldest_transaction_seconds",
            "Age of the oldest writing transaction of the server.",
            labels=["database"],
        )
        age.add_metric([longest.database if longest else ""], longest.seconds if longest else 0)
        yield age
        with acting_as(SYSTEM):
            behind = lag().seconds(timezone.now())
        yield GaugeMetricFamily(
            "takedowns_seal_lag_seconds",
            "How long the oldest entry that is not sealed has waited; 0 where none waits.",
            value=behind,
        )
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(
                _KNOWN, {"order": Instrument.REMOVAL_ORDER, "running": [str(one) for one in AT_THE_PLATFORM]}
            )
            for (name, said), value in zip(_NAMES, cursor.fetchone(), strict=True):
                yield GaugeMetricFamily(name, said, value=float(value))
        with acting_as(SYSTEM):
            strays = deleted_so_far()
        for name, said, value in (
            (
                "files",
                "Files that no record named and that were deleted, so far.",
                strays.files if strays else 0,
            ),
            ("bytes", "Bytes of them.", strays.size if strays else 0),
        ):
            yield GaugeMetricFamily(f"takedowns_stray_{name}_deleted", said, value=float(value))


def registry(folder: str) -> CollectorRegistry:
    """Return all there is to tell; ``folder`` holds the counts of the web's processes."""
    made = CollectorRegistry()
    MultiProcessCollector(made, folder)  # type: ignore[no-untyped-call]
    made.register(DatabaseCollector())
    return made
