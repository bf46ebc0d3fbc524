"""How long a provider preserves what it took away on an order: six months, longer where a court or authority asks (Regulation (EU) 2021/784, Art. 6(2)).

The end is computed in one place, ``takedowns_preserved_until.sql``; what retention rules would take of such an order stays until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.orders.models import PRESERVED_UNTIL, Preservation, RemovalOrder
from takedowns.orders.parties import AFTER_APPROVAL
from takedowns.orders.vocabulary import Requester
from takedowns.referrals.locks import lock_referrals
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.permissions import agencies_with_a_role, coordinates
from takedowns.referrals.reference import reference_of

#: What ends within this runs out soon: time to ask whether proceedings still need it.
SOON: Final = timedelta(days=30)
#: Longer than six months ago nothing is preserved that nobody asked for.
_SIX_MONTHS_AT_MOST: Final = timedelta(days=185)
SHOWN: Final = 200


NOT_YOURS: Final = gettext_lazy(
    "This is for reviewers and coordinators of the authority, and coordinators of the operation."
)


class PreservationError(ValueError):
    """Nothing was recorded; the message says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that a provider preserve what it took away until another day.

    Attributes:
        requester: one of :class:`Requester`.
        name: which court or authority.
        reason: the proceedings that need it, or whose end ends it.
        at: when the provider was asked.
    """

    referral_id: UUID
    until: datetime
    requester: str
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class PreservedLine:
    """One order in the list of what is preserved.

    Attributes:
        is_soon: whether it runs out soon.
        is_further: whether somebody asked for longer than six months.
        extends: whether the actor records that it is needed for longer.
    """

    order: RemovalOrder
    reference: str
    until: datetime
    is_soon: bool
    is_further: bool
    extends: bool


def may_extend(actor: Actor, referral: Referral) -> bool:
    """Tell whether somebody records such requests: reviewers and coordinators of its authority, the operation's coordinators. One statement at most."""
    return _extends_for(actor, referral.agency_id) or coordinates(actor, referral.operation)


def _extends_for(actor: Actor, agency_id: UUID) -> bool:
    return actor.is_system or bool(actor.roles.get(agency_id, frozenset()) & AFTER_APPROVAL)


def requests_of(referral_id: UUID) -> list[Preservation]:
    """Return who asked for longer, the last first. One statement. The caller has shown the order already."""
    return list(Preservation.objects.filter(referral=referral_id).select_related("recorded_by"))


def extend(asked: Asked, *, by: Actor) -> Preservation:
    """Record that a provider was asked to preserve until another day: later, or, after a request, earlier.

    Raises:
        PreservationError: no right to, nothing preserved any more, no requester or reason, or a day that changes nothing.
    """
    with acting_as(SYSTEM):
        lock_referrals([asked.referral_id])
        orders = RemovalOrder.objects.select_related("referral__operation").defer("document")
        order = orders.annotate(preserved_until=PRESERVED_UNTIL).filter(pk=asked.referral_id).first()
    if order is None or not may_extend(by, order.referral):
        raise PreservationError(NOT_YOURS)
    with acting_as(SYSTEM):
        before = Preservation.objects.filter(referral=order.pk).first()
        _check(asked, order.preserved_until, before)  # type: ignore[attr-defined]
        return Preservation.objects.create(
            referral_id=order.pk,
            until=asked.until,
            requester=asked.requester,
            name=asked.name.strip(),
            reason=asked.reason.strip(),
            asked_at=moment_told(asked.at),
            recorded_by_id=by.user_id,
        )


def _check(asked: Asked, ends: datetime | None, before: Preservation | None) -> None:
    if ends is None:
        raise PreservationError(_("Nothing is preserved: the provider took nothing away on this order."))
    if asked.requester not in Requester.values or not asked.name.strip():
        raise PreservationError(_("Say which court or authority asked for it."))
    if not asked.reason.strip():
        raise PreservationError(_("Say which proceedings need it, with their file number."))
    if misdated(asked.at) is Misdated.AHEAD:
        raise PreservationError(_("That is in the future."))
    if asked.at > ends:
        raise PreservationError(
            _("It was preserved until %(until)s: the provider was asked after that.")
            % {"until": f"{timezone.localtime(ends):%Y-%m-%d %H:%M}"}
        )
    if asked.until == ends or (asked.until < ends and before is None):
        raise PreservationError(
            _("It is preserved until %(until)s anyway.")
            % {"until": f"{timezone.localtime(ends):%Y-%m-%d %H:%M}"}
        )
    if asked.until < asked.at:
        raise PreservationError(_("It cannot end before the provider was asked."))


def preserved_orders(actor: Actor, now: datetime, *, soon: bool = False) -> list[PreservedLine]:
    """Return the orders of the actor's agencies and operations whose content is preserved, the first to end first. One statement.

    Args:
        soon: only those that run out soon.
    """
    orders = _preserved(actor, now, soon=soon).select_related(
        "referral__operation", "referral__platform", "item", "agency"
    )
    return [
        PreservedLine(
            one,
            reference_of(one.referral.operation.reference, one.pk),
            one.preserved_until,  # type: ignore[attr-defined]
            one.preserved_until <= now + SOON,  # type: ignore[attr-defined]
            one.is_further,  # type: ignore[attr-defined]
            _extends_for(actor, one.agency_id) or one.is_coordinated,  # type: ignore[attr-defined]
        )
        for one in orders
    ]


def ends_of_those_running_out(actor: Actor, now: datetime) -> list[datetime]:
    """Return when what is preserved and runs out soon ends, the first first, where the actor may ask for longer. One statement at most."""
    if not agencies_with_a_role(actor, AFTER_APPROVAL):
        return []
    return [one.preserved_until for one in _preserved(actor, now, soon=True)]  # type: ignore[attr-defined]


def _preserved(actor: Actor, now: datetime, *, soon: bool) -> QuerySet[RemovalOrder]:
    further = Preservation.objects.filter(referral=OuterRef("pk"))
    coordinated = Operation.objects.coordinated_by(actor)
    found = (
        RemovalOrder.objects.visible_to(actor)
        .annotate(preserved_until=PRESERVED_UNTIL)
        .annotate(
            is_further=Exists(further),
            is_coordinated=Exists(coordinated.filter(pk=OuterRef("referral__operation"))),
        )
        .filter(
            Q(referral__decided_at__gt=now - _SIX_MONTHS_AT_MOST) | Q(is_further=True),
            issued_at__isnull=False,
            preserved_until__gt=now,
        )
    )
    if soon:
        found = found.filter(preserved_until__lte=now + SOON)
    if not actor.sees_everything:
        found = found.filter(Q(agency__in=actor.agencies) | Q(is_coordinated=True))
    ordered: QuerySet[RemovalOrder] = found.defer("document", "particulars").order_by(
        "preserved_until", "pk"
    )[:SHOWN]
    return ordered
