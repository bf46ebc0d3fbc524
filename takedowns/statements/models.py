"""Statements of reasons (Regulation (EU) 2022/2065, Art. 17) that platforms posted, and comparisons with the database."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation, Referral


class StatementQuerySet(models.QuerySet["Statement"]):
    """Statements; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> StatementQuerySet:
        """Return those whose referral the actor may see. Row-level security says the same."""
        return self.filter(referral__in=Referral.objects.visible_to(actor))


class Statement(models.Model):
    """The statement of reasons that a platform made of its decision, as it sent it.

    Attributes:
        uuid: the one the Transparency Database gave it; None until the platform tells it.
        puid: the platform's own reference, unique among its statements.
        body: all fields, unknown ones too, with their nulls.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="statements")
    uuid = models.UUIDField(null=True, db_index=True)
    puid = models.CharField(max_length=500)
    body = models.JSONField()
    received_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(null=True, help_text="When more of the same statement was told.")

    objects: ClassVar[models.Manager[Statement]] = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            # The same statement told twice is one. One about an account may stand for several referrals.
            models.UniqueConstraint(name="statement_once", fields=["referral", "puid"])
        ]

    def __str__(self) -> str:
        return f"{self.puid}"


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    """Comparisons; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> ReconciliationQuerySet:
        """Return those of operations the actor may see. Row-level security says the same."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class Reconciliation(models.Model):
    """What one comparison of an operation's decisions with a file of the Transparency Database came to.

    Attributes:
        counts: by outcome (``reconciling.Outcome``); ``rows`` of the file, ``not_ours`` that are about something else.
        lines: one for each decision and each row of the file that is listed.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField()
    lines = models.JSONField()

    objects: ClassVar[models.Manager[Reconciliation]] = ReconciliationQuerySet.as_manager()

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.platform_id} {self.at:%Y-%m-%d %H:%M}"
