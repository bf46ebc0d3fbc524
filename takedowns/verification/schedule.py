"""When an operation looks again at what a platform says is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import Actor
from takedowns.pages.versions import Changed
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import coordinates
from takedowns.verification.models import Schedule

#: Hours after a decision at which its item is looked at again, unless the operation says otherwise.
STANDARD_HOURS: Final = (1, 24, 7 * 24)
MOST_LOOKS: Final = 6
LONGEST_HOURS: Final = 366 * 24


class ScheduleError(ValueError):
    """A schedule cannot be kept; the message says why and what to do."""


def hours_of(operation: Operation) -> tuple[int, ...]:
    """Return after how many hours the operation looks again, ascending; none: it does not. One statement."""
    found = Schedule.objects.filter(pk=operation.pk).values_list("hours", flat=True).first()
    return STANDARD_HOURS if found is None else tuple(found)


def delays_of(operation: Operation) -> list[timedelta]:
    """Return the same as durations. One statement."""
    return [timedelta(hours=hours) for hours in hours_of(operation)]


def last_change_of(operation: Operation) -> Changed | None:
    """Return when the schedule was last set, and by whom. One statement."""
    found = Schedule.objects.filter(pk=operation.pk).select_related("changed_by").first()
    return Changed(found.changed_at, found.changed_by) if found else None


def change(operation: Operation, hours: Sequence[int], *, by: Actor) -> tuple[int, ...]:
    """Set after how many hours an operation looks again; returned as kept: ascending, each once.

    It holds from now on for all that was decided, also before: nothing is stored ahead that would have to be moved.

    Raises:
        ScheduleError: not the operation's coordinator, too many looks, or one that is no time after the decision.
    """
    if not by.is_system and not coordinates(by, operation):
        raise ScheduleError(_("The schedule is set by a coordinator of the operation."))
    kept = sorted(set(hours))
    if len(kept) > MOST_LOOKS:
        raise ScheduleError(
            _("%(given)d looks are too many; name at most %(most)d.")
            % {"given": len(kept), "most": MOST_LOOKS}
        )
    if kept and (kept[0] < 1 or kept[-1] > LONGEST_HOURS):
        raise ScheduleError(_("Each look is an hour to a year (366 days) after the decision."))
    Schedule.objects.update_or_create(
        operation=operation,
        defaults={"hours": kept, "changed_at": timezone.now(), "changed_by_id": by.user_id},
    )
    return tuple(kept)
