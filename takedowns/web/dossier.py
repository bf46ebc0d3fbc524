"""All that a referral's page tells: what happened, what was seen, who else found it, in which spellings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Count, Min
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.access.guests import named
from takedowns.access.roles import Role
from takedowns.comments.queries import ShownComment, comments_of
from takedowns.fingerprints.queries import Hashes, hashes_of
from takedowns.holds.models import Hold
from takedowns.holds.queries import standing_holds
from takedowns.identity import PLATFORMS, Identity, identify
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.pages.kinds import kind_words
from takedowns.referrals.event_words import EVENT_WORDS, facts_told
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.models import Event, Item, Referral
from takedowns.referrals.vocabulary import EventKind
from takedowns.search.known import read_as
from takedowns.verification.models import Check

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


_CORRECTED = {
    "tier": _("Priority"),
    "kind": _("Kind"),
    "outlet": _("Outlet"),
    "listed_group": _("Listed group"),
    "instrument": _("Instrument"),
    "successor_of": _("Successor of"),
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
        who: the person where the actor works with them, otherwise the agency, platform or robot, or "".
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
    """One way in which the item's address was written, by whom the actor may know, and what was read past."""

    url: str
    times: int
    read_as: list[str]


@dataclass(frozen=True)
class Dossier:
    """Everything of one referral's page.

    Attributes:
        co_referrers: the events of further agencies that handed the item in.
        rounds: the item's referrals, this one among them.
        own_holds: holds the actor may read; ``on_hold`` also says so where all are others'.
        comments: what colleagues said about it.
        decisions: how addresses of this platform are told apart, from its rules.
        hashes: of pictures and files, given with the address or computed of evidence.
    """

    referral: Referral
    steps: list[Step]
    checks: list[Check]
    co_referrers: list[Event]
    rounds: list[Referral]
    on_hold: bool
    own_holds: list[Hold]
    spellings: list[Spelling]
    comments: list[ShownComment]
    decisions: tuple[str, ...] = field(default=())
    hashes: list[Hashes] = field(default_factory=list)


def dossier(referral: Referral, actor: Actor, *, whole: bool = False) -> Dossier:
    """Read everything about a referral that the actor may see. A fixed number of statements.

    Args:
        whole: every check, spelling and comment, as a court needs them; a page has the last of them.
    """
    item = referral.item
    steps = _steps(referral, actor)
    platform = PLATFORMS.get(item.platform_id)
    return Dossier(
        referral=referral,
        steps=steps,
        checks=list(
            Check.objects.filter(item=item)
            .select_related("agency", "evidence")
            .order_by("-at")[: None if whole else CHECKS_SHOWN]
        ),
        co_referrers=[step.event for step in steps if step.event.kind == EventKind.CO_REFER],
        rounds=_rounds(referral, actor),
        # That a hold exists is told to all, whose it is and why to its own agency alone (DESIGN, principle 8).
        on_hold=referral.on_hold,  # type: ignore[attr-defined]
        own_holds=[
            hold for hold in standing_holds(item) if actor.sees_everything or hold.agency_id in actor.agencies
        ],
        spellings=_spellings(item, actor, None if whole else SPELLINGS_SHOWN),
        comments=comments_of(referral, actor, None) if whole else comments_of(referral, actor),
        decisions=platform.decisions if platform else (),
        hashes=hashes_of(referral.pk, actor),
    )


def _rounds(referral: Referral, actor: Actor) -> list[Referral]:
    """Return the item's referrals in their order, as far as the actor may see them; only itself where it is the only one."""
    if referral.round == 1 and not referral.came_back:  # type: ignore[attr-defined]
        return [referral]
    rounds = Referral.objects.visible_to(actor).filter(item=referral.item_id)
    return list(rounds.select_related("operation", "agency").order_by("round"))


def _steps(referral: Referral, actor: Actor) -> list[Step]:
    events = (
        Event.objects.filter(referral=referral)
        .select_related("actor", "agency", "from_cell", "to_cell")
        .order_by("at", "id")
    )
    return [_step(event, referral, actor) for event in events]


def _step(event: Event, referral: Referral, actor: Actor) -> Step:
    before = event.from_cell.status if event.from_cell else ""
    after = event.to_cell.status if event.to_cell else ""
    return Step(
        event=event,
        label=EVENT_WORDS.get(event.kind, ""),
        from_status=before if before != after else "",
        to_status=after if before != after else "",
        seen=event.details.get("seen", "") if event.kind == EventKind.CHECK else "",
        who=_who(event, referral, actor),
        facts=facts_told(event.details) + _corrected(event),
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


def _who(event: Event, referral: Referral, actor: Actor) -> str:
    """Name colleagues and agencies; a person of another agency stays behind their agency's name, a platform's behind it."""
    agency = str(event.agency) if event.agency else ""
    if not agency and (transition := TRANSITIONS.get(event.kind)) and Role.PLATFORM in transition.roles:
        platform = str(referral.platform)
        if link := event.details.get("link"):
            return f"{named(link)}, {platform}"
        return f"{event.actor}, {platform}" if event.actor and actor.sees_everything else platform
    if event.actor and (actor.sees_everything or event.agency_id in actor.agencies):
        return f"{event.actor}, {agency}" if agency else str(event.actor)
    return agency or str(event.details.get("robot", ""))


def _spellings(item: Item, actor: Actor, most: int | None) -> list[Spelling]:
    rows = (
        SubmissionRow.objects.filter(item_id=item.pk, submission__in=Submission.objects.visible_to(actor))
        .exclude(url="")
        .values("url")
        .annotate(times=Count("place"), first=Min("submission__received_at"))
        .order_by("first")[:most]
    )
    spellings = []
    for row in rows:
        found = identify(row["url"])
        spellings.append(
            Spelling(row["url"], row["times"], read_as(found) if isinstance(found, Identity) else [])
        )
    return spellings
