"""Looks at items: is it still there? And when an operation's items are looked at again."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform, User
from takedowns.evidence.models import Evidence
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models import Item, Operation
from takedowns.referrals.vocabulary import Availability


class Reason(models.TextChoices):
    """Why a robot saw what it saw, or could not tell. HTTP statuses: RFC 9110, 451: RFC 7725."""

    GONE = "gone", _("The platform says that nothing is there")
    SIGN_OF_GONE = "sign_of_gone", _("The page bears a mark this platform gives to what is gone")
    SIGN_OF_ONLINE = "sign_of_online", _("The page bears a mark this platform gives to what is there")
    NO_SIGN = "no_sign", _("A page answers, but whether the item is on it cannot be told")
    SIGN_IN = "sign_in", _("The platform asks to sign in")
    PRIVATE = "private", _("Shown to some people only")
    BLOCKED_HERE = "blocked_here", _("Withheld for legal reasons, perhaps only from here")
    FORBIDDEN = "forbidden", _("The platform refuses to answer a robot")
    TOO_MANY = "too_many", _("The platform asks for fewer questions")
    ELSEWHERE = "elsewhere", _("Redirects to another page")
    TOO_MANY_HOPS = "too_many_hops", _("Redirects without end")
    NOT_ASKED = "not_asked", _("The address is one that is not asked")
    TOO_SLOW = "too_slow", _("No answer in time")
    UNREACHABLE = "unreachable", _("No server answers")
    FAULT = "fault", _("The platform has a fault")


class Check(models.Model):
    """One look: who or which robot, when, what was seen."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    seen = models.CharField(max_length=8, choices=Availability.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    robot = models.CharField(max_length=50, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    reason = models.CharField(
        max_length=16, choices=Reason.choices, blank=True, db_default="", help_text="Of a robot's look."
    )
    http_status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Of a robot's look.")
    note = models.CharField(max_length=500, blank=True, db_default="", help_text="What a person noted.")
    evidence = models.ForeignKey(
        Evidence,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        help_text="The screenshot a person made.",
    )

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


class Schedule(models.Model):
    """When an operation looks again at what a platform says is gone, where it differs from the standard."""

    operation = models.OneToOneField(Operation, on_delete=models.CASCADE, primary_key=True, related_name="+")
    hours = ArrayField(models.PositiveIntegerField(), help_text="After the decision, ascending.")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.operation}: {self.hours}"


class ProbeLane(models.Model):
    """A platform whose addresses a robot asks, one after the other and never faster than said. No row: none are asked."""

    platform = models.OneToOneField(Platform, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seconds = models.PositiveIntegerField(help_text="From one question to the next, at least.")
    next_at = models.DateTimeField(
        help_text="Not asked before; while a question is under way, the end of its lease."
    )

    def __str__(self) -> str:
        return f"{self.platform_id} every {self.seconds} s"


class Succession(models.Model):
    """Somebody found that an item takes the place of another: the channel that came after the one that was removed."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    predecessor = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="succession_once", fields=["item", "predecessor"]),
            models.CheckConstraint(name="succession_of_another", condition=~Q(item=F("predecessor"))),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} after {self.predecessor_id}"
