"""Legal holds: what no retention rule may take. Pseudonyms: who was somebody that left, without a name."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

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
