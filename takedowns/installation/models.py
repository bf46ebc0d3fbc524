"""The installation's identity."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from takedowns.postgres.functions import UUID7


class LogEpoch(models.Model):
    """An epoch of the log: from when on it is written on which server. ``takedowns_keep_log_epoch.sql`` begins them.

    Attributes:
        number: the upper part of each place in the log that belongs to it (``takedowns_transaction.sql``).
        server: PostgreSQL's own number of the server (``pg_control_system``).
        timeline: of the server: another after it was brought back to an earlier moment, or a replica took its place.
    """

    written_by_triggers = True

    number = models.BigIntegerField(primary_key=True)
    server = models.CharField(max_length=20)
    timeline = models.CharField(max_length=8)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return str(self.number)


class Installation(models.Model):
    """One row: which installation the data belong to, and where it stands. What stands elsewhere with these data is a copy.

    Attributes:
        site_url: ``SITE_URL`` of the installation.
        cluster: PostgreSQL's own number of the server on which it stands (``pg_control_system``).
        version: of the program that migrated the database last.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    site_url = models.CharField(max_length=500)
    version = models.CharField(max_length=20, blank=True, db_default="", default="")
    cluster = models.CharField(max_length=20)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.site_url
