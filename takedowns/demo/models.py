"""How far the demo has been played, so that a second start, or one after a crash, goes on where the last ended."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Step(models.Model):
    """One part of the demo that is done; written in the same transaction as what it did."""

    name = models.CharField(max_length=100, primary_key=True)
    done_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
