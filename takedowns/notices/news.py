"""What changed since somebody last looked: counted, listed, marked as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from takedowns.access.actor import Actor
from takedowns.notices.models import Attention, Mail, Notice, NoticeQuerySet, Scope

#: Counts on the page take in so many notices at most, the latest.
COUNTED: Final = 50_000
#: The badge says "99+" from here on.
MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """How many notices of one kind there are on one platform of one operation.

    A hold on an outlet has neither; what others had referred for other operations is of no operation.
    """

    operation_id: UUID | None
    what: str
    platform_id: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which notices to list; empty means all. ``of_others``: of what others had referred for other operations."""

    operation_id: UUID | None = None
    what: str = ""
    platform_id: str = ""
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class News:
    """What is new to somebody.

    Attributes:
        upto: the number of the latest notice counted; marking as read up to here loses nothing that came since.
        is_all: whether everything is counted, and not only the latest :data:`COUNTED`.
    """

    counts: Sequence[Counted]
    upto: int
    is_all: bool

    @property
    def number(self) -> int:
        """How many there are."""
        return sum(one.number for one in self.counts)

    @property
    def unread(self) -> int:
        """The same, as the head of a page asks for it."""
        return self.number


def attention_of(actor: Actor) -> Attention:
    """Return what the asking person wants; the defaults where they never chose. One statement."""
    found = Attention.objects.filter(user=actor.user_id).first()
    return found or Attention(user_id=actor.user_id)  # type: ignore[misc]


def news(actor: Actor, attention: Attention, *, after: int | None = None) -> News:
    """Count what was told since the person last marked it as read, or after another number. Two statements at most."""
    unread = _unread(actor, attention, attention.seen if after is None else after)
    latest = unread.order_by("-number").values_list("number", flat=True)
    bounds = list(latest[:1])
    if not bounds:
        return News((), 0, is_all=True)
    counted = Notice.objects.filter(pk__in=latest[:COUNTED])
    found = counted.order_by().values_list("operation_id", "what", "platform_id").annotate(number=Count("*"))
    counts = [Counted(*row) for row in found]
    return News(counts, bounds[0], is_all=sum(one.number for one in counts) < COUNTED)


def lines(
    actor: Actor,
    attention: Attention,
    wanted: Wanted,
    *,
    before: int | None = None,
    most: int,
    also_read: bool = False,
) -> list[Notice]:
    """Return notices, the latest first, with all that a line shows. One statement.

    Args:
        before: only those of a lower number, to go on.
        also_read: also what was marked as read.
    """
    found = _unread(actor, attention, 0 if also_read else attention.seen)
    if before is not None:
        found = found.filter(number__lt=before)
    if wanted.operation_id is not None:
        found = found.filter(operation_id=wanted.operation_id)
    if wanted.of_others:
        found = found.filter(item__isnull=False)
    if wanted.what:
        found = found.filter(what=wanted.what)
    if wanted.platform_id:
        found = found.filter(platform_id=wanted.platform_id)
    shown = found.select_related(
        "referral__item", "item", "operation", "platform", "agency", "person", "hold__item", "hold__outlet"
    )
    return list(shown.order_by("-number")[:most])


def unread_number() -> int:
    """Return how many notices the asking person has not read, at most :data:`MANY`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_unread()")
        return int(cursor.fetchone()[0])


def mark_read(actor: Actor, upto: int) -> None:
    """Mark as read what was told up to a number. Never back: of two windows the one that saw more counts. One statement."""
    if actor.user_id is None:
        return
    with connection.cursor() as cursor:
        # Not beyond what is there: a number from elsewhere must not swallow what is still to come.
        cursor.execute(
            """
            INSERT INTO notices_attention AS read (user_id, seen, seen_at)
            VALUES (%(who)s, least(%(upto)s, (SELECT coalesce(max(number), 0) FROM notices_notice)), %(now)s)
            ON CONFLICT (user_id) DO UPDATE SET seen = greatest(read.seen, EXCLUDED.seen), seen_at = EXCLUDED.seen_at
            """,
            {"who": actor.user_id, "upto": min(max(upto, 0), 2**63 - 1), "now": timezone.now()},
        )


def choose(actor: Actor, *, scope: str, mail: str) -> None:
    """Keep what the asking person wants to be told, and how often by mail. Two statements.

    The first mail comes with the next hour or morning, not at once: whoever chooses stands before the page.

    Raises:
        ValueError: no such scope or frequency.
    """
    scope, mail = Scope(scope), Mail(mail)
    attention = attention_of(actor)
    if mail not in (Mail.NEVER, attention.mail):
        attention.mailed_at = timezone.now()
    attention.scope, attention.mail = scope, mail
    Attention.objects.bulk_create(
        [attention],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["scope", "mail", "mailed_at"],
    )


def _unread(actor: Actor, attention: Attention, after: int) -> NoticeQuerySet:
    return Notice.objects.all().wanted_by(actor, attention.scope).filter(number__gt=after)
