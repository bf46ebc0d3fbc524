"""Holds, and which of them stand."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Func, Q, Value

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item, Outlet
from takedowns.referrals.models.referral import Referral


class HoldQuerySet(models.QuerySet["Hold"]):
    """Holds, past and present."""

    def active(self) -> HoldQuerySet:
        """Return holds that stand now: not released, not past their end."""
        return self.filter(_STANDS)

    def ended(self) -> HoldQuerySet:
        """Return holds that stand no longer."""
        return self.exclude(_STANDS)

    def with_standing(self) -> HoldQuerySet:
        """Let each say as ``stands`` whether it stands now."""
        return self.annotate(stands=_STANDS)

    def covering(self, item: Item) -> HoldQuerySet:
        """Return holds that cover an item now, or covered it when they were placed."""
        now = Func(
            *(F(name) for name in ("item_id", "outlet_id", "item__platform_id", "item__key")),
            _id(item.pk),
            _id(item.outlet_id),
            Value(item.platform_id),
            Value(item.key),
            function="takedowns_hold_covers",
            output_field=models.BooleanField(),
        )
        return self.filter(Q(now) | Q(pk__in=HeldItem.objects.filter(item=item).values("hold")))


def _id(value: UUID | None) -> Value:
    return Value(value, output_field=models.UUIDField())


_STANDS = Func(
    F("released_at"), F("ends_at"), function="takedowns_hold_stands", output_field=models.BooleanField()
)


class Override(models.Model):
    """That two coordinators lift the holds on a referral: one asks and says why, another agrees."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(
        help_text="Read by the coordinators, and by the agencies whose holds are lifted."
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="override_asked_once", fields=["referral"], condition=Q(agreed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="override_by_two",
                condition=Q(agreed_by__isnull=True, agreed_at__isnull=True)
                | Q(agreed_by__isnull=False, agreed_at__isnull=False) & ~Q(agreed_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"Override on {self.referral_id}"


class Hold(models.Model):
    """An agency's wish that an item and what lies under it, or all of an outlet, is not referred now (deconfliction)."""

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

    override = models.ForeignKey(
        Override,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lifted",
        help_text="By which two coordinators lifted it, where they did.",
    )

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


class HeldItem(models.Model):
    """An item that a hold covered when it was placed: it stays covered, whatever is corrected later."""

    hold = models.ForeignKey(Hold, on_delete=models.CASCADE, related_name="held")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hold", "item"], name="held_item_once")]

    def __str__(self) -> str:
        return f"{self.item} in {self.hold}"
