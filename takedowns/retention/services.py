"""What is kept how long. Each app declares its classes of data in a module ``retention`` as ``KEPT``; one list, one night job.

The number that the page shows as due and the rows that the night deletes come from one condition, so they cannot differ.
Events, referrals, orders and evidence are never deleted by the application: they are for the court, and for the figures.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


log = logging.getLogger(__name__)

#: What is due is counted so far and no further.
MOST_COUNTED: Final = 10_000


@dataclass(frozen=True)
class Kept:
    """One class of data.

    Attributes:
        name: what it is.
        why: what it is kept for, and what about it is personal.
        days: name of the setting that says how many days it is kept.
        period: how long it is kept where no setting says so; None, and no setting: for good.
        table, past: where its rows are, and which of them are past their time: an SQL condition on ``%(before)s``, the
            moment before which they are. Empty where nothing ends.
        nightly: whether the night job deletes them. Where not, ``by`` says what becomes of them.
        by: how it goes, where the night job is not what does it.
        age: SQL of the moment from which a row's time counts, so that the oldest can be told.
        held: SQL that is true of a row which a legal hold or a preservation period keeps (:func:`held_by_law`). Empty of what is about no case.
    """

    name: _StrPromise
    why: _StrPromise
    days: str = ""
    period: timedelta | None = None
    table: str = ""
    past: str = ""
    nightly: bool = False
    by: _StrPromise | str = ""
    age: str = ""
    held: str = ""

    @property
    def goes(self) -> str:
        """Return the SQL condition on what goes: past its time, and kept by no legal hold."""
        return f"{self.past} AND NOT ({self.held})" if self.held else self.past

    @property
    def lasts(self) -> timedelta | None:
        """Return how long it is kept; None for good."""
        return timedelta(days=getattr(settings, self.days)) if self.days else self.period

    def before(self, now: datetime) -> datetime:
        """Return the moment before which it is past its time."""
        return now - (self.lasts or timedelta(0))


def held_by_law(*, referral: str = "NULL", operation: str = "NULL") -> str:
    """Return SQL that is true of a row which a legal hold or the preservation of an order's content keeps, given the SQL of its referral, or its operation.

    The subject that places legal holds stands above; it defines the function that is asked (``rights/sql/``).
    """
    return f"takedowns_under_legal_hold({referral}, {operation})"


def not_held(held: str) -> RawSQL:
    """Return the condition of a queryset that is true of rows which no legal hold keeps."""
    return RawSQL(f"NOT ({held})", [], output_field=BooleanField())  # noqa: S611 - no value of anybody's is in it


def classes() -> list[Kept]:
    """Return every class of data that an installed app declares, in the order of the apps and floors."""
    found: list[Kept] = []
    for config in apps.get_app_configs():
        name = f"{config.name}.retention"
        if config.name.startswith("takedowns.") and find_spec(name) is not None:
            found += getattr(import_module(name), "KEPT", ())
    return found


def due(kinds: list[Kept], now: datetime | None = None) -> list[int | None]:
    """Return for each class how many rows are past their time, at most :data:`MOST_COUNTED`; None where nothing ends.

    One statement, and two that name who asks. The caller has checked who asks.
    """
    now = now or timezone.now()
    ending = [(number, one) for number, one in enumerate(kinds) if one.table]
    counts = ", ".join(
        f"(SELECT count(*) FROM (SELECT 1 FROM {one.table} WHERE {_named(one.goes, number)} LIMIT {MOST_COUNTED}) AS past)"
        for number, one in ending
    )
    moments = {f"before_{number}": one.before(now) for number, one in ending}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}", moments)
        row = cursor.fetchone()
    found: dict[int, int] = {number: count for (number, _one), count in zip(ending, row, strict=True)}
    return [found.get(number) for number in range(len(kinds))]


@dataclass(frozen=True)
class Going:
    """What of one class of data would go now.

    Attributes:
        kept: the class.
        before: what is older goes.
        rows: how many rows; all of them counted.
        oldest: the moment from which the time of the oldest of them counts; None where none goes.
        held: how many more would go, if no legal hold kept them.
    """

    kept: Kept
    before: datetime
    rows: int
    oldest: datetime | None
    held: int


def plan(now: datetime | None = None) -> list[Going]:
    """Return what would go of each class that ends, counted whole, in the order of the classes. Deletes nothing.

    One statement for each class, in one transaction; as the system.
    """
    now = now or timezone.now()
    found = []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for one in classes():
            if one.table:
                before = one.before(now)
                cursor.execute(
                    f"SELECT count(*) FILTER (WHERE NOT stays), (min(age) FILTER (WHERE NOT stays))::timestamptz,"
                    f" count(*) FILTER (WHERE stays)"
                    f" FROM (SELECT {one.held or 'false'} AS stays, {one.age} AS age FROM {one.table} WHERE {one.past}) AS past",
                    {"before": before},
                )
                found.append(Going(one, before, *cursor.fetchone()))
    return found


def forget(now: datetime | None = None) -> Mapping[str, int]:
    """Delete what is past its time and goes by night; return how many rows of each table.

    Each class in a transaction of its own: one that fails keeps none of the others.
    """
    now = now or timezone.now()
    gone: dict[str, int] = {}
    for one in classes():
        if not one.nightly:
            continue
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {one.table} WHERE {one.goes}", {"before": one.before(now)})
            gone[one.table] = cursor.rowcount
    log.info("Forgotten: %s", gone)
    return gone


def _named(condition: str, number: int) -> str:
    return condition.replace("%(before)s", f"%(before_{number})s")
