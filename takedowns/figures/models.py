"""What platforms say of themselves, and what has been counted of the log so far.

Whoever wants a figure asks :mod:`takedowns.figures.counts`: the tables of tallies are one half of it, the events
after the cursor the other.
"""

from __future__ import annotations

from django.db import models

from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7, TransactionField
from takedowns.referrals.models import Cell, Operation


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


class Tally(models.Model):
    """A number of referrals of one operation on one platform, as far as the cursor has come.

    ``number`` is what the events up to the cursor add up to. It may be below nought for a moment of the log: events are
    in the order in which transactions began, and a sum does not mind.
    """

    id = models.BigAutoField(primary_key=True)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, db_index=False, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, db_index=False, related_name="+")
    number = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.number}"


class Standing(Tally):
    """How many referrals stand in a cell, and whether they were ever referred.

    The cell alone does not say the latter of a referral that was withdrawn.
    """

    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, db_index=False, related_name="+")
    referred = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="standing_once", fields=["operation", "platform", "cell", "referred"]
            )
        ]


class Reached(Tally):
    """How many referrals reached a step of the way in an hour, and are still counted there."""

    step = models.CharField(max_length=24)
    referred = models.BooleanField(help_text="Whether the platform was asked, by then or later.")
    hour = models.BigIntegerField(help_text="The hour's first second, of the epoch.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="reached_once", fields=["operation", "platform", "step", "referred", "hour"]
            )
        ]


class Taken(Tally):
    """How many referrals were acted on after a time, kept to three significant digits: an error of at most 0.5 %."""

    microseconds = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="taken_once", fields=["operation", "platform", "microseconds"])
        ]


class Cursor(models.Model):
    """How far into the log a reader has come: after the event of that transaction and id."""

    reader = models.CharField(max_length=32, primary_key=True)
    xid = TransactionField()
    event_id = models.UUIDField()
    moved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reader} after {self.event_id}"
