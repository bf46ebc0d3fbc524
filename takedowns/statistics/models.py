"""What platforms say of themselves. Our own figures are computed, not kept here."""

from __future__ import annotations

from django.db import models

from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation


class SelfReport(models.Model):
    """A platform's own total for an operation. Shown beside the counts, never added to them."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="self_reports")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(help_text="The day the total is about.")
    what = models.CharField(
        max_length=200, help_text="What the platform counted, in its words: accounts and bots."
    )
    count = models.PositiveIntegerField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(name="self_report_once", fields=["operation", "platform", "day", "what"])
        ]

    def __str__(self) -> str:
        return f"{self.platform}: {self.count} {self.what}"
