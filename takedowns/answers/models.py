"""What was brought as answers of a platform, kept as it came, and what became of each row of it."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation


class Batch(models.Model):
    """Answers brought at once: selected referrals, a pasted list, a returned file, or several of these.

    A coordinator brings them in an operation, a platform's own people at its desk, for whatever operations. They are looked at
    first (``previewed``) and then recorded once. Row security lets the operation's coordinators see them, or the platform.
    """

    class State(models.TextChoices):
        """Whether it was recorded."""

        PREVIEWED = "previewed", _("Not recorded yet")
        RECORDED = "recorded", _("Recorded")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(
        Operation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Whose coordinator brought them.",
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, related_name="+", help_text="Which answers itself."
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    hand_off = ArrayField(
        models.CharField(max_length=40),
        null=True,
        help_text="Brought by a link that opens one hand-off alone: its operation and moment.",
    )
    at = models.DateTimeField(help_text="When it was brought; once recorded, when that was.")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PREVIEWED)
    given = models.JSONField(default=dict, help_text="The answer where a row says none: field to value.")
    selected = ArrayField(models.UUIDField(), default=list, help_text="Referrals that were ticked.")
    pasted = models.TextField(blank=True)
    filename = models.CharField(max_length=255, blank=True)
    content = models.BinaryField(null=True, help_text="The file, byte for byte.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file.")
    columns = models.JSONField(default=dict, help_text="Header as written to field, where a person said so.")
    words = models.JSONField(default=dict, help_text="Word to its meaning, where a person said so.")
    dates = models.CharField(
        max_length=5, blank=True, help_text="Which of day and month stands first, where a person said so."
    )
    corrects = models.CharField(
        max_length=500,
        blank=True,
        help_text="Why answers that were recorded otherwise are corrected; empty: they are not.",
    )
    counts = models.JSONField(default=dict, help_text="Rows by outcome.")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    taken_back = models.PositiveIntegerField(default=0, help_text="Answers that were taken back.")
    taken_back_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at"]
        verbose_name_plural = "batches"
        constraints = [
            models.CheckConstraint(
                name="batch_of_operation_or_platform",
                condition=models.Q(operation__isnull=False, platform__isnull=True)
                | models.Q(operation__isnull=True, platform__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.filename or str(self.pk)


class BatchRow(models.Model):
    """One row of a batch that was recorded, and what became of it."""

    pk = models.CompositePrimaryKey("batch_id", "number")
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, db_index=False, related_name="rows")
    number = models.PositiveIntegerField(help_text="Its place in the batch, from 1.")
    line = models.PositiveIntegerField(help_text="Its line where it came from, from 1.")
    name = models.TextField(blank=True, help_text="As it names its referral.")
    outcome = models.CharField(max_length=16)
    problem = models.CharField(max_length=32, blank=True, help_text="A stable code.")
    params = models.JSONField(default=dict, help_text="What the code is about.")
    referral_id = models.UUIDField(null=True)
    answer = models.CharField(max_length=32, blank=True)
    action = models.CharField(max_length=40, blank=True)
    decline_reason = models.CharField(max_length=32, blank=True)

    objects: ClassVar[models.Manager[BatchRow]] = models.Manager()

    class Meta:
        ordering = ["batch", "number"]
        indexes = [models.Index(fields=["batch", "outcome", "number"], name="batch_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.line} {self.outcome}"
