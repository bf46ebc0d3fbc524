"""Holds, and which of them stand."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item, Outlet


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds, past and present."""

    def active(self) -> HoldQuerySet:
        """Return holds that stand now: not released, not past their end."""
        return self.filter(_STANDS)

    def ended(self) -> HoldQuerySet:
        """Return holds that stand no longer."""
        return self.exclude(_STANDS)

    def covering(self, item: Item) -> HoldQuerySet:
        """Return holds on an item or on its outlet."""
        return self.filter(_covers(F("item_id"), F("outlet_id"), _id(item.pk), _id(item.outlet_id)))


def covered_by(hold: Hold) -> Func:
    """Return the condition that a referral's item is covered by a hold, for querysets of referrals."""
    return _covers(_id(hold.item_id), _id(hold.outlet_id), F("item_id"), F("item__outlet_id"))


def _covers(*ids: F | Value) -> Func:
    return Func(*ids, function="takedowns_hold_covers", output_field=models.BooleanField())


def _id(value: UUID | None) -> Value:
    return Value(value, output_field=models.UUIDField())


_STANDS = Func(
    F("released_at"), F("ends_at"), function="takedowns_hold_stands", output_field=models.BooleanField()
)


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
