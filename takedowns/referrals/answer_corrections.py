"""Putting a wrong answer right: what a referral's answers come to, and what they come to once the last one is corrected.

A correction replaces the last answer of the platform, or takes it back where none was given. It is an event of its own
that names the event it corrects, so that every reader of the log can tell which answers stand:

    details: ``corrects`` (id of the event), ``right_answer``, ``reason``, the facts of the right answer, and the
    moments ``decided_at`` and ``acknowledged_at``, each as [before, after].
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, DECIDED, NOT_GIVEN, RIGHT_ANSWERS, TRANSITIONS
from takedowns.referrals.vocabulary import OPEN, Status

#: Facts of a decision that are columns of the referral.
FACTS: Final = ("action", "decision_ground", "decline_reason")
#: Moves after which the platform has the referral.
_RECEIVES: Final = frozenset(
    name for name, one in TRANSITIONS.items() if one.stamps in {"acknowledged_at", "decided_at"}
)
_DECIDES: Final = frozenset(name for name, one in ANSWERS.items() if one.enters in DECIDED)
#: What is said between agency and platform once the referral was made.
_SAID: Final = (*ANSWERS, "provide_information", CORRECTION.name)

_READ: Final = """
    SELECT event.referral_id, event.id, event.kind, event.at, before.status, event.details
    FROM referrals_event AS event
    LEFT JOIN referrals_cell AS before ON before.id = event.from_cell_id
    WHERE event.referral_id = ANY(%s) AND event.kind = ANY(%s)
    ORDER BY event.referral_id, event.id
"""
_AGAIN: Final = """
    SELECT earlier.id FROM referrals_referral AS earlier
    WHERE earlier.id = ANY(%s) AND EXISTS (
        SELECT 1 FROM referrals_referral AS later
        WHERE later.item_id = earlier.item_id AND later.round > earlier.round
    )
"""


class Said(NamedTuple):
    """One answer as it stands: the event that says it, what it says, when, what it left, and its facts."""

    event_id: UUID | None
    kind: str
    at: datetime
    left: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the answers to one referral come to, once corrections are taken into account.

    Attributes:
        said: in their order; what was corrected is not among them.
        referred_again: whether the item has a later round.
    """

    said: tuple[Said, ...] = ()
    referred_again: bool = False

    @property
    def decision(self) -> Said | None:
        """The last decision that stands."""
        return next((one for one in reversed(self.said) if one.kind in _DECIDES), None)

    @property
    def acknowledged_at(self) -> datetime | None:
        """When the platform first said something that it can only say of what it has."""
        return next((one.at for one in self.said if one.kind in _RECEIVES), None)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction makes of a referral.

    Attributes:
        status: the one it enters.
        facts: action, ground and reason that stand afterwards; "" where there is none.
        details: of the event.
    """

    status: Status
    facts: Mapping[str, str]
    decided_at: datetime | None
    acknowledged_at: datetime | None
    details: dict[str, Any] = field(default_factory=dict)


def read(referral_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Read what the answers to referrals come to. Two statements; the referrals are locked already."""
    said: dict[UUID, list[Said]] = {referral_id: [] for referral_id in referral_ids}
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(referral_ids), list(_SAID)])
        for referral_id, event_id, kind, at, left, details in cursor.fetchall():
            _say(said[referral_id], Said(event_id, kind, at, left or "", json.loads(details)))
        cursor.execute(_AGAIN, [list(referral_ids)])
        again = {referral_id for (referral_id,) in cursor.fetchall()}
    return {one: Standing(tuple(answers), one in again) for one, answers in said.items()}


def _say(said: list[Said], one: Said) -> None:
    """Add an event to the answers that stand; a correction replaces the one it corrects or takes it away."""
    if one.kind != CORRECTION.name:
        said.append(one)
        return
    corrected = said.pop()
    right, moment = one.facts["right_answer"], one.facts["decided_at"][1]
    if right != NOT_GIVEN:
        said.append(Said(one.event_id, right, datetime.fromisoformat(moment), corrected.left, one.facts))


class Wrong(NamedTuple):
    """Why an answer cannot be corrected as asked: a code of ``apply.Refused``, and a sentence."""

    code: str
    message: str


def correct(
    facts: Mapping[str, Any], at: datetime | None, status: str, standing: Standing
) -> Corrected | Wrong:
    """Work out what a correction makes of a referral.

    Args:
        facts: ``right_answer``, and what that answer needs.
        at: when the platform gave the right answer; when the wrong one was dated, where None.
        status: in which the referral is; a decided one, or reinstated.
        standing: what its answers come to now.
    """
    if not standing.said or standing.said[-1].kind not in ANSWERS:
        return Wrong("unchanged", gettext("There is no answer of the platform that could be corrected."))
    if facts["right_answer"] not in RIGHT_ANSWERS:
        return Wrong(
            "unknown_value",
            gettext("“%(value)s” is no %(name)s. Known: %(known)s.")
            % {"value": facts["right_answer"], "name": "right_answer", "known": ", ".join(RIGHT_ANSWERS)},
        )
    *before, wrong = standing.said
    after = Standing(tuple(before))
    entered = Status(wrong.left)
    if facts["right_answer"] != NOT_GIVEN:
        right = TRANSITIONS[facts["right_answer"]]
        assert right.enters is not None  # noqa: S101 - a decision's row of the table
        entered = right.enters
        after = Standing((*before, Said(None, right.name, at or wrong.at, wrong.left, facts)))
    if entered in OPEN and standing.referred_again:
        return Wrong(
            "referred_again",
            gettext(
                "The item was referred again since, so this answer cannot be taken back. Correct it to another one."
            ),
        )
    kept = {name: _fact(after, entered, name) for name in FACTS}
    same = (entered, after.decision and after.decision.at, kept) == (
        status,
        standing.decision and standing.decision.at,
        {name: _fact(standing, Status(status), name) for name in FACTS},
    )
    if same:
        return Wrong("unchanged", gettext("This is what is recorded already."))
    return _with_details(facts, entered, kept, standing, after)


def _with_details(
    facts: Mapping[str, Any], entered: Status, kept: Mapping[str, str], standing: Standing, after: Standing
) -> Corrected:
    was, now = standing.decision, after.decision
    decided_at = now.at if now else None
    details = {
        **facts,
        "corrects": str(standing.said[-1].event_id),
        "decided_at": [_iso(was.at if was else None), _iso(decided_at)],
        "acknowledged_at": [_iso(standing.acknowledged_at), _iso(after.acknowledged_at)],
    }
    return Corrected(entered, kept, decided_at, after.acknowledged_at, details)


def _fact(standing: Standing, status: Status, name: str) -> str:
    """Return a fact of the decision that stands; a decline has no action, and what is open or gone has none at all."""
    decision = standing.decision
    if decision is None or status in OPEN:
        return ""
    return str(decision.facts.get(name) or "")


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def write(corrected: Mapping[UUID, Corrected], cells: Mapping[UUID, int]) -> None:
    """Write what corrections make of referrals; their events are written with all others. One statement."""
    ids = list(corrected)
    rows = [corrected[one] for one in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_referral AS referral SET
                status = told.status, cell_id = told.cell_id, action = told.action,
                decision_ground = told.decision_ground, decline_reason = told.decline_reason,
                decided_at = told.decided_at, acknowledged_at = told.acknowledged_at
            FROM unnest(
                %s::uuid[], %s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[]
            ) AS told (id, status, cell_id, action, decision_ground, decline_reason, decided_at, acknowledged_at)
            WHERE referral.id = told.id
            """,
            [
                ids,
                [str(one.status) for one in rows],
                [cells[one] for one in ids],
                *([one.facts[name] for one in rows] for name in FACTS),
                [one.decided_at for one in rows],
                [one.acknowledged_at for one in rows],
            ],
        )
