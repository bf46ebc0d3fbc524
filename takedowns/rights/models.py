"""Legal holds: what no retention rule may take. Pseudonyms: who was somebody that left, without a name."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Legal holds; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> LegalHoldQuerySet:
        """Return those on operations that the actor coordinates; auditors and administrators see all. Row-level security says the same."""
        if actor.sees_everything:
            return self
        return self.filter(operation__in=Operation.objects.coordinated_by(actor))


class LegalHold(models.Model):
    """A court, a prosecutor or a claim needs what is kept about one referral, or about a whole operation: nothing of it goes.

    Not to be confused with a hold (``holds/``), which keeps an item from being referred.

    Attributes:
        operation: which the referral is of, or all of which is held.
        referral: the one that is held; None where the whole operation is.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=1000, help_text="Which court or claim, its file number.")
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    placed_at = models.DateTimeField(db_default=Now())
    released_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    release_reason = models.CharField(max_length=1000, blank=True, db_default="")

    objects: ClassVar[models.Manager[LegalHold]] = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="legal_hold_released_with_reason",
                condition=Q(released_at=None) | ~Q(release_reason=""),
            )
        ]

    def __str__(self) -> str:
        return f"legal hold of {self.placed_at:%Y-%m-%d}"

    @property
    def covers(self) -> str:
        """The reference of what it covers."""
        reference = self.operation.reference
        return reference_of(reference, self.referral_id) if self.referral_id else reference


class Recipient(models.TextChoices):
    """Who was given data, outside."""

    COURT = "court", _("court or prosecutor")
    DEFENCE = "defence", _("defence")
    DATA_SUBJECT = "data_subject", _("data subject, or who acts for them")
    AUTHORITY = "authority", _("another authority")
    OTHER = "other", _("somebody else")


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Disclosures; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> DisclosureQuerySet:
        """Return those on operations that the actor coordinates; auditors and administrators see all. Row-level security says the same."""
        if actor.sees_everything:
            return self
        return self.filter(operation__in=Operation.objects.coordinated_by(actor))


class Disclosure(models.Model):
    """That data left to somebody outside who is no platform: what, to whom, on which ground, when. Never changed.

    Directive (EU) 2016/680, Art. 25 (logging of disclosure, with the recipients' identity); Regulation (EU) 2016/679, Art. 15(1)(c). What is
    sent to platforms, and by rows to other systems, is told elsewhere.

    Attributes:
        operation, referral: what it is about; no operation where a file is about none.
        number: of the file that was given (``E-…``), as the ledger knows it; empty where it was no file.
        particulars: what exactly, where that is not the whole file; withheld from the ledger's entry, as name and reason are.
    """

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.CharField(max_length=20, blank=True)
    particulars = models.CharField(max_length=1000, blank=True)
    recipient = models.CharField(max_length=16, choices=Recipient.choices)
    name = models.CharField(max_length=300, help_text="To whom: the court, the person.")
    reason = models.CharField(max_length=1000, help_text="The legal basis, and the file number.")
    given_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Disclosure]] = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [models.Index(fields=["number"], name="disclosure_of_file")]
        constraints = [
            models.CheckConstraint(
                name="disclosure_of_something",
                condition=Q(operation__isnull=False) | ~Q(number=""),
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"disclosure of {self.given_at:%Y-%m-%d}"

    @property
    def covers(self) -> str:
        """The reference of what it is about; empty where that is a file alone."""
        if self.operation is None:
            return ""
        reference = self.operation.reference
        return reference_of(reference, self.referral_id) if self.referral_id else reference


class Pseudonym(models.Model):
    """That somebody who left is called otherwise from now on, wherever their name stood outside what is sealed.

    Asked for by one administrator and agreed to by another, or due because the account was switched off so long ago. The row stays: it is
    the stable name of the person, and says who decided it. Who it was, nothing here says.

    Attributes:
        name, email: what stands in the place of theirs.
        is_due: decided by time (``PSEUDONYMISE_AFTER_DAYS``), not by people.
        outcome: once it is done, in how many rows of each table.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200, unique=True)
    email = models.EmailField(unique=True)
    reason = models.CharField(max_length=500, blank=True)
    is_due = models.BooleanField(default=False, db_default=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    outcome = models.JSONField(db_default={})

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                name="pseudonym_by_two_or_by_time",
                condition=Q(is_due=True) | Q(agreed_by=None) | ~Q(agreed_by=F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return self.name
