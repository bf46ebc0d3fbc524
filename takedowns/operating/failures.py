"""Writing down why a job failed, so that the page of jobs can say it."""

from __future__ import annotations

import logging
from typing import Any, Final

from django.db import DatabaseError, connection
from procrastinate import App
from procrastinate.job_context import JobContext

from takedowns.installation.logs import without_secrets
from takedowns.operating.traces import trace_jobs
from takedowns.postgres import queueing

log = logging.getLogger(__name__)

_LONGEST: Final = 500


def set_up(app: App) -> None:
    """Prepare procrastinate's app (the setting ``PROCRASTINATE_ON_APP_READY``)."""
    queueing.set_up(app)
    app.worker_defaults.setdefault("task_middleware", []).append(write_down)
    trace_jobs(app)


def write_down(call_next: Any, context: JobContext, worker: Any) -> Any:  # noqa: ARG001 - procrastinate passes it
    """Do a job; where it fails, write down why, and let it fail."""
    try:
        return call_next()
    except Exception as error:
        _keep(context.job.id or 0, error)
        raise


def _keep(job_id: int, error: Exception) -> None:
    reason = without_secrets(f"{type(error).__name__}: {' '.join(str(error).split())}")[:_LONGEST]
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO operating_jobfailure (job_id, reason) VALUES (%s, %s)"
                " ON CONFLICT (job_id) DO UPDATE SET reason = EXCLUDED.reason, at = now()",
                [job_id, reason],
            )
    except DatabaseError:
        log.warning("Why job %s failed could not be written down: %s", job_id, reason)
