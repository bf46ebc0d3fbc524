"""How people keep looking at an operation's referrals, and what they changed of many at once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation


class SavedView(models.Model):
    """One person's name for filters, columns and order of an operation's list: what stands in its address."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(
        max_length=2000, blank=True, help_text="As in the address, after the question mark."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="view_once_by_name", fields=["user", "operation", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class Asked(models.Model):
    """Of how many addresses an agency asked, on one day, whether others have them; no address is kept."""

    pk = models.CompositePrimaryKey("agency_id", "day")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    asked = models.PositiveIntegerField()
    told = models.PositiveIntegerField(help_text="Of how many it was told, until the day's limit.")

    def __str__(self) -> str:
        return f"{self.agency_id} on {self.day}: {self.asked}"


class BulkChange(models.Model):
    """One change of many referrals at once, with what they were before."""

    class Kind(models.TextChoices):
        """What was done."""

        CORRECT = "correct", _("Corrected")
        WITHDRAW = "withdraw", _("Withdrawn")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    given = models.JSONField(help_text="What was asked for: field to value.")
    changed = models.PositiveIntegerField(help_text="Referrals that are different since.")
    unchanged = models.PositiveIntegerField(help_text="Referrals that were so already.")
    refused = models.JSONField(default=list, help_text="Why others were not changed: sentence, how many.")
    before = models.JSONField(
        default=list, help_text="Of a correction: referral, and by field what it was and what it became."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.changed}"

    @property
    def refused_number(self) -> int:
        """How many were refused, whatever the reason."""
        return sum(number for _message, number in self.refused)


class LongChange(models.Model):
    """A change of more referrals than one transaction should lock: done by the worker, portion by portion.

    There is no state: what is done is what its portions name, and a portion that is under way is a lock.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(help_text="When it was asked for.")
    kind = models.CharField(max_length=16, choices=BulkChange.Kind.choices)
    given = models.JSONField(help_text="What was asked for: field to value.")
    language = models.CharField(max_length=8, help_text="In which refusals are told.")
    referrals = models.PositiveIntegerField(help_text="How many it is about.")
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Nobody: whoever asked for it may not change referrals any more.",
    )

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.referrals}"


class Portion(models.Model):
    """Some of the referrals of a long change: changed whole, as one change of many, or not yet."""

    pk = models.CompositePrimaryKey("long_change_id", "number")
    long_change = models.ForeignKey(
        LongChange, on_delete=models.CASCADE, db_index=False, related_name="portions"
    )
    number = models.PositiveIntegerField(help_text="From 1.")
    referral_ids = ArrayField(models.UUIDField())
    change = models.OneToOneField(
        BulkChange,
        on_delete=models.PROTECT,
        null=True,
        related_name="portion",
        help_text="What it did, once it is done.",
    )

    def __str__(self) -> str:
        return f"{self.number} of {self.long_change_id}"
