"""What colleagues say to each other about a referral, and who is mentioned in it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from takedowns.access.actor import Actor
from takedowns.directory.models import Agency, User
from takedowns.postgres.functions import UUID7
from takedowns.referrals.models.items import Item
from takedowns.referrals.models.referral import Referral

LONGEST = 2000


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> CommentQuerySet:
        """Return those of referrals the actor sees as somebody of an agency; no platform's. Row-level security says the same."""
        if actor.platforms and not actor.sees_everything:
            return self.none()
        return self.filter(referral__in=Referral.objects.visible_to(actor))


class Comment(models.Model):
    """What somebody said about a referral. Inserted and read, never changed; it goes by retention alone."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, db_index=False, related_name="+")
    text = models.CharField(max_length=LONGEST)
    by = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Comment]] = CommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(name="comment_says_something", condition=~Q(text=""))]
        indexes = [
            models.Index(fields=["referral", "at"], name="comment_of_referral"),
            models.Index(fields=["at"], name="comment_at"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.referral_id}"


class MentionQuerySet(models.QuerySet["Mention"]):
    """Mentions; :meth:`visible_to` first."""

    def visible_to(self, actor: Actor) -> MentionQuerySet:
        """Return those in comments the actor sees. Row-level security says the same."""
        return self.filter(comment__in=Comment.objects.visible_to(actor))


class Mention(models.Model):
    """That somebody is mentioned in a comment; whether they have read it, and were told by mail."""

    id = models.UUIDField(primary_key=True, db_default=UUID7(), editable=False)
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, db_index=False, related_name="mentions")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, db_index=False, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(db_default=Now())
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Mention]] = MentionQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(name="mentioned_once", fields=["comment", "user"])]
        indexes = [
            # What waits for somebody, on their start page.
            models.Index(fields=["user", "at"], condition=Q(read_at=None), name="mention_unread"),
            models.Index(fields=["at"], name="mention_at"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.comment_id}"
