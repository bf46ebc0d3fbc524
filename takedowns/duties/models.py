"""What a competent authority decides or is told under Regulation (EU) 2021/784 beside removal orders, with its date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, Platform, User
from takedowns.postgres.functions import UUID7


class Kind(models.TextChoices):
    """What it is, and by which article."""

    THREAT_TO_LIFE = "threat_to_life", _("Notice of an imminent threat to life (Art. 14(5))")
    SCRUTINY = "scrutiny", _("Scrutiny of another Member State’s order (Art. 4)")
    EXPOSURE = "exposure", _("Decision on a provider exposed to terrorist content (Art. 5)")
    PRESERVED = "preserved", _("Request for preserved content (Art. 6)")


class Outcome(models.TextChoices):
    """What was decided or done."""

    AUTHORITIES_INFORMED = "authorities_informed", _("Passed to the authorities concerned")
    EUROPOL_INFORMED = "europol_informed", _("Passed to Europol")
    NO_INFRINGEMENT = "no_infringement", _("No infringement found")
    INFRINGEMENT = "infringement", _("Infringement found: the order has no effect")
    EXPOSED = "exposed", _("The provider is exposed (Art. 5(4))")
    MEASURES_INSUFFICIENT = "measures_insufficient", _("Its measures do not suffice (Art. 5(6))")
    ENDED = "ended", _("Decision changed or ended (Art. 5(7))")
    NOT_ENDED = "not_ended", _("Request to end it refused (Art. 5(7))")
    ASKED = "asked", _("Asked for, not answered yet")
    GIVEN = "given", _("Content given")
    REFUSED = "refused", _("Content not given")


#: Which outcomes a kind has; each belongs to one.
OUTCOMES: Final[Mapping[Kind, tuple[Outcome, ...]]] = {
    Kind.THREAT_TO_LIFE: (Outcome.AUTHORITIES_INFORMED, Outcome.EUROPOL_INFORMED),
    Kind.SCRUTINY: (Outcome.NO_INFRINGEMENT, Outcome.INFRINGEMENT),
    Kind.EXPOSURE: (Outcome.EXPOSED, Outcome.MEASURES_INSUFFICIENT, Outcome.ENDED, Outcome.NOT_ENDED),
    Kind.PRESERVED: (Outcome.ASKED, Outcome.GIVEN, Outcome.REFUSED),
}
KIND_OF: Final = {outcome: kind for kind, outcomes in OUTCOMES.items() for outcome in outcomes}


class DutyQuerySet(models.QuerySet["Duty"]):
    """What authorities recorded; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> DutyQuerySet:
        """Return those of the actor's own agencies. Row-level security says the same."""
        return self if actor.sees_everything else self.filter(agency__in=actor.agencies)


class Duty(models.Model):
    """One such act. Never changed; what was recorded by mistake is taken back, and both stay.

    Attributes:
        at: the day and hour of the decision, or when the notice or request came.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    outcome = models.CharField(max_length=24, choices=Outcome.choices)
    at = models.DateTimeField()
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    file_number = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    recorded_at = models.DateTimeField(db_default=Now())
    taken_back_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True)
    taken_back_reason = models.CharField(max_length=500, blank=True, db_default="")

    objects: ClassVar[models.Manager[Duty]] = DutyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="duty_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="duty_outcome", condition=Q(outcome__in=Outcome.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
