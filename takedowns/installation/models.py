"""The installation's identity."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from takedowns.postgres.functions import UUID7


class Installation(models.Model):
    """One row: which installation the data belong to, and where it stands. What stands elsewhere with these data is a copy.

    Attributes:
        site_url: ``SITE_URL`` of the installation.
        cluster: PostgreSQL's own number of the server on which it stands (``pg_control_system``).
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    site_url = models.CharField(max_length=500)
    cluster = models.CharField(max_length=20)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.site_url
