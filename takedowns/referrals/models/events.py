from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from takedowns.directory.models import Agency, Platform, User
from takedowns.postgres.functions import UUID7, CurrentOrigin, LogTransaction, TransactionField
from takedowns.referrals.models.items import Item
from takedowns.referrals.models.operations import Operation
from takedowns.referrals.models.referral import Referral


class Cell(models.Model):
    """One combination of the counted dimensions, kept once. A figure is a sum of referrals over cells."""

    id = models.BigAutoField(primary_key=True)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, db_index=False, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=24)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    instrument = models.CharField(max_length=16)
    tier = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=24)
    availability = models.CharField(max_length=8)

    DIMENSIONS = (
        "operation_id",
        "platform_id",
        "kind",
        "agency_id",
        "instrument",
        "tier",
        "status",
        "availability",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="cell_once",
                fields=[
                    "operation",
                    "platform",
                    "kind",
                    "agency",
                    "instrument",
                    "tier",
                    "status",
                    "availability",
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Event(models.Model):
    """Who, when, what, from, to. The truth: inserted and read, never changed.

    ``at`` is when it happened, as far as we were told; the id's time and ``xid`` are when it was recorded.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="events")
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    xid = TransactionField(db_default=LogTransaction(), editable=False)
    kind = models.CharField(max_length=32)
    from_cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    to_cell = models.ForeignKey(
        Cell, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    actor = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, db_index=False, db_constraint=False, related_name="+"
    )
    details = models.JSONField(db_default={})
    origin = models.CharField(
        max_length=100,
        db_default=CurrentOrigin(),
        editable=False,
        help_text="Where it came from: page, key, command.",
    )

    class Meta:
        # The one order in which every reader goes through the log (DESIGN, principle 5).
        indexes = [
            models.Index(fields=["xid", "id"], name="event_in_log_order"),
            # Corrections are few; readers of answers look here which of them stand.
            models.Index(
                fields=["referral", "id"], name="event_correction", condition=Q(kind="correct_answer")
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'Events are never deleted.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
