"""What a referral is shown with where ``expand`` asks for it: for a whole page at once, one statement for each thing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import of_agencies
from takedowns.api.authentication import Caller
from takedowns.api.base import ApiView, Besides
from takedowns.api.serializers.referrals import OF_EACH
from takedowns.api.shown import check_shown, complaint_shown, evidence_shown, order_shown
from takedowns.complaints.models import Complaint
from takedowns.directory.models import Scope
from takedowns.evidence.models import Evidence
from takedowns.evidence.queries import WITH_PEOPLE
from takedowns.orders.models import PRESERVED_UNTIL, RemovalOrder
from takedowns.representation.changes import history
from takedowns.representation.referrals import Shown as ReferralRow
from takedowns.representation.wire import dumps
from takedowns.verification.models import Check

#: Of each referral, by its id.
_Found = Mapping[UUID, Any]


@dataclass(frozen=True)
class _Expansion:
    """One thing that ``expand`` names.

    Attributes:
        read: reads it for a page of referrals; of a referral that has none there is nothing.
        none: what stands there then.
        opens: what the access log is told; nothing for what a referral is shown with anyway.
        of_agencies: no platform reads it.
        scope: that the key needs besides the referral's.
    """

    read: Callable[[Sequence[ReferralRow], Caller], _Found]
    none: Any = ()
    opens: What | None = None
    of_agencies: bool = False
    scope: Scope | None = None


def expanded(view: ApiView, names: Iterable[str], rows: Sequence[ReferralRow]) -> dict[UUID, dict[str, Any]]:
    """Return what each referral is shown with, and have the view say so to the access log. One statement for each name, at most.

    Args:
        names: of :data:`EXPANSIONS`.
        rows: the referrals, at most ``MOST_EXPANDED``; what each shows lies with the caller's right to see it.

    Raises:
        Problem: ``forbidden`` or ``missing-scope``, where one of them is not for the caller.
    """
    chosen = {name: EXPANSIONS[name] for name in EXPANSIONS if name in set(names)}
    for one in chosen.values():
        if one.of_agencies:
            of_agencies(view.caller)
        view.check_scope(one.scope)
    told: dict[UUID, dict[str, Any]] = {row["id"]: {} for row in rows}
    for name, one in chosen.items():
        found = one.read(rows, view.caller) if rows else {}
        for referral_id, members in told.items():
            members[name] = found.get(referral_id, one.none)
        if one.opens is not None and (ids := _ids_of(found)):
            of = rows[0]["id"] if len(rows) == 1 else None
            view.besides.append(Besides(Opens(one.opens), Shown(ids), of))
    return told


def digest_of(told: Mapping[UUID, Mapping[str, Any]]) -> str:
    """Return what an ETag says of what referrals are shown with."""
    return hashlib.sha256(dumps(told)).hexdigest()[:16]


def _ids_of(found: _Found) -> tuple[str, ...]:
    things = [one for told in found.values() for one in (told if isinstance(told, list) else [told])]
    return tuple(str(one.get("id", one["referral_id"])) for one in things)


def _by_referral(things: Iterable[dict[str, Any]]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for one in things:
        found.setdefault(one["referral_id"], []).append(one)
    return found


def _ids(rows: Sequence[ReferralRow]) -> list[UUID]:
    return [row["id"] for row in rows]


def _orders(rows: Sequence[ReferralRow], caller: Caller) -> _Found:
    orders = RemovalOrder.objects.visible_to(caller.actor).filter(pk__in=_ids(rows), issued_at__isnull=False)
    whole = orders.annotate(preserved_until=PRESERVED_UNTIL).select_related("referral__operation")
    return {one.pk: order_shown(one) for one in whole.defer("document", "particulars")}


def _complaints(rows: Sequence[ReferralRow], caller: Caller) -> _Found:
    found = Complaint.objects.visible_to(caller.actor).filter(referral_id__in=_ids(rows))
    return _by_referral(complaint_shown(one) for one in found)


def _evidence(rows: Sequence[ReferralRow], caller: Caller) -> _Found:
    visible = Evidence.objects.visible_to(caller.actor).filter(referral_id__in=_ids(rows))
    latest = visible.annotate(
        place=Window(RowNumber(), partition_by="referral_id", order_by=[F("at").desc(), F("pk").desc()])
    )
    found = latest.filter(place__lte=OF_EACH).select_related(*WITH_PEOPLE).order_by("at", "pk")
    return _by_referral(evidence_shown(one) for one in found)


def _checks(rows: Sequence[ReferralRow], caller: Caller) -> _Found:
    # Looks are of items; referrals of several rounds have the same.
    items = {row["item"]["id"] for row in rows}
    latest = Check.objects.filter(item_id__in=items).annotate(
        place=Window(RowNumber(), partition_by="item_id", order_by=[F("at").desc(), F("pk").desc()])
    )
    seen: dict[UUID, list[Check]] = {}
    for one in latest.filter(place__lte=OF_EACH).select_related("agency", "by", "evidence").order_by("place"):
        seen.setdefault(one.item_id, []).append(one)
    return {
        row["id"]: [check_shown(one, row["id"], caller.agency_id) for one in seen.get(row["item"]["id"], ())]
        for row in rows
    }


#: By what they are called in ``expand`` and in the answer.
EXPANSIONS: Final[Mapping[str, _Expansion]] = {
    "history": _Expansion(lambda rows, caller: history(_ids(rows), caller)),
    "order": _Expansion(_orders, none=None, opens=What.ORDERS),
    "complaints": _Expansion(_complaints, opens=What.COMPLAINTS),
    "checks": _Expansion(_checks, of_agencies=True),
    "evidence": _Expansion(_evidence, opens=What.EVIDENCE, of_agencies=True, scope=Scope.EVIDENCE_READ),
}
