"""Placing, changing and releasing holds: an agency's wish that an item, or all of an outlet, is not referred now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Platform
from takedowns.holds.models import HeldItem, Hold, HoldQuerySet
from takedowns.identity import Refusal, identify
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.locks import COVERED, lock_covered
from takedowns.referrals.models import Item, Operation, Outlet, Referral
from takedowns.referrals.permissions import MAY_HOLD
from takedowns.referrals.vocabulary import Status


class HoldError(ValueError):
    """A hold cannot be placed, changed or released; the message says why and what to do.

    Attributes:
        about: what is wrong, where it is one thing: ``reason``, ``ends_at``, ``outlet``, ``url``.
    """

    def __init__(self, message: str, about: str = "") -> None:
        super().__init__(message)
        self.about = about


def place(
    *,
    agency_id: UUID,
    by: Actor,
    reason: str,
    ends_at: datetime,
    item_id: UUID | None = None,
    outlet_id: UUID | None = None,
    at: datetime | None = None,
) -> Hold:
    """Place a hold on an item and what lies under it, or on all items of an outlet.

    It takes the same row locks as a dispatch, so that of two who act at the same moment one sees the other.

    Raises:
        HoldError: no right to, no reason, no end in the future or one too far (``HOLD_MOST_DAYS``), not exactly one of item and
            outlet, or an outlet of operations in which the agency takes no part.
    """
    at = at or timezone.now()
    if not by.is_system and not any(by.has_role(role, agency_id) for role in MAY_HOLD):
        raise HoldError(
            gettext("Only an officer, reviewer or coordinator of the agency can place a hold for it.")
        )
    if (item_id is None) == (outlet_id is None):
        raise HoldError(gettext("Name either an item or an outlet."))
    _judge(reason, ends_at, at)
    if outlet_id is not None and not by.is_system and not _knows(agency_id, outlet_id):
        raise _no_such_outlet()
    with acting_as(SYSTEM):
        lock_covered(item_id, outlet_id)
        hold = Hold.objects.create(
            item_id=item_id,
            outlet_id=outlet_id,
            agency_id=agency_id,
            reason=reason.strip(),
            placed_by_id=by.user_id,
            placed_at=at,
            ends_at=ends_at,
        )
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO holds_helditem (hold_id, item_id) SELECT %s, covered.id FROM ({COVERED}) AS covered",
                [hold.pk, item_id, outlet_id, item_id],
            )
        return hold


def lock_hold(hold: Hold) -> None:
    """Lock a hold until the transaction ends, after all referrals that it covers, as a dispatch does; read it after this. Two statements."""
    with acting_as(SYSTEM):
        lock_covered(hold.item_id, hold.outlet_id)
        list(Hold.objects.select_for_update(of=("self",)).filter(pk=hold.pk).values_list("pk"))


def change(
    hold_id: UUID,
    *,
    by: Actor,
    reason: str | None = None,
    ends_at: datetime | None = None,
    at: datetime | None = None,
) -> Hold:
    """Let a hold of one's own agency end earlier or later, or give it another reason; None leaves that as it is.

    Raises:
        HoldError: there is no such hold of an agency the actor holds for, it stands no more, or as :func:`place` says of reason and end.
    """
    at = at or timezone.now()
    with acting_as(SYSTEM):
        found = _own(hold_id, by).first()
        if found is None:
            raise HoldError(gettext("Your agency has no such hold."))
        lock_hold(found)
        hold = Hold.objects.active().filter(pk=hold_id).first()
        if hold is None:
            raise HoldError(gettext("This hold has ended. Place a new one."))
        hold.reason = hold.reason if reason is None else reason.strip()
        hold.ends_at = ends_at or hold.ends_at
        _judge(hold.reason, hold.ends_at, at)
        hold.save(update_fields=["reason", "ends_at"])
        return hold


def _judge(reason: str, ends_at: datetime, at: datetime) -> None:
    if not reason.strip():
        raise HoldError(gettext("Give a reason; only your own agency will see it."), "reason")
    if ends_at <= at:
        raise HoldError(gettext("The hold must end after now."), "ends_at")
    if ends_at > at + timedelta(days=settings.HOLD_MOST_DAYS):
        raise HoldError(
            ngettext(
                "A hold ends after %(days)d day at the latest. Before it does, place it again.",
                "A hold ends after %(days)d days at the latest. Before it does, place it again.",
                settings.HOLD_MOST_DAYS,
            )
            % {"days": settings.HOLD_MOST_DAYS},
            "ends_at",
        )


def _own(hold_id: UUID, by: Actor) -> HoldQuerySet:
    """Return a hold of an agency the actor holds for, or nothing; asked as the system."""
    holds = Hold.objects.filter(pk=hold_id)
    if by.is_system:
        return holds
    return holds.filter(
        agency_id__in=[
            agency for agency in by.agencies if any(by.has_role(role, agency) for role in MAY_HOLD)
        ]
    )


def _knows(agency_id: UUID, outlet_id: UUID) -> bool:
    """Tell whether an agency sees a referral of an outlet: a hold on one that it does not reaches into others' operations."""
    its_officer = Actor(roles={agency_id: frozenset({str(Role.OFFICER)})})
    with acting_as(SYSTEM):
        return Referral.objects.visible_to(its_officer).filter(item__outlet=outlet_id).exists()


def release(hold_id: UUID, *, by: Actor, at: datetime | None = None) -> None:
    """End a hold of one's own agency before its time. Releasing it twice changes nothing.

    Raises:
        HoldError: there is no such hold of an agency the actor works for.
    """
    with acting_as(SYSTEM):
        holds = _own(hold_id, by)
        if not holds.exists():
            raise HoldError(gettext("Your agency has no such hold."))
        holds.filter(released_at=None).update(released_at=at or timezone.now(), released_by_id=by.user_id)


def is_on_hold(item_id: UUID) -> bool:
    """Tell whether a hold stands on an item or its outlet, whoever's; for whoever sees a referral of it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s IN (SELECT takedowns_items_on_hold(ARRAY[%s]))", [item_id, item_id])
        return bool(cursor.fetchone()[0])


def items_on_hold(item_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these items on which, or on whose outlet, a hold stands; as :func:`is_on_hold`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_items_on_hold(%s)", [list(item_ids)])
        return {found for (found,) in cursor.fetchall()}


def place_on_address(
    text: str, hosts: Mapping[str, str], *, agency_id: UUID, by: Actor, reason: str, ends_at: datetime
) -> Hold:
    """Place a hold on the item an address names, also one that nobody has handed in yet: it then waits for it.

    Args:
        hosts: self-hosted platforms by host, as ``identify`` takes them.

    Raises:
        HoldError: the address names no item or no platform known here, or as :func:`place` says.
    """
    found = identify(text, dict(hosts))
    if isinstance(found, Refusal):
        raise HoldError(found.message, "url")
    if not Platform.objects.filter(pk=found.platform).exists():
        raise HoldError(
            gettext(
                "%(host)s is no platform here, so nothing can be referred to it. "
                "Ask a coordinator to make it one, then place the hold."
            )
            % {"host": found.host},
            "url",
        )
    with acting_as(SYSTEM):  # a hold that is refused leaves no item behind
        Item.objects.bulk_create(
            [
                Item(
                    id=found.id,
                    platform_id=found.platform,
                    kind=found.kind,
                    key=found.key,
                    url=found.url,
                    first_seen_at=timezone.now(),
                )
            ],
            ignore_conflicts=True,
        )
        return place(agency_id=agency_id, by=by, reason=reason, ends_at=ends_at, item_id=found.id)


def place_on_outlet(name: str, *, agency_id: UUID, by: Actor, reason: str, ends_at: datetime) -> Hold:
    """Place a hold on all items of the outlet of this name.

    Raises:
        HoldError: as :func:`place` says, also where there is no such outlet.
    """
    outlet = Outlet.objects.filter(name=name.strip()).first()
    if outlet is None:
        raise _no_such_outlet()
    return place(agency_id=agency_id, by=by, reason=reason, ends_at=ends_at, outlet_id=outlet.pk)


def _no_such_outlet() -> HoldError:
    """Return the refusal of an outlet that is none, or none that the agency knows: they read alike."""
    return HoldError(
        gettext("There is no such outlet in an operation that your agency takes part in."), "outlet"
    )


def already_with_platforms(hold: Hold, *, by: Actor) -> int:
    """Return how many open referrals of what a hold covers are with a platform already: it does not call them back.

    Of those that whoever asks sees: a hold can be placed on any address, and would tell else what has become of others' work.
    """
    with acting_as(SYSTEM):
        held = HeldItem.objects.filter(hold=hold).values("item")
        return Referral.objects.visible_to(by).filter(item__in=held, status__in=AT_THE_PLATFORM).count()


def approved_on_hold(operation_id: UUID) -> RawSQL:
    """Return the items of an operation's approved referrals that are on hold, as far as the asking person sees them."""
    return RawSQL(
        "SELECT takedowns_items_on_hold(ARRAY("
        "SELECT item_id FROM referrals_referral WHERE operation_id = %s AND status = %s))",
        [operation_id, Status.APPROVED],
    )


def conflicts(operation: Operation, actor: Actor, limit: int) -> list[Referral]:
    """Return the operation's approved referrals that a hold keeps back, the most urgent and oldest first. One statement."""
    return list(
        Referral.objects.visible_to(actor)
        .filter(operation=operation, status=Status.APPROVED, item_id__in=approved_on_hold(operation.pk))
        .select_related("item__outlet", "platform", "agency")
        .order_by("tier", "id")[:limit]
    )
