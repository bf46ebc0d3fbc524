"""What was referred to a platform: what waits first, by deadline and priority; counted, filtered, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from takedowns.desk.reader import AtTheDesk
from takedowns.orders.queries import OrderLine, lines_of
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Cell
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.representation.referrals import NOT_MADE, among, in_order, shown, visible

PAGE_SIZE: Final = 50
#: So many are answered, or written into a file, at once.
MOST: Final = 10_000


class Show(TextChoices):
    """Which of them a page is about."""

    OPEN = "open", _("To answer")
    ANSWERED = "answered", _("Answered")
    ALL = "all", _("All")


#: Orders first, by the end of their hour; then by priority, and the longest waiting.
_WAITING: Final = (
    "CASE {0}.instrument WHEN 'removal_order' THEN 0 ELSE 1 END, coalesce({0}.due_at, 'infinity'), {0}.tier,"
    " {0}.referred_at, {0}.id"
)
#: What was done last, first: rows are compared upwards, so what is to stand first must be the least.
_DONE: Final = "-extract(epoch FROM coalesce({0}.decided_at, {0}.acknowledged_at, {0}.referred_at)), {0}.id"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which referrals; what is empty leaves it open.

    Attributes:
        show: those that wait for an answer, those that have one, or both.
        operation: its reference.
    """

    show: str = Show.OPEN
    status: str = ""
    kind: str = ""
    instrument: str = ""
    operation: str = ""

    @property
    def statuses(self) -> list[str]:
        """The statuses that they may be in; none where another is asked for than the list shows."""
        made = [one for one in Status if one not in NOT_MADE]
        if self.show != Show.ALL:
            made = [one for one in made if (one in AT_THE_PLATFORM) == (self.show == Show.OPEN)]
        return [str(one) for one in made if self.status in ("", one)]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many referrals share these facts."""

    operation: str
    kind: str
    instrument: str
    status: str
    number: int

    def fits(self, filters: Filters) -> bool:
        """Tell whether they are among those that are asked for."""
        return self.status in filters.statuses and all(
            not asked or asked == has
            for asked, has in (
                (filters.operation, self.operation),
                (filters.kind, self.kind),
                (filters.instrument, self.instrument),
            )
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One referral in a list: as the platform may see it, and where its hour stands if it is an order."""

    referral: dict[str, Any]
    hour: OrderLine | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Attributes:
        after: the referral behind which the next page begins; None on the last.
        first: whether nothing stands before it.
    """

    lines: list[Line]
    after: UUID | None
    first: bool


def counts(reader: AtTheDesk) -> list[Counted]:
    """Count what was ever referred to the platform, by the facts that it is filtered by. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT operation.reference, cell.kind, cell.instrument, cell.status, found.number
            FROM (
                SELECT referral.cell_id, count(*) AS number FROM referrals_referral AS referral
                WHERE referral.cell_id = ANY (ARRAY(SELECT id FROM referrals_cell WHERE platform_id = %s))
                    AND referral.referred_at IS NOT NULL
                GROUP BY referral.cell_id
            ) AS found
            JOIN referrals_cell AS cell ON cell.id = found.cell_id
            JOIN referrals_operation AS operation ON operation.id = cell.operation_id
            ORDER BY operation.reference, cell.kind
            """,
            [reader.platform_id],
        )
        return [Counted(*row) for row in cursor.fetchall()]


def page(
    reader: AtTheDesk, filters: Filters, now: datetime, *, after: UUID | None = None, size: int = PAGE_SIZE
) -> Page:
    """Return one page in the order of the desk. Three statements, one less without orders."""
    ids = ids_of(reader, filters, after=after, most=size + 1)
    return Page(
        lines(reader, ids[:size], now), ids[size - 1] if len(ids) > size else None, first=after is None
    )


def lines(reader: AtTheDesk, ids: Iterable[UUID], now: datetime) -> list[Line]:
    """Return referrals as the platform may see them, in the order given. Two statements at most."""
    wanted = list(ids)
    found = in_order(shown(visible(reader).filter(among(wanted)), reader), wanted)
    orders = [one["id"] for one in found if one["instrument"] == Instrument.REMOVAL_ORDER]
    hours = lines_of(orders, reader.actor, now)
    return [Line(one, hours.get(one["id"])) for one in found]


def ids_of(reader: AtTheDesk, filters: Filters, *, after: UUID | None = None, most: int = MOST) -> list[UUID]:
    """Return the ids of those that fit, in the order of the desk, ``most`` of them. One statement; it obeys row-level security.

    Args:
        after: only what stands behind this one now.
    """
    if not filters.statuses:
        return []
    narrowed: dict[str, Any] = {"status__in": filters.statuses}
    if filters.kind:
        narrowed["kind"] = filters.kind
    if filters.instrument:
        narrowed["instrument"] = filters.instrument
    if filters.operation:
        narrowed["operation__reference"] = filters.operation
    cells, values = (
        Cell.objects.filter(platform_id=reader.platform_id, **narrowed).values("pk").query.sql_with_params()
    )
    key = _WAITING if filters.show == Show.OPEN else _DONE
    beyond = ""
    if after is not None:
        edge = f"SELECT {key.format('edge')} FROM referrals_referral AS edge WHERE edge.id = %s"
        beyond = f"AND ({key.format('referral')}) > ({edge})"
        values = (*values, after)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id FROM referrals_referral AS referral
            WHERE referral.cell_id = ANY (ARRAY({cells})) AND referral.referred_at IS NOT NULL {beyond}
            ORDER BY {key.format("referral")} LIMIT %s
            """,
            [*values, most],
        )
        return [pk for (pk,) in cursor.fetchall()]
