from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast, Right

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.lifecycle import allowed_moves
from takedowns.referrals.models.items import Item
from takedowns.referrals.models.operations import Operation
from takedowns.referrals.reference import DIGITS
from takedowns.referrals.visibility import seen_by
from takedowns.referrals.vocabulary import (
    OPEN,
    Action,
    Availability,
    DecisionGround,
    DeclineReason,
    Instrument,
    Status,
    Tier,
    tier_told,
)


class ReferralQuerySet(models.QuerySet["Referral"]):
    """Referrals; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> ReferralQuerySet:
        """Return what the actor needs to know: their operations', their agency's, their platform's referrals.

        Row-level security says the same once more, by the same function (``visibility.py``).
        """
        return self if actor.sees_everything else self.filter(seen_by(actor))


def _guard() -> pgtrigger.Trigger:
    """Return the trigger that lets a status change only as the lifecycle's table allows."""
    moves = ", ".join(f"('{old}', '{new}')" for old, new in allowed_moves())
    return pgtrigger.Trigger(
        name="lifecycle_guard",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            f"OLD.status IS DISTINCT FROM NEW.status AND (OLD.status, NEW.status) NOT IN ({moves})"
        ),
        func="RAISE EXCEPTION 'A referral that is % cannot become %.', OLD.status, NEW.status USING ERRCODE = 'check_violation';",
    )


class Referral(models.Model):
    """One agency's request about one item to its platform, under an instrument. The unit of count."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="referrals")
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, db_index=False, related_name="referrals"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="referrals")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, db_index=False, related_name="referrals")
    # No foreign key: submissions live a floor above.
    submission_id = models.UUIDField(null=True, blank=True)
    instrument = models.CharField(max_length=16, choices=Instrument.choices)
    tier = models.PositiveSmallIntegerField(
        help_text="1 (threat to life) to 5 (other); 9 where nobody gave one."
    )
    language = models.CharField(max_length=8, blank=True, help_text="ISO 639-1.")
    listed_group = models.CharField(max_length=200, blank=True)
    ground = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=24, choices=Status.choices)
    availability = models.CharField(
        max_length=8,
        choices=Availability.choices,
        db_default=Availability.UNKNOWN,
        help_text="What was last seen of the item while this was its latest referral.",
    )
    availability_since = models.DateTimeField(
        null=True, blank=True, help_text="When that was first seen, of the looks that saw the same."
    )
    cell = models.ForeignKey("Cell", on_delete=models.PROTECT, db_index=False, related_name="+")
    action = models.CharField(max_length=40, choices=Action.choices, blank=True)
    decision_ground = models.CharField(max_length=24, choices=DecisionGround.choices, blank=True)
    decline_reason = models.CharField(max_length=32, choices=DeclineReason.choices, blank=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    changed_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="Who changed it after it was approved, so that it is reviewed again: by somebody else.",
    )
    submitted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it is sent back to whoever submitted it."
    )
    referred_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(
        default=1, help_text="Counts the item's referrals: 2 when it came back."
    )
    moments = ArrayField(
        models.PositiveIntegerField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="Seconds from the start of a recording to which the addresses that were handed in lead.",
    )
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="next"
    )

    objects: ClassVar[models.Manager[Referral]] = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_open_referral_per_item", fields=["item"], condition=Q(status__in=OPEN)
            ),
            models.UniqueConstraint(name="one_referral_per_item_and_round", fields=["item", "round"]),
            models.CheckConstraint(name="referral_status", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="referral_availability", condition=Q(availability__in=Availability.values)
            ),
            models.CheckConstraint(name="referral_instrument", condition=Q(instrument__in=Instrument.values)),
            models.CheckConstraint(
                name="referral_tier", condition=Q(tier__in=[int(tier) for tier in Tier.values])
            ),
            models.CheckConstraint(
                name="referral_rounds_follow",
                condition=Q(round=1, previous=None) | Q(round__gt=1, previous__isnull=False),
            ),
        ]
        indexes = [
            # Lists are read by operation, newest first, by keyset; the cell narrows by every counted dimension.
            models.Index(F("operation"), F("id").desc(), name="referral_by_operation"),
            models.Index(F("cell"), F("id").desc(), name="referral_by_cell"),
            # The short reference's digits (reference.py).
            models.Index(Right(Cast("id", models.TextField()), DIGITS), name="referral_by_reference"),
        ]
        triggers = [_guard()]

    def __str__(self) -> str:
        return f"{self.pk}"

    @property
    def tier_told(self) -> int | None:
        """1 to 5, None where nobody gave one."""
        return tier_told(self.tier)


class CoReferral(models.Model):
    """A further agency that handed in what was already open: one referral, two who found it."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, db_index=False, related_name="co_referrals"
    )
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    submission_id = models.UUIDField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    # What it asked for itself, should it have to go on alone; empty: as the referral it joined.
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    instrument = models.CharField(max_length=16, choices=Instrument.choices, null=True)  # noqa: DJ001
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it no longer asks for it."
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="co_referral_once", fields=["referral", "agency"])]

    def __str__(self) -> str:
        return f"{self.agency} with {self.referral}"
