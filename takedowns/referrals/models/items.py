from __future__ import annotations

from django.db import models

from takedowns.directory.models import Platform
from takedowns.postgres.functions import UUID7
from takedowns.referrals.vocabulary import Availability


class Outlet(models.Model):
    """The media outlet, actor or network behind items: what moves from platform to platform."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.CharField(max_length=200, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Item(models.Model):
    """One thing on one platform. Exists once, whoever finds it; its id is computed from its URL (identity)."""

    id = models.UUIDField(primary_key=True, editable=False)
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(
        max_length=24, help_text="A property an officer may correct, not part of the identity."
    )
    key = models.TextField(help_text="What makes two URLs the same item, within the platform.")
    url = models.TextField(help_text="The canonical address.")
    outlet = models.ForeignKey(Outlet, on_delete=models.SET_NULL, null=True, blank=True, related_name="items")
    availability = models.CharField(
        max_length=8, choices=Availability.choices, db_default=Availability.UNKNOWN
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(help_text="When it was first handed in.")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="item_availability", condition=models.Q(availability__in=Availability.values)
            )
        ]

    def __str__(self) -> str:
        return self.url
