"""Messages to everybody in an operation: written, ended, put away as read, and never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.models import User
from takedowns.notices.models import LONGEST_MESSAGE, Message, MessageEnd, MessageSeen
from takedowns.referrals.models import Operation
from takedowns.referrals.operations import may_run
from takedowns.referrals.visibility import TakesPart


class MessageError(ValueError):
    """Nothing was written; ``field`` names what is wrong, the message says what to do."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = at


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as its operation's page lists it.

    Attributes:
        ended_at: when it stopped being shown; None while it is.
        ended_by: who ended it before its time.
        read: how many put it away as read; None for whoever may not know.
    """

    message: Message
    ended_at: datetime | None
    ended_by: User | None
    read: int | None


def write(operation: Operation, *, text: str, ends_at: datetime | None = None, by: Actor) -> Message:
    """Say something to everybody in an operation. It stands at the top of its pages until it ends or is put away.

    Raises:
        MessageError: not for the actor, no words or too many, or an end that has passed.
    """
    _require(operation, by)
    now, text = timezone.now(), text.strip()
    if not text:
        raise MessageError(_("Write what everybody should know."), "text")
    if len(text) > LONGEST_MESSAGE:
        raise MessageError(_("Write at most %(most)d characters.") % {"most": LONGEST_MESSAGE}, "text")
    if ends_at is not None and ends_at <= now:
        raise MessageError(_("The end must lie after now."), "ends_at")
    with acting_as(SYSTEM):
        made = Message.objects.create(
            operation=operation, text=text, by_id=by.user_id, at=now, ends_at=ends_at
        )
        made.refresh_from_db()
        return made


def end(operation: Operation, message_id: UUID, *, by: Actor) -> None:
    """End a message now. One that has ended stays as it is.

    Raises:
        MessageError: not for the actor.
        Message.DoesNotExist: the operation has none of that id.
    """
    _require(operation, by)
    with acting_as(SYSTEM):
        found = Message.objects.get(pk=message_id, operation=operation)
        if found.ends_at is None or found.ends_at > timezone.now():
            MessageEnd.objects.bulk_create(
                [MessageEnd(message=found, by_id=by.user_id, at=timezone.now())], ignore_conflicts=True
            )


def put_away(operation: Operation, message_id: UUID, *, by: Actor) -> None:
    """Note that the asking person has read a message; twice is once.

    Raises:
        Message.DoesNotExist: the actor can see none of that id in the operation.
    """
    found = Message.objects.filter(operation__in=Operation.objects.visible_to(by)).get(
        pk=message_id, operation=operation
    )
    if by.user_id is None:
        return
    MessageSeen.objects.bulk_create(
        [MessageSeen(message=found, user_id=by.user_id, how=MessageSeen.How.READ, at=timezone.now())],
        ignore_conflicts=True,
    )


def messages_of(operation: Operation, actor: Actor, *, most: int = 100) -> list[Kept]:
    """Return an operation's messages, the latest first. Two statements; who may write also sees how many read each."""
    found = Message.objects.filter(operation=operation, operation__in=Operation.objects.visible_to(actor))
    listed = list(found.select_related("by", "ended__by")[:most])
    may = may_run(actor, operation)
    read: dict[UUID, int] = {}
    if may and listed:
        with acting_as(SYSTEM):
            seen = MessageSeen.objects.filter(message__in=listed, how=MessageSeen.How.READ)
            read = dict(seen.values_list("message").annotate(number=Count("*")))
    now = timezone.now()
    return [_kept(one, now, read.get(one.pk, 0) if may else None) for one in listed]


def audience(operation: Operation) -> int:
    """Return how many people take part in an operation. One statement."""
    agencies = operation.agencies.values("pk")
    with acting_as(SYSTEM):  # how many they are is told; not who
        return User.objects.filter(is_active=True, memberships__agency__in=agencies).distinct().count()


def unmailed(actor: Actor) -> Sequence[Message]:
    """Return the messages that stand, in operations the actor's agencies take part in, and reached them in no way yet."""
    seen = MessageSeen.objects.filter(user=actor.user_id)
    return list(
        Message.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=timezone.now()),
            TakesPart("operation_id", actor.agencies),
            ended=None,
        )
        .exclude(by_id=actor.user_id)
        .exclude(pk__in=seen.values("message_id"))
        .select_related("operation")
        .order_by("operation__reference", "at")
    )


def note_mailed(messages: Sequence[Message], user_id: UUID, at: datetime) -> None:
    """Note that a person was told of messages by mail. One statement; the caller asks as the system."""
    MessageSeen.objects.bulk_create(
        [MessageSeen(message=one, user_id=user_id, how=MessageSeen.How.MAILED, at=at) for one in messages],
        ignore_conflicts=True,
    )


def _kept(message: Message, now: datetime, read: int | None) -> Kept:
    ended: MessageEnd | None = getattr(message, "ended", None)
    if ended is not None:
        return Kept(message, ended.at, ended.by, read)
    over = message.ends_at is not None and message.ends_at <= now
    return Kept(message, message.ends_at if over else None, None, read)


def _require(operation: Operation, by: Actor) -> None:
    if not may_run(by, operation):
        raise MessageError(_("This is for the coordinators of the operation and for administrators."))
