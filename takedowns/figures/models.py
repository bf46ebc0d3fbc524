"""What platforms say of themselves, what has been counted of the log so far, and what was published.

Whoever wants a figure asks :mod:`takedowns.figures.counts`: the tables of tallies are one half of it, the events
after the cursor the other.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from takedowns.directory.models import Agency, Platform, User
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


class Publication(models.Model):
    """Figures of an operation that were published: kept, so that the next ones can be held against them."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="publications")
    number = models.PositiveIntegerField(help_text="Counts the operation's publications from 1.")
    as_of = models.DateTimeField(help_text="The moment of its figures.")
    threshold = models.PositiveSmallIntegerField(help_text="The smallest count that it tells, except 0.")
    provisional = models.BooleanField(help_text="Whether final figures are to follow.")
    revises = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="revised_by"
    )
    note = models.CharField(max_length=500, blank=True, help_text="What for, or what is revised and why.")
    told = models.JSONField(help_text="The figures as they were published.")
    sha256 = models.CharField(max_length=64, help_text="Of what was told, hexadecimal.")
    # Nobody is shown these: what changes from them to the next publication may be too small to tell.
    full_counts = models.JSONField(
        help_text="All figures of that moment by platform, all together under no name."
    )
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [models.UniqueConstraint(name="publication_once", fields=["operation", "number"])]

    def __str__(self) -> str:
        return f"{self.number}, as of {self.as_of:%Y-%m-%d %H:%M} UTC"


class PublishedFile(models.Model):
    """A publication as a file: made when it is first asked for, and kept byte for byte."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(max_length=16, help_text="csv, pdf, hours.png and so on.")
    language = models.CharField(max_length=8)
    name = models.CharField(max_length=200)
    number = models.CharField(max_length=16, help_text="Of the export, as the ledger knows it.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    made_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(name="published_file_once", fields=["publication", "kind", "language"])
        ]

    def __str__(self) -> str:
        return self.name
