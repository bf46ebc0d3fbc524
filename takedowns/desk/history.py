"""What happened to a referral, as its platform may see it: what the API tells, in words, and which colleague did it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from takedowns.access.guests import named
from takedowns.desk.reader import AtTheDesk
from takedowns.referrals.event_words import EVENT_WORDS, facts_told
from takedowns.referrals.models import Event
from takedowns.representation.changes import history

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Step:
    """One event.

    Attributes:
        label: what happened; "" where the new status says it all.
        status: the one that it entered; "" where it changed none.
        seen: what a look saw; "" where it was no look.
        who: the colleague who did it, or "": agencies' people are not named.
        facts: what was said with it, (name, value).
    """

    at: datetime
    label: str | _StrPromise
    status: str
    seen: str
    who: str
    facts: list[tuple[str | _StrPromise, str]]


def steps(referral: dict[str, Any], reader: AtTheDesk) -> list[Step]:
    """Return what happened to a referral, the latest first. Three statements."""
    told = history([referral["id"]], reader).get(referral["id"], [])
    colleagues = _colleagues([one["id"] for one in told], reader.platform_id)
    return [_step(one, colleagues.get(one["id"], "")) for one in reversed(told)]


def question_of(told: list[Step], status: str) -> Step | None:
    """Return what was asked last, while an answer to it is waited for."""
    if status != "information_requested":
        return None
    return next((one for one in told if one.status == status), None)


def _step(one: dict[str, Any], who: str) -> Step:
    details = one["details"]
    changed = one["from_status"] != one["to_status"]
    return Step(
        at=one["at"],
        label=EVENT_WORDS.get(one["change"], ""),
        status=(one["to_status"] or "") if changed else "",
        seen=details.get("seen", "") if one["change"] == "check" else "",
        who=who,
        facts=facts_told(details),
    )


def _colleagues(event_ids: list[UUID], platform_id: str) -> dict[UUID, str]:
    """Return who of the platform's own people, or which link, did what, by event; people are named whether they still answer for it or not."""
    found = Event.objects.filter(pk__in=event_ids, details__platform=platform_id).select_related("actor")
    doers = {one.pk: one.actor or (named(link) if (link := one.details.get("link")) else "") for one in found}
    return {event: str(doer) for event, doer in doers.items() if doer}
