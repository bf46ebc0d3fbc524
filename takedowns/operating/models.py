"""What is known of jobs beside what procrastinate keeps."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class JobFailure(models.Model):
    """Why a job's last try failed. One row a job; it goes with the job's own time (``retention.py``)."""

    job_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.job_id}: {self.reason}"
