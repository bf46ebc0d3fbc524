"""What is known of jobs beside what procrastinate keeps, and of the backups that were made."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from takedowns.postgres.functions import UUID7


class JobFailure(models.Model):
    """Why a job's last try failed. One row a job; it goes with the job's own time (``retention.py``)."""

    job_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.job_id}: {self.reason}"


class Backup(models.Model):
    """A backup that was made of this installation. A restored one knows only those before its own.

    Attributes:
        size: bytes that were written for it.
        files: that it names.
        entries: of the ledger, in the last signed head that it holds.
        place: the folder, or the command's first word.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())
    size = models.BigIntegerField()
    files = models.IntegerField()
    entries = models.BigIntegerField()
    is_encrypted = models.BooleanField()
    place = models.CharField(max_length=500)

    def __str__(self) -> str:
        return self.name
