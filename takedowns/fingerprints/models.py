"""Fingerprints of pictures: computed of what officers attach, and given beside an address. By them one under many is known again."""

from __future__ import annotations

from typing import ClassVar, Final

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency
from takedowns.evidence.models import Evidence
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Item, Operation, Referral

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


class GivenHashQuerySet(models.QuerySet["GivenHash"]):
    """Hashes that were given; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> GivenHashQuerySet:
        """Return one's own agencies', and those of referrals the actor may see. Row-level security says the same."""
        if actor.sees_everything:
            return self.all()
        return self.filter(
            Q(agency__in=list(actor.agencies)) | Q(referral__in=Referral.objects.visible_to(actor))
        )


class GivenHash(models.Model):
    """Hashes of one picture or file that an agency gave beside an address; nobody here saw the file. Inserted and read, never changed.

    Attributes:
        referral: the open one of the item when it was handed in, which may be another agency's.
        agency: who gave it.
        sha256, md5, pdq: hexadecimal, "" where not given; at least one is.
        quality: PDQ's, 0 to 100; None where it was not told.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, db_index=False, related_name="given_hashes"
    )
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    # No foreign key: submissions live a floor above.
    submission_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    md5 = models.CharField(max_length=32, blank=True)
    pdq = models.CharField(max_length=64, blank=True)
    quality = models.PositiveSmallIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[GivenHash]] = GivenHashQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "given hashes"
        constraints = [
            models.UniqueConstraint(
                name="given_hash_once", fields=["referral", "agency", "sha256", "md5", "pdq"]
            ),
            models.CheckConstraint(name="given_hash_sha256", condition=Q(sha256__regex=r"^([0-9a-f]{64})?$")),
            models.CheckConstraint(name="given_hash_md5", condition=Q(md5__regex=r"^([0-9a-f]{32})?$")),
            models.CheckConstraint(name="given_hash_pdq", condition=Q(pdq__regex=r"^([0-9a-f]{64})?$")),
            models.CheckConstraint(name="given_hash_quality", condition=Q(quality__lte=100)),
            models.CheckConstraint(name="given_hash_any", condition=~Q(sha256="", md5="", pdq="")),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.sha256 or self.md5 or self.pdq
