"""What people are told of, how far each has read, and messages to all in an operation."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, Platform, User
from takedowns.holds.models import Hold
from takedowns.postgres.functions import UUID7, TransactionField
from takedowns.referrals.models import Item, Operation, Referral

LONGEST_MESSAGE = 500


class What(models.TextChoices):
    """What happened to a referral or a hold. In the order in which it is shown: first what somebody must see to."""

    QUESTION = "question", _("Question of the platform")
    ONLINE = "online", _("Seen online after removal")
    COMPLAINT = "complaint", _("Complaint")
    IMPEDIMENT = "impediment", _("Cannot comply")
    ORDER_SUGGESTED = "order_suggested", _("Removal order suggested")
    REINSTATED = "reinstated", _("Reinstated")
    CORRECTED = "corrected", _("Answer corrected")
    DECLINED = "declined", _("Declined")
    REJECTED = "rejected", _("Rejected in review")
    WITHDRAWN = "withdrawn", _("Withdrawn by somebody else")
    COMPLAINT_DECIDED = "complaint_decided", _("Complaint decided")
    HOLD_ENDED = "hold_ended", _("Hold ended")
    RESTRICTED = "restricted", _("Restricted")
    UNAVAILABLE = "unavailable", _("Already unavailable")
    REMOVED = "removed", _("Removed")


class Scope(models.TextChoices):
    """On whose referrals somebody wants to be told."""

    MINE = "mine", _("What I submitted")
    AGENCY = "agency", _("What my agency submitted")


class Mail(models.TextChoices):
    """How often somebody wants a mail; one at most in each hour or day."""

    NEVER = "never", _("Never")
    HOURLY = "hourly", _("Each hour")
    DAILY = "daily", _("Each morning")


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Notices; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> NoticeQuerySet:
        """Return those of the actor's agencies. Row-level security says the same (sql/)."""
        return self.filter(agency_id__in=actor.agencies)

    def wanted_by(self, actor: Actor, scope: str) -> NoticeQuerySet:
        """Return what the actor wants to be told, but not what they did themselves."""
        found = self.visible_to(actor).filter(~Q(actor_id=actor.user_id) | Q(actor_id=None))
        return found if scope == Scope.AGENCY else found.filter(person_id=actor.user_id)


class Notice(models.Model):
    """One thing that happened to what one agency handed in: a pointer into the log, and not the record of it.

    ``number`` counts up in the order of the log. One process at a time writes them (``telling.py``), so a number that can
    be seen has none below it that is still to come: "read up to this one" misses nothing.
    """

    number = models.BigAutoField(primary_key=True)
    what = models.CharField(max_length=20, choices=What.choices)
    at = models.DateTimeField(help_text="When it happened.")
    told_at = models.DateTimeField(db_default=Now())
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Who handed it in, or placed the hold; empty for a program.",
    )
    actor_id = models.UUIDField(null=True, help_text="Who did it; they need not be told.")
    event_id = models.UUIDField(null=True)
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    item = models.ForeignKey(
        Item,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        help_text="Where the agency joined a referral that it may not see: of that nothing else is kept.",
    )

    objects: ClassVar[models.Manager[Notice]] = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="notice_of_referral_hold_or_item",
                condition=Q(referral__isnull=False, event_id__isnull=False, hold=None, item=None)
                | Q(referral=None, event_id=None, hold__isnull=False, item=None)
                | Q(
                    referral=None, event_id=None, hold=None, item__isnull=False, operation=None, actor_id=None
                ),
            ),
            models.UniqueConstraint(
                name="notice_of_hold_once", fields=["hold"], condition=Q(hold__isnull=False)
            ),
        ]
        indexes = [
            # The badge of every page looks at the latest of these two alone.
            models.Index(fields=["agency", "number"], include=["actor_id"], name="notice_of_agency"),
            models.Index(fields=["person", "number"], include=["actor_id"], name="notice_of_person"),
            models.Index(fields=["told_at"], name="notice_told_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.what}"


class NoticeCursor(models.Model):
    """How far into the log notices were made: after the event of that transaction and id. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    xid = TransactionField()
    event_id = models.UUIDField()
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="notice_cursor_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"after {self.event_id}"


class Attention(models.Model):
    """What one person wants to be told, how far they have read, and how far they were told by mail."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    scope = models.CharField(max_length=8, choices=Scope.choices, default=Scope.MINE, db_default=Scope.MINE)
    seen = models.BigIntegerField(default=0, db_default=0, help_text="The number of the last notice read.")
    seen_at = models.DateTimeField(null=True)
    mail = models.CharField(max_length=8, choices=Mail.choices, default=Mail.NEVER, db_default=Mail.NEVER)
    mailed = models.BigIntegerField(
        default=0, db_default=0, help_text="The number of the last notice counted in a mail."
    )
    mailed_at = models.DateTimeField(null=True, help_text="When the last mail went, or was first wanted.")

    class Meta:
        indexes = [
            models.Index(fields=["mail"], name="attention_by_mail", condition=~Q(mail="never")),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} up to {self.seen}"


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages; :meth:`visible_to` first, then whatever else."""

    def visible_to(self, actor: Actor) -> MessageQuerySet:
        """Return those of operations the actor may see. Row-level security says the same (sql/)."""
        return self.filter(operation__in=Operation.objects.visible_to(actor))


class Message(models.Model):
    """What a coordinator says to everybody in an operation. Inserted and read, never changed; it can be ended."""

    append_only = True

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST_MESSAGE)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, help_text="Empty: until somebody ends it.")

    objects: ClassVar[models.Manager[Message]] = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="message_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("at"))
            )
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.text


class MessageEnd(models.Model):
    """That a message was ended before its time. Inserted and read, never changed."""

    append_only = True

    message = models.OneToOneField(Message, on_delete=models.PROTECT, primary_key=True, related_name="ended")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.message_id} ended {self.at:%Y-%m-%d %H:%M}"


class MessageSeen(models.Model):
    """That somebody put a message away as read, or was told of it by mail. Inserted and read, never changed."""

    append_only = True

    class How(models.TextChoices):
        """How it reached them."""

        READ = "read", _("Read")
        MAILED = "mailed", _("Told by mail")

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, db_index=False, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    how = models.CharField(max_length=8, choices=How.choices)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="message_seen_once", fields=["message", "user", "how"])]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.message_id} {self.how} by {self.user_id}"


class AlertKind(models.TextChoices):
    """What one of a platform's own people is alerted of."""

    HAND_OFF = "hand_off", _("New referrals")
    ORDER = "order", _("One-hour deadline is running")
    DUE_SOON = "due_soon", _("One-hour deadline ends soon")


class AlertChoice(models.Model):
    """By which mails one of a platform's own people wants to be alerted; whoever never chose, by all."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="+")
    hand_offs = models.BooleanField(default=True, db_default=True)
    orders = models.BooleanField(default=True, db_default=True)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.hand_offs}, {self.orders}"


class AlertMailed(models.Model):
    """That somebody was alerted of a dispatch, or of an order, by mail: once of each."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    kind = models.CharField(max_length=10, choices=AlertKind.choices)
    subject = models.UUIDField(help_text="The dispatch, or the order's referral.")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(name="alert_mailed_once", fields=["user", "kind", "subject"])]
        indexes = [models.Index(fields=["at"], name="alert_mailed_at")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.user_id}"
