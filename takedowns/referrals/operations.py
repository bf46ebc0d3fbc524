"""Operations: prepared, changed, closed, reopened; each step kept with who did it.

Closing stops handing in and nothing else: what was handed in before is reviewed, dispatched and answered to its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Platform
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.models import Cell, Channel, Operation, OperationChange, OperationPlatform
from takedowns.referrals.permissions import agencies_with_a_role, coordinates
from takedowns.referrals.vocabulary import Instrument, Status

#: Who prepares operations and runs them: a coordinator those of their agency, an administrator all.
MAY_PREPARE: Final = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_PLAIN: Final = ("reference", "name", "scope", "starts", "ends", "default_instrument", "default_ground")


class OperationError(ValueError):
    """Nothing was changed; ``field`` names what is wrong where it is one field, the message says what to do."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = at


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Whom to ask at a platform during an operation, and how it is told."""

    contact: str = ""
    channel: str = str(Channel.AUTOMATIC)


@dataclass(frozen=True, slots=True)
class Facts:
    """What an operation is to be.

    Attributes:
        agencies: ids of those that take part.
        platforms: by slug, those that are asked.
        default_ground: legal ground of a referral that names none.
    """

    reference: str
    name: str
    starts: date
    ends: date | None = None
    scope: str = ""
    default_instrument: str = str(Instrument.REFERRAL)
    default_ground: str = ""
    agencies: frozenset[UUID] = frozenset()
    platforms: Mapping[str, Arrangement] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an operation's referrals stand, as it matters to whoever closes it."""

    in_review: int = 0
    approved: int = 0
    with_platforms: int = 0
    finished: int = 0

    @property
    def not_referred(self) -> int:
        """How many were handed in and have not gone to a platform."""
        return self.in_review + self.approved


def may_prepare(actor: Actor) -> bool:
    """Tell whether the actor may prepare an operation. No statement."""
    return actor.is_system or any(actor.has_role(role) for role in MAY_PREPARE)


def may_run(actor: Actor, operation: Operation) -> bool:
    """Tell whether the actor may change, close and reopen an operation. At most one statement."""
    return actor.is_system or actor.has_role(Role.ADMINISTRATOR) or coordinates(actor, operation)


def prepare(facts: Facts, *, by: Actor, is_draft: bool = False, like: Operation | None = None) -> Operation:
    """Make an operation, open from the start, or as a draft that takes nothing in until it is opened (:func:`reopen`).

    Args:
        like: an earlier one, whose contacts and ways hold for the platforms that both have.

    Raises:
        OperationError: not for the actor, a reference that is taken, or facts that do not fit together.
    """
    if not may_prepare(by):
        raise OperationError(_("Operations are prepared by coordinators and administrators."))
    with acting_as(SYSTEM):
        _check(facts, by)
        if Operation.objects.filter(reference=facts.reference).exists():
            raise OperationError(_("This reference is taken. Choose another one."), "reference")
        operation = Operation.objects.create(
            **{name: getattr(facts, name) for name in _PLAIN},
            is_draft=is_draft,
            closed_at=timezone.now() if is_draft else None,
        )
        operation.refresh_from_db(fields=["id"])
        operation.agencies.set(facts.agencies)  # type: ignore[arg-type] # ids will do
        earlier = facts_of(like).platforms if like else {}
        _write_platforms(
            operation, {}, {slug: earlier.get(slug, one) for slug, one in facts.platforms.items()}
        )
        keep_change(operation, OperationChange.Kind.PREPARED, by, {"like": like.reference} if like else {})
    return operation


def facts_of(operation: Operation) -> Facts:
    """Return what an operation is now. Two statements."""
    arranged = OperationPlatform.objects.filter(operation=operation).order_by("platform_id")
    return Facts(
        **{name: getattr(operation, name) for name in _PLAIN},
        agencies=frozenset(operation.agencies.values_list("pk", flat=True)),
        platforms={one.platform_id: Arrangement(one.contact, one.channel) for one in arranged},
    )


def change(operation_id: UUID, facts: Facts, *, by: Actor) -> Operation:
    """Make an operation what ``facts`` say; nothing is kept where nothing differs.

    Agencies and platforms that have referrals in it stay, and so does a reference once something was handed in: people
    have written it down.

    Raises:
        OperationError: not for the actor, or facts that cannot be.
    """
    with acting_as(SYSTEM):
        operation = _locked(operation_id, by)
        before = facts_of(operation)
        _check(facts, by)
        _check_against_work(operation, before, facts)
        for name in _PLAIN:
            setattr(operation, name, getattr(facts, name))
        details = _difference(before, facts)
        if not details:
            return operation
        if Operation.objects.filter(reference=facts.reference).exclude(pk=operation.pk).exists():
            raise OperationError(_("This reference is taken. Choose another one."), "reference")
        operation.save(update_fields=list(_PLAIN))
        operation.agencies.set(facts.agencies)  # type: ignore[arg-type] # ids will do
        _write_platforms(operation, before.platforms, facts.platforms)
        keep_change(operation, OperationChange.Kind.CHANGED, by, details)
    return operation


def standing(operation: Operation) -> Standing:
    """Count the operation's referrals by what closing means for them. One statement."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE status = %(submitted)s), count(*) FILTER (WHERE status = %(approved)s),
                   count(*) FILTER (WHERE status = ANY (%(there)s)), count(*)
            FROM referrals_referral WHERE operation_id = %(operation)s
            """,
            {
                "operation": operation.pk,
                "submitted": str(Status.SUBMITTED),
                "approved": str(Status.APPROVED),
                "there": [str(status) for status in AT_THE_PLATFORM],
            },
        )
        in_review, approved, there, everything = cursor.fetchone()
    return Standing(in_review, approved, there, everything - in_review - approved - there)


def close(operation_id: UUID, *, by: Actor) -> Operation:
    """Take nothing in any more. Closing what is closed changes nothing.

    What was not referred yet stays as it is; the counts at closing are kept.

    Raises:
        OperationError: not for the actor.
    """
    with acting_as(SYSTEM):
        operation = _locked(operation_id, by)
        if operation.is_open:
            now = standing(operation)
            operation.closed_at = timezone.now()
            operation.save(update_fields=["closed_at"])
            counts = {
                "in_review": now.in_review,
                "approved": now.approved,
                "with_platforms": now.with_platforms,
                "finished": now.finished,
            }
            keep_change(operation, OperationChange.Kind.CLOSED, by, counts)
    return operation


def reopen(operation_id: UUID, *, by: Actor) -> Operation:
    """Take lists in again, or for the first time where it is a draft. Reopening what is open changes nothing.

    Raises:
        OperationError: not for the actor.
    """
    with acting_as(SYSTEM):
        operation = _locked(operation_id, by)
        if not operation.is_open:
            kind = OperationChange.Kind.OPENED if operation.is_draft else OperationChange.Kind.REOPENED
            operation.closed_at, operation.is_draft = None, False
            operation.save(update_fields=["closed_at", "is_draft"])
            keep_change(operation, kind, by, {})
    return operation


def keep_change(operation: Operation, kind: str, by: Actor, details: Mapping[str, Any]) -> None:
    """Keep what was done to an operation, in the transaction in which it is done; the caller asks as the system."""
    OperationChange.objects.create(
        operation=operation, at=timezone.now(), by_id=by.user_id, kind=kind, details=dict(details)
    )


def _locked(operation_id: UUID, by: Actor) -> Operation:
    operation = Operation.objects.select_for_update(of=("self",)).get(pk=operation_id)
    if not may_run(by, operation):
        raise OperationError(_("This is for the coordinators of the operation and for administrators."))
    return operation


def _check(facts: Facts, by: Actor) -> None:
    if facts.ends is not None and facts.ends < facts.starts:
        raise OperationError(_("The last day lies before the first. Change one of them."), "ends")
    if not facts.agencies:
        raise OperationError(_("Choose at least one agency that takes part."), "agencies")
    own = set(agencies_with_a_role(by, {Role.COORDINATOR}))
    if not (by.is_system or by.has_role(Role.ADMINISTRATOR)) and not own & facts.agencies:
        names = ", ".join(Agency.objects.filter(pk__in=own).values_list("name", flat=True))
        raise OperationError(
            _("Your own agency must take part, or you could not run it: %(agencies)s.") % {"agencies": names},
            "agencies",
        )


def _check_against_work(operation: Operation, before: Facts, after: Facts) -> None:
    """Refuse to take out what has referrals; a cell is made with its first one and never goes."""
    cells = Cell.objects.filter(operation=operation)
    worked = Agency.objects.filter(pk__in=before.agencies - after.agencies).filter(
        pk__in=cells.values("agency_id")
    )
    if names := ", ".join(worked.values_list("name", flat=True)):
        raise OperationError(
            _("%(names)s submitted something, so it stays in the operation.") % {"names": names}, "agencies"
        )
    asked = Platform.objects.filter(pk__in=before.platforms.keys() - after.platforms.keys()).filter(
        pk__in=cells.values("platform_id")
    )
    if names := ", ".join(asked.values_list("name", flat=True)):
        raise OperationError(
            _("Something on %(names)s was submitted, so it stays in the operation.") % {"names": names},
            "platforms",
        )
    if before.reference != after.reference and cells.exists():
        raise OperationError(
            _("Something was submitted under this reference, and people have written it down: it stays."),
            "reference",
        )


def _write_platforms(
    operation: Operation, before: Mapping[str, Arrangement], after: Mapping[str, Arrangement]
) -> None:
    """Write what takes part and how, in two statements whatever the number."""
    OperationPlatform.objects.filter(operation=operation).exclude(platform_id__in=after).delete()
    OperationPlatform.objects.bulk_create(
        [
            OperationPlatform(operation=operation, platform_id=slug, contact=one.contact, channel=one.channel)
            for slug, one in after.items()
            if before.get(slug) != one
        ],
        update_conflicts=True,
        unique_fields=["operation", "platform"],
        update_fields=["contact", "channel"],
    )


def _difference(before: Facts, after: Facts) -> dict[str, Any]:
    """Return what differs, by field: before and after; of agencies and platforms, who came and who went."""
    found: dict[str, Any] = {}
    for name in _PLAIN:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            found[name] = [_plain(old), _plain(new)]
    if before.agencies != after.agencies:
        names = dict(Agency.objects.filter(pk__in=before.agencies ^ after.agencies).values_list("pk", "name"))
        found["agencies"] = [
            sorted(names[one] for one in before.agencies - after.agencies),
            sorted(names[one] for one in after.agencies - before.agencies),
        ]
    if gone_or_new := before.platforms.keys() ^ after.platforms.keys():
        found["platforms"] = [
            sorted(gone_or_new & before.platforms.keys()),
            sorted(gone_or_new & after.platforms.keys()),
        ]
    for slug in sorted(before.platforms.keys() & after.platforms.keys()):
        old_way, new_way = before.platforms[slug], after.platforms[slug]
        if old_way != new_way:
            found[slug] = [[old_way.contact, old_way.channel], [new_way.contact, new_way.channel]]
    return found


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
