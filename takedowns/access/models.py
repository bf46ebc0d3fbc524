"""The keys with which the application signs who asks."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class ContextKey(models.Model):
    """A key that the database checks signatures with (``context.py``), as the two pads of HMAC. ``migrate`` writes it."""

    #: The application's role has no right to the table (``postgres/grants.py``).
    closed_to_application: ClassVar[bool] = True

    id = models.CharField(primary_key=True, max_length=16, help_text="The beginning of its SHA-256.")
    inner_pad = models.BinaryField()
    outer_pad = models.BinaryField()

    def __str__(self) -> str:
        return self.id
