from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item, Outlet


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds, past and present."""

    def active(self, at: models.functions.Now | None = None) -> HoldQuerySet:
        """Return holds that stand now: not released, not past their end."""
        return self.filter(released_at=None, ends_at__gt=at or models.functions.Now())


class Hold(models.Model):
    """An agency's wish that an item, or all of an outlet, is not referred now (deconfliction)."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    outlet = models.ForeignKey(Outlet, on_delete=models.PROTECT, null=True, blank=True, related_name="holds")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="holds")
    reason = models.TextField(help_text="Seen by the agency itself only.")
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    placed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[models.Manager[Hold]] = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_on_item_or_outlet",
                condition=Q(item__isnull=True, outlet__isnull=False)
                | Q(item__isnull=False, outlet__isnull=True),
            ),
            models.CheckConstraint(name="hold_ends_after_start", condition=Q(ends_at__gt=F("placed_at"))),
        ]

    def __str__(self) -> str:
        return f"Hold on {self.item or self.outlet} until {self.ends_at:%Y-%m-%d %H:%M} UTC"
