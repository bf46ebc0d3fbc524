"""The clock of the demo: whole minutes since local midnight of the first day.

Whole minutes are cheap to compare and to round; they become aware UTC datetimes where the scenario hands them out.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache

FIRST_DAY = date(2019, 11, 21)
SECOND_DAY = date(2019, 11, 22)

HOUR = 60
DAY = 24 * HOUR

# Amsterdam is one hour ahead of UTC from 27 October 2019 to 29 March 2020; the whole demo lies in between,
# so no time-zone database is needed and none can differ.
_MIDNIGHT = datetime(2019, 11, 20, 23, 0, tzinfo=UTC)
_MIDNIGHT_ON_THE_WALL = datetime(2019, 11, 21, 0, 0)  # noqa: DTZ001 - what a clock in Amsterdam shows


@cache
def moment(minutes: int) -> datetime:
    """The aware UTC time of a minute of the demo."""
    return _MIDNIGHT + timedelta(minutes=minutes)


@cache
def wall_clock(minutes: int) -> datetime:
    """What a clock on the wall in Amsterdam shows, without a zone: the way officers write times into lists."""
    return _MIDNIGHT_ON_THE_WALL + timedelta(minutes=minutes)


def at_local(day: int, hour: int, minute: int = 0) -> int:
    """The minute of the demo for a local time; day 0 is 21 November 2019."""
    return day * DAY + hour * HOUR + minute


def round_up(minutes: float, step: int) -> int:
    """The next full step at or after a minute; people and robots answer in batches, not one by one."""
    whole = int(minutes)
    if whole < minutes:
        whole += 1
    return -(-whole // step) * step
