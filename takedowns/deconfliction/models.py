"""Other installations that are asked whether they have an item, the key shared with each, what they said, and each call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Item

NAME_LENGTH: Final = 200


def day_began() -> datetime:
    """Return when the day began of which limits and keys are: midnight, UTC."""
    return timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class Partner(models.Model):
    """Another installation. One that was ended stays, without its key: what was said to it and by it names it.

    Attributes:
        contact: whom the partner may reach here; told with each answer.
        contact_point: whom to reach there, as the partner said last.
    """

    class State(models.TextChoices):
        """Whether calls go and come."""

        ACTIVE = "active", _("In use")
        PAUSED = "paused", _("Paused")
        ENDED = "ended", _("Ended")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    url = models.CharField(max_length=300)
    contact = models.CharField(max_length=300)
    contact_point = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ACTIVE)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="partner_named_once", fields=["name"], condition=~Q(state="ended")),
            models.CheckConstraint(
                name="partner_state", condition=Q(state__in=["active", "paused", "ended"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PairKey(models.Model):
    """The secret that two installations share, and how calls with it went.

    Attributes:
        pair: names the pair in a call; 32 hexadecimal digits.
        secret: sealed.
        made_here: whether the pairing code was made here; each direction has keys of its own.
        confirmed_at: since when both are known to have it.
        asked_at, answered_at: when the partner was last asked, and last asked here.
        problem: why the last call did not go; empty where it did.
    """

    partner = models.OneToOneField(
        Partner, on_delete=models.CASCADE, primary_key=True, related_name="pair_key"
    )
    pair = models.CharField(max_length=32, unique=True)
    secret = models.TextField()
    made_here = models.BooleanField()
    made_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.pair


class Answer(models.Model):
    """What a partner said of an item last.

    Attributes:
        has: whether somebody handed it in there, and it was neither rejected nor withdrawn.
        on_hold: whether a hold stands on it there, or on what it lies under.
        referred_on: the day on which its platform was asked from there.
        is_due: somebody wants it asked again.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="answers")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    has = models.BooleanField()
    on_hold = models.BooleanField()
    referred_on = models.DateField(null=True)
    is_due = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="answer_of_partner_once", fields=["partner", "item"])]

    def __str__(self) -> str:
        return f"{self.partner_id}: {self.item_id}"


class Exchange(models.Model):
    """One call, asked or answered: how much, never about what. Inserted and read; no policy lets it be changed.

    Attributes:
        day: whose keys it was asked with.
        nonce: of the call; an answered one is not answered again.
        items: how many were asked about; had, held: of how many it was said.
        refused: what was asked was more than a day's.
    """

    class Direction(models.TextChoices):
        """Who asked."""

        ASKED = "asked", _("We asked")
        ANSWERED = "answered", _("They asked")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="exchanges")
    direction = models.CharField(max_length=8, choices=Direction.choices)
    at = models.DateTimeField(db_default=Now())
    day = models.DateField()
    nonce = models.CharField(max_length=32)
    items = models.PositiveIntegerField()
    had = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    refused = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="exchange_once", fields=["partner", "direction", "nonce"]),
            models.CheckConstraint(
                name="exchange_direction", condition=Q(direction__in=["asked", "answered"])
            ),
        ]
        indexes = [models.Index(name="exchange_of_partner", fields=["partner", "at"])]

    def __str__(self) -> str:
        return f"{self.direction} {self.items} at {self.at:%Y-%m-%d %H:%M}"
