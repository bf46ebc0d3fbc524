"""Fingerprints of pictures that officers attach: by them one picture under many addresses is known again."""

from __future__ import annotations

from typing import ClassVar, Final

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from takedowns.access.actor import Actor
from takedowns.evidence.models import Evidence
from takedowns.referrals.models import Operation, Referral

#: Below it a picture has too little in it to be compared (of 100; PDQ's own recommendation).
LEAST_QUALITY: Final = 50


class FingerprintQuerySet(models.QuerySet["Fingerprint"]):
    """Fingerprints; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> FingerprintQuerySet:
        """Return those of the evidence the actor may see. Row-level security says the same."""
        return self.filter(evidence__in=Evidence.objects.visible_to(actor))


class Fingerprint(models.Model):
    """Of one picture. Its SHA-256 is that of the evidence; inserted and read, never changed.

    Attributes:
        pdq: 64 hexadecimal digits; empty where the picture could not be read.
        quality: PDQ's, 0 to 100.
    """

    append_only = True

    evidence = models.OneToOneField(
        Evidence, on_delete=models.PROTECT, primary_key=True, related_name="fingerprint"
    )
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="fingerprints")
    sha256 = models.CharField(max_length=64, db_index=True)
    md5 = models.CharField(max_length=32, blank=True)
    pdq = models.CharField(max_length=64, blank=True)
    quality = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Fingerprint]] = FingerprintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="fingerprint_pdq", condition=Q(pdq__regex=r"^([0-9a-f]{64})?$")),
            models.CheckConstraint(name="fingerprint_quality", condition=Q(quality__lte=100)),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.pdq or self.sha256
