"""Links that show an operation's wallboard without signing in."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from takedowns.directory.models import User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.operations import Operation


class WallLink(models.Model):
    """A link that shows the board's sums of one operation on an unattended screen, until it ends or is revoked."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="wall_links")
    name = models.CharField(max_length=100, help_text="Which screen it is for.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                name="wall_link_ends_after_start", condition=Q(expires_at__gt=F("made_at"))
            )
        ]

    def __str__(self) -> str:
        return self.name
