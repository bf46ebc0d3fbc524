"""Webhooks: where a platform or an agency wants to be told, and what was told, tried and answered."""

from __future__ import annotations

from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform
from takedowns.postgres.functions import UUID7, TransactionField

#: Whose an endpoint is: a platform, by its slug, or an agency, by its id.
Owner = str | UUID
#: Lanes of an endpoint: in each, one delivery is under way at a time, in order. A referral's changes always take the same one.
LANES = 8
#: Removal orders have lanes of their own, so that nothing else that fails holds up their hour.
ORDER_LANES = (8, 9)
#: A test call waits for nothing.
PING_LANE = 10
ALL_LANES = (*range(LANES), *ORDER_LANES, PING_LANE)


class EventType(models.TextChoices):
    """What a webhook tells of."""

    CREATED = "referral.created", _("A referral was made to the platform")
    UPDATED = "referral.updated", _("A referral changed")
    WITHDRAWN = "referral.withdrawn", _("A referral was withdrawn")
    DUE_SOON = "referral.due_soon", _("A referral is soon due and not decided")
    ONLINE_AFTER_REMOVAL = (
        "check.online_after_removal",
        _("Somebody saw online what the platform says it removed"),
    )


class Endpoint(models.Model):
    """An address of a platform's or an agency's that takes webhooks.

    Its place in the log is its own, so that an endpoint which was off for a while goes on where it stopped.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_endpoints"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="webhook_endpoints"
    )
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    types = ArrayField(models.CharField(max_length=32, choices=EventType.choices))
    secret = models.TextField(help_text="Encrypted; see secrets.py.")
    former_secret = models.TextField(
        blank=True, help_text="Encrypted; signs beside the new one until it ends."
    )
    former_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    xid = TransactionField(help_text="With event_id: the place in the log up to which deliveries were made.")
    event_id = models.UUIDField()
    numbered = models.BigIntegerField(default=0, help_text="The number of the last delivery made.")
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="endpoint_of_agency_or_platform",
                condition=Q(agency__isnull=False, platform__isnull=True)
                | Q(agency__isnull=True, platform__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def owner(self) -> Owner:
        """Whose it is: a platform's slug, or an agency's id."""
        owner = self.agency_id or self.platform_id
        assert owner is not None  # noqa: S101 - the table's constraint
        return owner

    @property
    def owner_name(self) -> str:
        """What its owner is called."""
        return str(self.agency or self.platform)


class Delivery(models.Model):
    """Up to a hundred changes, told in one call. Its id is the ``webhook-id``: the same however often it is tried."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        GIVEN_UP = "given_up", _("Given up")
        DIVIDED = "divided", _("Too large, sent in parts")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    number = models.BigIntegerField(
        help_text="Counts up for each endpoint, in steps of more than the changes of one call: a lane is sent in this order,"
        " and where a call is divided, each part's number says which change it begins with."
    )
    lane = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    is_ping = models.BooleanField(default=False)
    events = models.PositiveSmallIntegerField(help_text="How many changes it tells.")
    payload = models.BinaryField(help_text="The body, byte for byte.")
    made_at = models.DateTimeField()
    next_at = models.DateTimeField(help_text="Not tried before.")
    calling_until = models.DateTimeField(
        null=True, blank=True, help_text="While a call is under way: when it counts as lost."
    )
    first_tried_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "number"], condition=~Q(state="divided"), name="delivery_number_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "lane", "number"], name="delivery_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["ended_at"], name="delivery_ended"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Try(models.Model):
    """One call of a delivery, and what became of it."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries_made")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status; empty where no answer came.")
    problem = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.problem}"


class ToldDue(models.Model):
    """That its platform, or an agency, was told that a referral is due at a moment; each is told once."""

    referral_id = models.UUIDField()
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        help_text="That was told; empty where it was the platform.",
    )
    due_at = models.DateTimeField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["referral_id", "due_at", "agency"], name="told_due_once_each", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} due at {self.due_at}"
