"""Looks at items: is it still there?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Item
from takedowns.referrals.vocabulary import Availability


class Check(models.Model):
    """One look: who or which robot, when, what was seen."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=8, choices=Availability.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    robot = models.CharField(max_length=50, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="check_seen", condition=Q(seen__in=Availability.values)),
            models.CheckConstraint(
                name="check_by_person_or_robot",
                condition=Q(by__isnull=False, robot="") | Q(by=None) & ~Q(robot=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_seen_display()} {self.at:%Y-%m-%d %H:%M} UTC"
