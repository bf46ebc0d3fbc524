"""Past moments: what the ledger said then is what had been written to it by then.

Not what had happened by then, as told: a platform may tell on Monday what it removed on Friday, and a figure once
published for Saturday must not change. An event's id is a UUID of version 7 (RFC 9562): its first 48 bits are the
millisecond in which it was written, after the referral's row was locked, so of two events of one referral the one that
was written first has the earlier time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from takedowns.pages.templatetags.plain import as_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Since when the oldest transaction is open beside this one. Of other roles' sessions one sees nothing; those that write use ours.
_OPEN_SINCE = """
    SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class NotSettledError(Exception):
    """Raised where what was recorded before a moment may still change: it is to come, or something is being written."""


def first_id_of(moment: datetime) -> UUID:
    """Return the smallest event id of the millisecond of ``moment``: all smaller ones were written before it.

    Raises:
        ValueError: the moment has no time zone, or lies before 1970.
    """
    if moment.tzinfo is None:
        raise ValueError(_("A moment needs a time zone: 2019-11-22T18:00:00Z."))
    milliseconds = (moment - _EPOCH) // timedelta(milliseconds=1)
    if milliseconds < 0:
        raise ValueError(_("There are no events before 1970."))
    return UUID(int=milliseconds << 80)


def require_settled(moment: datetime, *, to_the_last: bool = True) -> None:
    """Make sure that figures as of ``moment`` are final: asked for again, they are the same. One statement.

    Args:
        moment: which has a time zone.
        to_the_last: whether what is still being written matters: it does not where what happened by then is asked for, since that may grow anyway.

    Raises:
        NotSettledError: the moment is to come, or a transaction that began before it is still open.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT %(moment)s > clock_timestamp(), ({_OPEN_SINCE} AND xact_start <= %(moment)s)",
            {"moment": moment},
        )
        to_come, open_since = cursor.fetchone()
    told = as_of(moment)
    if to_come:
        raise NotSettledError(
            _("%(moment)s is still to come; ask for a moment that has passed.") % {"moment": told}
        )
    if open_since is not None and to_the_last:
        raise NotSettledError(
            _(
                "A change that began at %(began)s is still being written, so the figures of %(moment)s may change. Ask again when it is"
                " done, or for an earlier moment."
            )
            % {"began": as_of(open_since), "moment": told}
        )


def last_settled() -> datetime:
    """Return the latest moment that :func:`require_settled` accepts: now, or just before the oldest transaction still open.

    One statement.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT least(clock_timestamp(), ({_OPEN_SINCE}) - interval '1 microsecond')")
        found: datetime = cursor.fetchone()[0]
    return found
