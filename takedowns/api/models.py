"""What the API keeps for itself: how often a key called, answers to repeat, and tokens given out in the place of keys."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from takedowns.directory.models import ApiKey


class Usage(models.Model):
    """How many calls a key made in the minute that began at ``window``. One row a key, unlogged (sql/api_usage.sql)."""

    key = models.OneToOneField(ApiKey, on_delete=models.CASCADE, primary_key=True, related_name="+")
    window = models.DateTimeField()
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.used} since {self.window:%H:%M}"


class KeptAnswer(models.Model):
    """The answer to a call that named an idempotency key, written in the transaction of what the call changed."""

    pk = models.CompositePrimaryKey("key_id", "idempotency_key")
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, db_index=False, related_name="+")
    idempotency_key = models.CharField(max_length=255)
    request_hash = models.CharField(
        max_length=64, help_text="SHA-256 of method, path, query, content type and body."
    )
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.idempotency_key} {self.created_at:%Y-%m-%d %H:%M}"


class AccessToken(models.Model):
    """What a program got for its key, for some minutes (OAuth 2.0 client credentials). Its text is not stored, see ``tokens.py``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token, hexadecimal.")
    scopes = ArrayField(models.CharField(max_length=32))
    certificate = models.CharField(
        max_length=64,
        blank=True,
        help_text="SHA-256 fingerprint of the client certificate it was got with, and is good with alone; empty for none.",
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
