from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Platform, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.operations import Operation


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    """Dispatches; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> DispatchQuerySet:
        """Return those of operations the actor may see. Row-level security says the same (sql/)."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class Dispatch(models.Model):
    """One release by a coordinator: what was approved of one platform, or of all, was referred at one moment."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="dispatches")
    platform = models.ForeignKey(
        Platform,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty for all.",
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(help_text="The moment its referrals have as theirs.")
    referred = models.JSONField(help_text="How many were referred, by platform slug.")
    refused = models.JSONField(help_text="What was not referred: referral id, platform slug, code.")

    objects: ClassVar[models.Manager[Dispatch]] = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dispatches"

    def __str__(self) -> str:
        return f"Dispatch of {self.at:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def total(self) -> int:
        """How many referrals went."""
        return sum(self.referred.values())


class HandOff(models.Model):
    """The file of a dispatch for a platform that does not read the API: kept byte for byte as it was made."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    dispatch = models.ForeignKey(Dispatch, on_delete=models.PROTECT, related_name="hand_offs")
    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField(help_text="How many referrals it names.")
    sha256 = models.CharField(max_length=64, help_text="Of the content, hexadecimal.")
    # In the database, not beside it: made, kept and restored with the referrals it names, or not at all.
    content = models.BinaryField()
    # The file, the letter and the orders as one ZIP; empty in hand-offs made before there were bundles.
    bundle = models.BinaryField(default=b"")
    bundle_sha256 = models.CharField(max_length=64, blank=True, help_text="Of the bundle, hexadecimal.")

    class Meta:
        constraints = [models.UniqueConstraint(name="hand_off_once", fields=["dispatch", "platform"])]

    def __str__(self) -> str:
        return f"{self.rows} for {self.platform_id}, {self.made_at:%Y-%m-%d %H:%M} UTC"

    @property
    def name(self) -> str:
        """What its files are called, without their endings; reads the dispatch and its operation."""
        return f"{self.dispatch.operation.reference}-{self.platform_id}-{self.made_at:%Y%m%d-%H%M%S}Z"


class Sending(models.Model):
    """One time that a bundle went, or was to go, to its platform: by mail, or by hand as a coordinator says."""

    class How(models.TextChoices):
        """By which way."""

        MAIL = "mail", _("By mail")
        HAND = "hand", _("By hand")

    class State(models.TextChoices):
        """What became of it."""

        QUEUED = "queued", _("Waiting to be sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    hand_off = models.ForeignKey(HandOff, on_delete=models.PROTECT, related_name="sendings")
    how = models.CharField(max_length=8, choices=How.choices)
    state = models.CharField(max_length=8, choices=State.choices)
    to = models.CharField(max_length=254, help_text="The mail address, or what the coordinator wrote.")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was not sent, as the mail server said.")

    def __str__(self) -> str:
        return f"{self.how} to {self.to}: {self.state}"


class AnswerLink(models.Model):
    """A link in the mail of a hand-off, for a platform that has nobody enrolled: opens that one hand-off until it ends or is revoked.

    What stands in its address is signed and kept nowhere; it opens nothing without a code that goes to the same address.
    """

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    hand_off = models.ForeignKey(HandOff, on_delete=models.PROTECT, related_name="links")
    to = models.CharField(max_length=254, help_text="The mail address that it and its codes go to.")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_link_ends_after_start", condition=models.Q(expires_at__gt=models.F("made_at"))
            )
        ]

    def __str__(self) -> str:
        return f"link to {self.to}"


class AnswerLinkUse(models.Model):
    """What somebody did at the door of a link: asked for a code, typed a wrong one, came in."""

    class Kind(models.TextChoices):
        """What was done."""

        CODE = "code", _("Asked for a code")
        WRONG = "wrong", _("Typed a wrong code")
        OPENED = "opened", _("Came in")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    link = models.ForeignKey(AnswerLink, on_delete=models.PROTECT, related_name="uses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True, help_text="From where, on the network.")

    class Meta:
        indexes = [models.Index(fields=["address", "at"], name="answer_link_use_from")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M} UTC"


class AnswerCode(models.Model):
    """The code that was mailed last for one browser at the door of a link; gone when it was used."""

    door = models.CharField(primary_key=True, max_length=32, help_text="Of the browser that asked for it.")
    link = models.ForeignKey(AnswerLink, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField(help_text="Keyed, of the code.")
    ends_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0, help_text="Wrong ones.")

    def __str__(self) -> str:
        return f"code until {self.ends_at:%Y-%m-%d %H:%M} UTC"
