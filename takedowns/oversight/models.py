"""Alarms: that somebody looked at more than their work explains."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7


class Alarm(models.Model):
    """One alarm about one person or key and one hour, or one night. Found by :mod:`takedowns.oversight.alarms`."""

    class Kind(models.TextChoices):
        """What was unusual."""

        OTHERS = "others", _("many referrals of other agencies in an hour")
        EVERYTHING = "everything", _("an operation’s whole list taken as a file")
        NIGHT = "night", _("looked at night")
        PARTNER = "partner", _("a partner installation asked about as much as a day allows")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    who_id = models.UUIDField(help_text="Of the person, of the key, or of the partner.")
    is_key = models.BooleanField(default=False)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, related_name="+", help_text="For which the person looked."
    )
    since = models.DateTimeField(help_text="When the hour, the night or the day began.")
    count = models.PositiveIntegerField(
        help_text="Referrals; rows of the file; pages and calls at night; items asked about."
    )
    raised_at = models.DateTimeField(db_default=Now())
    looked_into_at = models.DateTimeField(null=True)
    looked_into_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True, help_text="What whoever looked into it found.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "who_id", "since"], name="one_alarm_an_hour")]
        indexes = [
            models.Index(
                fields=["raised_at"], name="alarm_not_looked_into", condition=models.Q(looked_into_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since:%Y-%m-%d %H:%M}"
