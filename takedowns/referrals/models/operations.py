from __future__ import annotations

from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from takedowns.directory.asking import Asker
from takedowns.directory.models import Agency, Platform
from takedowns.postgres.functions import UUID7
from takedowns.referrals.vocabulary import Instrument


class OperationQuerySet(models.QuerySet["Operation"]):
    """Operations; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, asker: Asker) -> OperationQuerySet:
        """Return those the asker's agencies take part in; all for whoever sees everything; none for nobody."""
        if asker.sees_everything:
            return self
        taking_part = Operation.agencies.through.objects.filter(agency_id__in=asker.agencies)
        return self.filter(pk__in=taking_part.values("operation_id"))


class Operation(models.Model):
    """A referral action day or a standing stream of work."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    reference = models.CharField(
        max_length=16,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z0-9]+(-[A-Z0-9]+)*$", "Capital letters, digits and single hyphens.")
        ],
        help_text="Short, as read out on the phone: RAD19.",
    )
    name = models.CharField(max_length=200)
    scope = models.TextField(blank=True)
    starts = models.DateField()
    ends = models.DateField(null=True, blank=True, help_text="Empty for a standing stream of work.")
    agencies = models.ManyToManyField(Agency, related_name="operations")
    platforms = models.ManyToManyField(Platform, related_name="operations")
    default_instrument = models.CharField(
        max_length=16, choices=Instrument.choices, default=Instrument.REFERRAL
    )
    default_ground = models.CharField(
        max_length=200, blank=True, help_text="Legal ground of a referral that names none."
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[Operation]] = OperationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts", "reference"]
        constraints = [
            models.CheckConstraint(
                name="operation_ends_after_start", condition=Q(ends__gte=F("starts")) | Q(ends=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def is_open(self) -> bool:
        """Whether submissions are taken."""
        return self.closed_at is None
