"""All that a referral's page tells: what happened, what was seen, who else found it, in which spellings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.directory.asking import Asker
from takedowns.directory.models import Role
from takedowns.identity import PLATFORMS, Identity, identify
from takedowns.identity.notes import NOTES
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.referrals.lifecycle import CORRECTION, TRANSITIONS
from takedowns.referrals.models import Event, Hold, Item, Operation, Referral
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, EventKind, Status
from takedowns.verification.models import Check
from takedowns.web.kinds import kind_words
from takedowns.web.reading.told import told

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: How an event's details are called on the page, and the vocabulary their values are taken from.
_DETAILS: dict[str, tuple[str | _StrPromise, dict[Any, Any]]] = {
    "action": (_("Action"), dict(Action.choices)),
    "decision_ground": (_("Ground of the decision"), dict(DecisionGround.choices)),
    "decline_reason": (_("Reason"), dict(DeclineReason.choices)),
    "reason": (_("Reason"), {}),
    "question": (_("Question"), {}),
    "answer": (_("Answer"), {}),
    "ground": (_("Legal ground"), {}),
    "note": (_("Note"), {}),
    "passed_on": (_("Why"), {True: _("The agency before withdrew; this one asks for it still.")}),
}
_CORRECTED = {
    "tier": _("Tier"), "kind": _("Kind"), "outlet": _("Outlet"), "listed_group": _("Listed group"), "instrument": _("Instrument"), "successor_of": _("Successor of"),
}  # fmt: skip
#: Every other event is a transition, and the status it enters says what happened.
_EVENT_WORDS = dict(EventKind.choices) | {
    "provide_information": _("Information given"),
    CORRECTION.name: _("Answer corrected"),
}
SPELLINGS_SHOWN = 50
CHECKS_SHOWN = 20


@dataclass(frozen=True)
class Step:
    """One event of the timeline, ready to be read.

    Attributes:
        label: what happened; "" where the new status says it all.
        from_status, to_status: "" where the status did not change.
        seen: what a look saw; "" where it was no look.
        who: the person where the asker works with them, otherwise the agency, platform or robot, or "".
        facts: (name, value) pairs.
    """

    event: Event
    label: str | _StrPromise
    from_status: str
    to_status: str
    seen: str
    who: str
    facts: list[tuple[str | _StrPromise, str]]


@dataclass(frozen=True)
class Spelling:
    """One way in which the item's address was written, by whom the asker may know, and what was read past."""

    url: str
    times: int
    read_as: list[str]


@dataclass(frozen=True)
class Dossier:
    """Everything of one referral's page.

    Attributes:
        co_referrers: the events of further agencies that handed the item in.
        rounds: the item's referrals, this one among them.
        own_holds: holds the asker may read; ``on_hold`` also says so where all are others'.
        decisions: how addresses of this platform are told apart, from its rules.
    """

    referral: Referral
    steps: list[Step]
    checks: list[Check]
    co_referrers: list[Event]
    rounds: list[Referral]
    on_hold: bool
    own_holds: list[Hold]
    spellings: list[Spelling]
    decisions: tuple[str, ...] = field(default=())


def dossier(referral: Referral, asker: Asker) -> Dossier:
    """Read everything about a referral that the asker may see. A fixed number of statements."""
    item = referral.item
    steps = _steps(referral, asker)
    platform = PLATFORMS.get(item.platform_id)
    return Dossier(
        referral=referral,
        steps=steps,
        checks=list(
            Check.objects.filter(item=item)
            .select_related("agency", "evidence")
            .order_by("-at")[:CHECKS_SHOWN]
        ),
        co_referrers=[step.event for step in steps if step.event.kind == EventKind.CO_REFER],
        rounds=_rounds(referral, asker),
        # That a hold exists is told to all, whose it is and why to its own agency alone (DESIGN, principle 8).
        on_hold=referral.on_hold,  # type: ignore[attr-defined]
        own_holds=[
            hold for hold in standing_holds(item) if asker.sees_everything or hold.agency_id in asker.agencies
        ],
        spellings=_spellings(item, asker),
        decisions=platform.decisions if platform else (),
    )


def standing_holds(item: Item) -> QuerySet[Hold]:
    """Return the holds that stand on an item or its outlet: the asker's own, or all for the system."""
    return Hold.objects.active().covering(item).select_related("agency")


def read_as(found: Identity) -> list[str]:
    """Return a sentence for each thing that was read past in an address: how it was written, through what it leads."""
    sentences = [NOTES.get(note, note) for note in found.notes]
    return sentences + [f"Leads through {wrapper}, which was taken off." for wrapper in found.wrappers]


def _rounds(referral: Referral, asker: Asker) -> list[Referral]:
    """Return the item's referrals in their order, as far as the asker may see them; only itself where it is the only one."""
    if referral.round == 1 and not referral.came_back:  # type: ignore[attr-defined]
        return [referral]
    rounds = Referral.objects.visible_to(asker).filter(item=referral.item_id)
    return list(rounds.select_related("operation", "agency").order_by("round"))


def _steps(referral: Referral, asker: Asker) -> list[Step]:
    events = (
        Event.objects.filter(referral=referral)
        .select_related("actor", "agency", "from_cell", "to_cell")
        .order_by("at", "id")
    )
    return [_step(event, referral, asker) for event in events]


def _step(event: Event, referral: Referral, asker: Asker) -> Step:
    before = event.from_cell.status if event.from_cell else ""
    after = event.to_cell.status if event.to_cell else ""
    facts: list[tuple[str | _StrPromise, str]] = []
    for name, value in event.details.items():
        if name in _DETAILS and value:
            label, words = _DETAILS[name]
            facts.append((label, str(words.get(value, value))))
    return Step(
        event=event,
        label=_EVENT_WORDS.get(event.kind, ""),
        from_status=before if before != after else "",
        to_status=after if before != after else "",
        seen=event.details.get("seen", "") if event.kind == EventKind.CHECK else "",
        who=_who(event, referral, asker),
        facts=facts + _corrected(event),
    )


def _corrected(event: Event) -> list[tuple[str | _StrPromise, str]]:
    """Return what a correction changed, from what to what."""
    if event.kind != EventKind.CORRECT:
        return []
    return [
        (str(_CORRECTED.get(name, name)), f"{_said(name, before)} → {_said(name, after)}")
        for name, (before, after) in event.details.items()
    ]


def _said(name: str, value: object) -> str:
    if not value:
        return gettext("none")
    return kind_words(str(value)) if name == "kind" else str(value)


def _who(event: Event, referral: Referral, asker: Asker) -> str:
    """Name colleagues and agencies; a person of another agency stays behind their agency's name, a platform's behind it."""
    agency = str(event.agency) if event.agency else ""
    if not agency and (transition := TRANSITIONS.get(event.kind)) and Role.PLATFORM in transition.roles:
        return str(referral.platform)
    if event.actor and (asker.sees_everything or event.agency_id in asker.agencies):
        return f"{event.actor}, {agency}" if agency else str(event.actor)
    return agency or str(event.details.get("robot", ""))


def _spellings(item: Item, asker: Asker) -> list[Spelling]:
    rows = (
        SubmissionRow.objects.filter(item_id=item.pk, submission__in=Submission.objects.visible_to(asker))
        .exclude(url="")
        .values("url")
        .annotate(times=Count("line"), first=Min("submission__received_at"))
        .order_by("first")[:SPELLINGS_SHOWN]
    )
    spellings = []
    for row in rows:
        found = identify(row["url"])
        spellings.append(
            Spelling(row["url"], row["times"], read_as(found) if isinstance(found, Identity) else [])
        )
    return spellings


@dataclass(frozen=True, slots=True)
class Question:
    """What a platform asks before it decides, and when it asked."""

    text: str
    at: datetime


def question_of(referral: Referral) -> Question | None:
    """Return what the platform asked last and waits to hear; None where it waits for nothing. One statement at most."""
    if referral.status != Status.INFORMATION_REQUESTED:
        return None
    asked = Event.objects.filter(referral=referral, kind="request_information").order_by("-at", "-id").first()
    return Question(str(asked.details.get("question", "")), asked.at) if asked else None


def visible_referral(asker: Asker, reference: str, referral_id: UUID) -> Referral | None:
    """Return the referral with all its page names, if the asker may see it. One statement.

    It carries ``came_back`` (a further round exists), ``on_hold`` (a hold stands on it, whosever) and ``in_own_operation`` (the asker may see the operation too; an
    agency that handed the same item in elsewhere sees the referral, not the operation).
    """
    return (
        Referral.objects.visible_to(asker)
        .select_related("operation", "item__outlet", "platform__provider", "agency")
        .annotate(
            came_back=Exists(Referral.objects.filter(item=OuterRef("item"), round__gt=OuterRef("round"))),
            on_hold=Q(item__in=RawSQL("SELECT takedowns_items_on_hold()", [])),
            in_own_operation=Exists(Operation.objects.visible_to(asker).filter(pk=OuterRef("operation"))),
            **told("operation_id"),
        )
        .filter(operation__reference=reference.upper(), pk=referral_id)
        .first()
    )
