"""Recording what an authority decides or is told, taking it back, and counting it for a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Agency
from takedowns.duties.models import KIND_OF, Duty, Outcome
from takedowns.referrals.moments import misdated
from takedowns.referrals.permissions import agencies_with_a_role

MAY_RECORD: Final = frozenset({Role.REVIEWER, Role.COORDINATOR})


class DutyError(ValueError):
    """It cannot be recorded or taken back; the message says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """One act as it is recorded; its kind follows from its outcome."""

    agency_id: UUID
    outcome: Outcome
    at: datetime
    platform_id: str | None = None
    file_number: str = ""
    note: str = ""


def records_for(actor: Actor) -> list[Agency]:
    """Return the agencies for which the actor records. One statement."""
    return list(Agency.objects.filter(pk__in=agencies_with_a_role(actor, MAY_RECORD)))


def record(told: Told, *, by: Actor) -> Duty:
    """Record one act.

    Raises:
        DutyError: no right to, or dated ahead of now.
    """
    if not by.is_system and told.agency_id not in agencies_with_a_role(by, MAY_RECORD):
        raise DutyError(_("Recording is for reviewers and coordinators of the authority."))
    if misdated(told.at, now=timezone.now()):
        raise DutyError(_("This moment lies ahead of now."))
    with acting_as(SYSTEM):
        return Duty.objects.create(
            agency_id=told.agency_id,
            kind=KIND_OF[told.outcome],
            outcome=told.outcome,
            at=told.at,
            platform_id=told.platform_id,
            file_number=told.file_number,
            note=told.note,
            recorded_by_id=by.user_id,
        )


def take_back(duty_id: UUID, reason: str, *, by: Actor) -> None:
    """Take back what was recorded by mistake; it stays in the list, and counts no longer.

    Raises:
        DutyError: there is none, no right to, or no reason.
    """
    if not reason.strip():
        raise DutyError(_("Say why it is taken back."))
    with acting_as(SYSTEM):
        found = Duty.objects.filter(pk=duty_id, taken_back_at=None)
        if not by.is_system:
            found = found.filter(agency__in=agencies_with_a_role(by, MAY_RECORD))
        changed = found.update(
            taken_back_at=timezone.now(), taken_back_by_id=by.user_id, taken_back_reason=reason.strip()
        )
    if not changed:
        raise DutyError(_("There is no such record that you could take back."))


def counts(
    agencies: Sequence[UUID], since: datetime, until: datetime, as_of: datetime | None = None
) -> dict[str, int]:
    """Count what happened in a span by kind, as it was recorded before a moment. One statement."""
    found = Duty.objects.filter(agency__in=agencies, at__gte=since, at__lt=until)
    if as_of is None:
        found = found.filter(taken_back_at=None)
    else:
        found = found.filter(Q(taken_back_at=None) | Q(taken_back_at__gte=as_of), recorded_at__lt=as_of)
    return dict(found.order_by().values_list("kind").annotate(Count("pk")))
