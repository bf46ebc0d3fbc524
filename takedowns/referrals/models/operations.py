"""Operations, the platforms and agencies that take part, and what was changed about them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.visibility import TakesPart
from takedowns.referrals.vocabulary import Instrument


class OperationQuerySet(models.QuerySet["Operation"]):
    """Operations; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> OperationQuerySet:
        """Return those the actor's agencies take part in; all for whoever sees everything; none for nobody."""
        if actor.sees_everything:
            return self
        return self.filter(TakesPart("pk", actor.agencies))

    def closed(self) -> OperationQuerySet:
        """Return those that were open and are closed: a draft takes nothing in either, and was never open."""
        return self.filter(closed_at__isnull=False, is_draft=False)

    def coordinated_by(self, actor: Actor) -> OperationQuerySet:
        """Return those that an agency takes part in where the actor is a coordinator."""
        return self.filter(TakesPart("pk", actor.agencies_as({Role.COORDINATOR})))


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
    platforms = models.ManyToManyField(Platform, through="OperationPlatform", related_name="operations")
    default_instrument = models.CharField(
        max_length=16, choices=Instrument.choices, default=Instrument.REFERRAL
    )
    default_ground = models.CharField(
        max_length=200, blank=True, help_text="Legal ground of a referral that names none."
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    is_draft = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Prepared and never opened; takes nothing in, as if closed.",
    )

    objects: ClassVar[models.Manager[Operation]] = OperationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts", "reference"]
        constraints = [
            models.CheckConstraint(
                name="operation_ends_after_start", condition=Q(ends__gte=F("starts")) | Q(ends=None)
            ),
            models.CheckConstraint(
                name="operation_draft_takes_nothing_in",
                condition=Q(is_draft=False) | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"

    @property
    def is_open(self) -> bool:
        """Whether submissions are taken."""
        return self.closed_at is None


class Channel(models.TextChoices):
    """How a platform is told of its referrals in an operation."""

    AUTOMATIC = "", _("API where it has a key, otherwise a file")
    FILE = "file", _("Always a hand-off file")


class OperationPlatform(models.Model):
    """A platform that takes part in an operation: whom to ask there during it, and how it is told."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE)
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE)
    contact = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text="Name, phone, mail during this operation.",
    )
    channel = models.CharField(max_length=8, choices=Channel.choices, blank=True, default="", db_default="")

    class Meta:
        db_table = "referrals_operation_platforms"
        unique_together = [("operation", "platform")]

    def __str__(self) -> str:
        return f"{self.platform_id} in {self.operation_id}"


class OperationChangeQuerySet(models.QuerySet["OperationChange"]):
    """What was done to operations; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> OperationChangeQuerySet:
        """Return those of operations the actor may see. Row-level security says the same (sql/)."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class OperationChange(models.Model):
    """Who did what to an operation itself, and when. Inserted and read, never changed."""

    append_only = True

    class Kind(models.TextChoices):
        """What was done."""

        PREPARED = "prepared", _("Prepared")
        OPENED = "opened", _("Opened")
        CHANGED = "changed", _("Changed")
        CLOSED = "closed", _("Closed")
        REOPENED = "reopened", _("Reopened")
        WALL_LINK_MADE = "wall_link_made", _("Wallboard link created")
        WALL_LINK_REVOKED = "wall_link_revoked", _("Wallboard link revoked")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    details = models.JSONField(db_default={}, help_text="By field: before and after. Counts at closing.")

    objects: ClassVar[models.Manager[OperationChange]] = OperationChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
