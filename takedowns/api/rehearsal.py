"""What others do in the sandbox, on demand: agencies withdraw and answer, somebody looks again, platforms decide.

Each is made by the very services that make it for real, so what a program reads afterwards (the referral, its history, the
change feed, webhooks) is what it will read then. Everything here runs as somebody with a test key, on the sandbox's tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.api.sandbox import make_one, send
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import ACTED_ON, Complained, Decided, decide_complaints, record_complaints
from takedowns.orders.models import RemovalOrder
from takedowns.orders.services import Receipt, record_receipts
from takedowns.referrals.availability import Look
from takedowns.referrals.lifecycle import AT_THE_PLATFORM, DECIDED, NOT_GIVEN
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import Refused, apply_to_all
from takedowns.referrals.vocabulary import Action, Availability, DeclineReason, Instrument, Status
from takedowns.verification.recording import record_checks
from takedowns.webhooks.endpoints import wake
from takedowns.webhooks.feeding import tell_due_soon

#: How soon a referral is due after ``due_soon``.
SOON: Final = timedelta(minutes=10)
_INVENTED: Final = "Invented, in the sandbox."
#: What a platform says in the sandbox, with what that needs.
PLATFORM_SAYS: Final[Mapping[str, dict[str, Any]]] = {
    "acknowledge": {},
    "remove": {"action": Action.REMOVED},
    "restrict": {"action": Action.GEO_BLOCKED},
    "decline": {"decline_reason": DeclineReason.NOT_IN_BREACH},
    "report_unavailable": {},
    "request_information": {"question": "Which part of it?"},
    "reinstate": {"reason": _INVENTED},
}


class NotNow(Exception):  # noqa: N818 - what happened, not an error of the program
    """It cannot happen to this referral, or to none of the caller's; the message says what to do first."""


@dataclass(frozen=True)
class Happening:
    """One thing that others do.

    Attributes:
        act: makes it happen to a referral; returns what was refused.
        at: statuses in which a referral can meet it.
        first: what to do so that one can.
        for_platforms, for_agencies: whose test keys may ask for it.
        orders: it is about removal orders only.
        says: values of ``verdict`` it knows; the first where none is given.
    """

    act: Callable[[Referral, Mapping[str, Any]], list[Refused]]
    at: tuple[Status, ...]
    first: str
    for_platforms: bool = True
    for_agencies: bool = False
    orders: bool = False
    says: tuple[str, ...] = field(default=())


def _withdraw(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    return apply_to_all("withdraw", [one.pk], by=SYSTEM, reason=asked["text"], passes_on=False).refused


def _answer(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    return apply_to_all("provide_information", [one.pk], by=SYSTEM, answer=asked["text"]).refused


def _see_online(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:  # noqa: ARG001 - as all others
    record_checks([Look(one.item_id, Availability.ONLINE, timezone.now())], by=SYSTEM, robot="sandbox")
    return []


def _correct(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    facts = {"right_answer": NOT_GIVEN, "reason": asked["text"]}
    return apply_to_all("correct_answer", [one.pk], by=SYSTEM, **facts).refused


def _decide_complaint(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    """Decide the complaint that waits, or one that comes now."""
    now = timezone.now()
    waiting = Complaint.objects.filter(referral_id=one.pk, verdict="").values_list("pk", flat=True).first()
    if waiting is None:
        told = record_complaints([Complained(one.pk, now, explanation=asked["text"])], by=SYSTEM)
        if told.refused:
            return told.refused
        [waiting] = told.complaints
    return decide_complaints([Decided(waiting, asked["verdict"], now, asked["text"])], by=SYSTEM).refused


def _let_the_hour_pass(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:  # noqa: ARG001 - as all others
    """Let the order have been issued and received so long ago that its hour ends soon, and tell endpoints of it."""
    now = timezone.now()
    if RemovalOrder.objects.get(pk=one.pk).stopped_at is not None:
        still = "Its hour stands still. Let it run again first: POST /referrals/{id}/order/resumption."
        return [Refused(one.pk, "not_allowed", still)]
    if one.due_at is None:
        if refused := record_receipts([Receipt(one.pk, now)], by=SYSTEM).refused:
            return refused
        one.refresh_from_db()
    assert one.due_at is not None  # noqa: S101 - it was received, and stands not still
    passed = one.due_at - (now + SOON)
    RemovalOrder.objects.filter(pk=one.pk).update(
        issued_at=_earlier("issued_at", passed), received_at=_earlier("received_at", passed)
    )
    Referral.objects.filter(pk=one.pk).update(
        due_at=_earlier("due_at", passed),
        referred_at=_earlier("referred_at", passed),
        acknowledged_at=_earlier("acknowledged_at", passed),
    )
    for endpoint_id in tell_due_soon(now):
        wake(endpoint_id)
    return []


def _earlier(column: str, by: timedelta) -> Combinable:
    return F(column) - Value(by)


def _send(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    """Send the one that was named; where none was, all of its agency that wait."""
    waiting = Referral.objects.filter(agency_id=one.agency_id, status__in=[Status.SUBMITTED, Status.APPROVED])
    return send([one] if asked["is_named"] else list(waiting.order_by("pk"))).refused


def _refuse(move: str, fact: str) -> Callable[[Referral, Mapping[str, Any]], list[Refused]]:
    def act(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
        return apply_to_all(move, [one.pk], by=SYSTEM, **{fact: asked["text"]}).refused

    return act


def _platform_says(one: Referral, asked: Mapping[str, Any]) -> list[Refused]:
    verdict = asked["verdict"]
    return apply_to_all(verdict, [one.pk], by=SYSTEM, **PLATFORM_SAYS[verdict]).refused


_DECIDE: Final = "Decide one first: POST /referrals/{id}/decision."
_OF_AGENCIES: Final[Mapping[str, Any]] = {"for_platforms": False, "for_agencies": True}
#: What happens to a referral, by ``type``.
HAPPENINGS: Final[Mapping[str, Happening]] = {
    "withdrawn": Happening(
        _withdraw,
        AT_THE_PLATFORM,
        "It is for what you have not decided: POST /sandbox/reset gives you new ones.",
    ),
    "answered": Happening(
        _answer,
        (Status.INFORMATION_REQUESTED,),
        'Ask first: POST /referrals/{id}/decision with {"verdict": "request_information", "question": "…"}.',
    ),
    "due_soon": Happening(
        _let_the_hour_pass,
        AT_THE_PLATFORM,
        'It is for removal orders that you have not decided: POST /sandbox/events with {"type": "order_issued"}.',
        orders=True,
    ),
    "seen_online": Happening(
        _see_online,
        (Status.REMOVED,),
        "It is for what was removed: decide one with the verdict “remove” first.",
        for_agencies=True,
    ),
    "corrected": Happening(
        _correct,
        DECIDED,
        _DECIDE,
        for_agencies=True,
    ),
    "complaint_decided": Happening(
        _decide_complaint,
        ACTED_ON,
        "It is for what was removed or restricted: decide one so first.",
        for_agencies=True,
        says=("upheld", "dismissed"),
    ),
    "sent": Happening(
        _send,
        (Status.SUBMITTED, Status.APPROVED),
        "It is for what waits for review: submit something first, POST /submissions.",
        **_OF_AGENCIES,
    ),
    "rejected": Happening(
        _refuse("reject", "reason"),
        (Status.SUBMITTED,),
        "It is for what waits for review: submit something first, POST /submissions.",
        **_OF_AGENCIES,
    ),
    "sent_back": Happening(
        _refuse("send_back", "note"),
        (Status.SUBMITTED,),
        "It is for what waits for review: submit something first, POST /submissions.",
        **_OF_AGENCIES,
    ),
    "platform_answered": Happening(
        _platform_says,
        (*AT_THE_PLATFORM, Status.REMOVED, Status.RESTRICTED, Status.DECLINED),
        'It is for what was sent: POST /sandbox/events with {"type": "sent", "referral": "…"}.',
        says=tuple(PLATFORM_SAYS),
        **_OF_AGENCIES,
    ),
}
#: What makes a referral, by ``type``: whether it is an order.
MAKINGS: Final[Mapping[str, bool]] = {"referral_made": False, "order_issued": True}


def happen(kind: str, referral_id: UUID | None, asked: Mapping[str, Any], actor: Actor) -> UUID:
    """Let something happen; return the referral it happened to.

    Args:
        kind: of :data:`HAPPENINGS` or :data:`MAKINGS`.
        referral_id: one that the caller sees; one that fits is taken where None.
        asked: ``verdict`` and ``text``; invented where they are missing.

    Raises:
        NotNow: it cannot happen to that one, or to none; or it is not for keys of this kind.
    """
    for_platform = bool(actor.platforms)
    if kind in MAKINGS:
        if not for_platform:
            raise NotNow("This is for test keys of platforms. Submit what you refer: POST /submissions.")
        return make_one(next(iter(actor.platforms)), ordered=MAKINGS[kind])
    one = HAPPENINGS[kind]
    if not (one.for_platforms if for_platform else one.for_agencies):
        raise NotNow(
            f"“{kind}” is for test keys of {'agencies' if for_platform else 'platforms'}."
            f" For yours there are: {', '.join(kinds(for_platform=for_platform))}."
        )
    referral = _fitting(one, referral_id, actor)
    given = {"verdict": next(iter(one.says), ""), "text": _INVENTED} | dict(asked)
    given["is_named"] = referral_id is not None
    if one.says and given["verdict"] not in one.says:
        raise NotNow(f"“{kind}” knows the verdicts {', '.join(one.says)}.")
    with acting_as(SYSTEM):
        refused = one.act(referral, given)
    if refused:
        raise NotNow(refused[0].message)
    return referral.pk


def kinds(*, for_platform: bool) -> list[str]:
    """Return the types that a test key of a kind may ask for."""
    return [
        *(MAKINGS if for_platform else ()),
        *(
            name
            for name, one in HAPPENINGS.items()
            if (one.for_platforms if for_platform else one.for_agencies)
        ),
    ]


def _fitting(one: Happening, referral_id: UUID | None, actor: Actor) -> Referral:
    """Return the referral that was named if it can happen to it, else the first to which it can."""
    found = Referral.objects.visible_to(actor).order_by("pk")
    if actor.agencies:
        found = found.filter(agency__in=actor.agencies)
    if referral_id is not None:
        found = found.filter(pk=referral_id)
    fits = found.filter(status__in=one.at)
    if one.orders:
        fits = fits.filter(instrument=Instrument.REMOVAL_ORDER)
    if (fitting := fits.first()) is not None:
        return fitting
    named = found.first() if referral_id is not None else None
    if referral_id is not None and named is None:
        raise NotNow("This referral is not yours: an agency lets things happen to its own.")
    stands = f"It is “{named.status}”, and no order. " if named and one.orders else ""
    stands = stands or (f"It is “{named.status}”. " if named else "None of your referrals fits. ")
    raise NotNow(stands + one.first)
