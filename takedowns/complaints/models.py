"""Complaints about what a platform did upon a referral: its user's, told to it or to an agency."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.referral import Referral


class Complainant(models.TextChoices):
    """Who complains."""

    CONTENT_PROVIDER = "content_provider", _("Whoever published it")
    OTHER = "other", _("Somebody else")


class Verdict(models.TextChoices):
    """How a complaint is decided (Regulation (EU) 2021/784, Art. 10(2); Regulation (EU) 2022/2065, Art. 20(4))."""

    UPHELD = "upheld", _("Upheld")
    DISMISSED = "dismissed", _("Dismissed")


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Complaints; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> ComplaintQuerySet:
        """Return those whose referral the actor may see. Row-level security says the same."""
        return self.filter(referral__in=Referral.objects.visible_to(actor))


class Complaint(models.Model):
    """One complaint: when it came, and how it was decided. Who complained is never kept by name."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="complaints")
    complainant = models.CharField(max_length=20, choices=Complainant.choices)
    received_at = models.DateTimeField(help_text="When whoever was told got it.")
    puid = models.CharField(max_length=500, blank=True, help_text="The platform's own reference.")
    explanation = models.TextField(blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_explained = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=models.functions.Now())

    objects: ClassVar[models.Manager[Complaint]] = ComplaintQuerySet.as_manager()

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [
            # The same complaint told twice is one.
            models.UniqueConstraint(
                name="complaint_once_by_puid", fields=["referral", "puid"], condition=~Q(puid="")
            ),
            models.CheckConstraint(
                name="complaint_decided_whole",
                condition=Q(verdict="", decided_at=None)
                | Q(verdict__in=Verdict.values, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_complainant_display()}, {self.received_at:%Y-%m-%d}"
