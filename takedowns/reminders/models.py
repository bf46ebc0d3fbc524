"""The ladder of an operation, who is reminded at a platform, and each step that was taken."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation
from takedowns.referrals.vocabulary import SilenceStep


class Ladder(models.Model):
    """After how many hours of silence an operation takes each step; no row: no step is taken.

    An empty number of hours leaves a step out.
    """

    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    is_on = models.BooleanField()
    receipt_contact = models.PositiveSmallIntegerField(null=True)
    receipt_superior = models.PositiveSmallIntegerField(null=True)
    decision_contact = models.PositiveSmallIntegerField(null=True)
    decision_superior = models.PositiveSmallIntegerField(null=True)
    suggest_order = models.PositiveSmallIntegerField(null=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"ladder of {self.operation_id}"


class Recipients(models.Model):
    """Who is reminded at a platform in an operation, and whether anybody is; no row: the address for hand-offs, and it is on."""

    operation = models.ForeignKey(Operation, on_delete=models.CASCADE, related_name="+")
    platform = models.ForeignKey(Platform, on_delete=models.CASCADE, related_name="+")
    mail_to = models.EmailField(blank=True, help_text="Empty: the address for hand-offs.")
    name = models.CharField(max_length=200, blank=True, help_text="Of the contact's superior: name and post.")
    copy_to = models.EmailField(blank=True, help_text="The superior's address.")
    off_at = models.DateTimeField(null=True, blank=True, help_text="Since when nobody is reminded.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "recipients"
        constraints = [models.UniqueConstraint(name="recipients_once", fields=["operation", "platform"])]

    def __str__(self) -> str:
        return f"{self.platform_id} in {self.operation_id}"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Steps that were taken; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> ReminderQuerySet:
        """Return those of operations the actor may see. Row-level security says the same (sql/)."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class Reminder(models.Model):
    """One step about some referrals of a platform: a mail, or the suggestion of removal orders."""

    class State(models.TextChoices):
        """What became of it."""

        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        SUGGESTED = "suggested", _("Shown to the coordinators")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="reminders")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=24, choices=SilenceStep.choices)
    at = models.DateTimeField(help_text="When the step was taken.")
    referrals = models.PositiveIntegerField(help_text="About how many.")
    to = models.CharField(max_length=254, blank=True, help_text="The mail address.")
    text = models.TextField(blank=True, help_text="What the mail says.")
    state = models.CharField(max_length=12, choices=State.choices)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was not sent, as the mail server said.")

    objects: ClassVar[models.Manager[Reminder]] = ReminderQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["operation", "platform", "step", "at"], name="reminder_last")]

    def __str__(self) -> str:
        return f"{self.step} to {self.platform_id}: {self.state}"
