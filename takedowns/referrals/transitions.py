"""Moving referrals along the lifecycle: a set at a time, in a fixed number of SQL statements.

Nothing else writes ``Referral.status``. One referral is a set of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.postgres.text import record_set
from takedowns.referrals import answer_corrections
from takedowns.referrals.cells import ensure_cells
from takedowns.referrals.judging import Allowed, Move, Refused, judge
from takedowns.referrals.lifecycle import CORRECTION, TRANSITIONS
from takedowns.referrals.succession import pass_on
from takedowns.referrals.vocabulary import Status


class Moved(NamedTuple):
    """One move of a referral, as ``apply`` made it."""

    referral_id: UUID
    transition: str
    instrument: str
    at: datetime
    facts: Mapping[str, Any]


#: What follows from moves in another app: called with the moves of a set, and who made them.
Follower = Callable[[Sequence[Moved], Actor], None]
_FOLLOWERS: Final[list[Follower]] = []


__all__ = ["Applied", "Move", "Refused", "Rejected", "apply", "apply_to_all", "rehearse"]

#: What makes an open referral of a closed one: another may have been opened on the item meanwhile.
_REOPENING: Final = frozenset({CORRECTION.name, *(name for name, one in TRANSITIONS.items() if one.reopens)})
#: Facts that are columns of a referral; every other fact goes into the event's details.
COLUMNS: Final = ("action", "decision_ground", "decline_reason", "ground")


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a set of moves.

    Attributes:
        passed_on: how many of the withdrawn opened the next round, as another agency's that asks for them too.
        entered: the status of each that was moved.
    """

    moved: list[UUID]
    refused: list[Refused]
    passed_on: int = field(default=0, kw_only=True)
    entered: Mapping[UUID, str] = field(default_factory=dict, kw_only=True)


class Rejected(Exception):  # noqa: N818 - what happened, not an error of the program
    """Raised with ``atomic=True`` when any move was refused; nothing was changed."""

    def __init__(self, refused: list[Refused]) -> None:
        super().__init__(f"{len(refused)} refused, first: {refused[0].message}")
        self.refused = refused


def apply_to_all(
    transition: str,
    referral_ids: Iterable[UUID],
    *,
    by: Actor,
    at: datetime | None = None,
    atomic: bool = False,
    passes_on: bool = True,
    **facts: Any,
) -> Applied:
    """Make the same move, with the same facts, with every referral of a set. See :func:`apply`."""
    return apply(
        [Move(referral_id, transition, facts) for referral_id in referral_ids],
        by=by,
        at=at,
        atomic=atomic,
        passes_on=passes_on,
    )


def apply(
    moves: Sequence[Move],
    *,
    by: Actor,
    at: datetime | None = None,
    atomic: bool = False,
    passes_on: bool = True,
) -> Applied:
    """Move referrals, each as far as the lifecycle, the actor's roles and holds allow.

    Args:
        moves: at most one for each referral; they may differ in transition and facts.
        by: who does it.
        at: when it happened; now unless told (a platform may tell later when it acted).
        atomic: change nothing unless every move is allowed.
        passes_on: whether what is withdrawn goes on as another agency's that asks for it too; no where nobody should ask.

    Returns:
        Ids moved and, with a code and a sentence, those refused.

    Raises:
        Rejected: ``atomic`` was asked for and a move was refused.
    """
    if not moves:
        return Applied([], [])
    at = at or timezone.now()
    with acting_as(SYSTEM):  # another agency's hold must stop us although we may not see whose it is
        if not any(move.transition in _REOPENING for move in moves):
            return _apply(moves, by, at, atomic=atomic, passes_on=passes_on)
        try:
            with transaction.atomic():
                return _apply(moves, by, at, atomic=atomic, passes_on=passes_on)
        except IntegrityError:
            # An item was referred again while an answer to it, or a decision on it, was taken back: now that is seen, and refused.
            return _apply(moves, by, at, atomic=atomic, passes_on=passes_on)


def reopen(approved: Iterable[UUID], *, by: Actor, at: datetime, because: str) -> list[UUID]:
    """Send approved referrals back to review, since somebody changed what was approved; return their ids.

    Args:
        by: who changed it, and may not be the second person.
        because: what was changed, a word for the event.
    """
    # Whoever may change it may change it: an item's other referrals may be of agencies where the person has no role.
    changer = replace(by, is_system=True)
    return apply_to_all("reopen", approved, by=changer, at=at, because=because).moved


def rehearse(moves: Sequence[Move], *, by: Actor) -> Applied:
    """Say what :func:`apply` would do now: the same judgement, nothing locked and nothing written."""
    if not moves:
        return Applied([], [])
    with acting_as(SYSTEM):
        allowed, refused = judge(moves, by, lock=False)
    return _outcome(allowed, refused)


def _apply(moves: Sequence[Move], by: Actor, at: datetime, *, atomic: bool, passes_on: bool) -> Applied:
    allowed, refused = judge(moves, by, lock=True)
    if refused and atomic:
        raise Rejected(refused)
    if allowed:
        _write(allowed, by, at)
        _tell_followers(allowed, by, at)
    withdrawn = [one.move.referral_id for one in allowed if one.enters == Status.WITHDRAWN]
    return _outcome(allowed, refused, pass_on(withdrawn, at) if passes_on else 0)


def _outcome(allowed: Sequence[Allowed], refused: list[Refused], passed_on: int = 0) -> Applied:
    entered = {one.move.referral_id: str(one.enters) for one in allowed}
    return Applied(list(entered), refused, passed_on=passed_on, entered=entered)


def register_follower(follower: Follower) -> None:
    """Have ``follower`` called after each set of moves, in their transaction and as the system. Apps do it when they are ready."""
    if follower not in _FOLLOWERS:
        _FOLLOWERS.append(follower)


def _tell_followers(allowed: list[Allowed], by: Actor, at: datetime) -> None:
    moved = [
        Moved(move.referral_id, move.transition, found.dimensions.instrument, move.at or at, move.facts)
        for move, _, found, *_ in allowed
    ]
    for follower in _FOLLOWERS:
        follower(moved, by)


def _write(allowed: list[Allowed], by: Actor, at: datetime) -> None:
    entered = [one.found.dimensions._replace(status=one.enters) for one in allowed]
    cells = ensure_cells(entered)
    numbers = {one.move.referral_id: cells[cell] for one, cell in zip(allowed, entered, strict=True)}
    if moved := [one for one in allowed if one.corrected is None]:
        _write_moves(moved, numbers, by, at)
    if corrected := {one.move.referral_id: one.corrected for one in allowed if one.corrected}:
        answer_corrections.write(corrected, numbers)
    _write_events(allowed, numbers, by, at)


def _write_moves(moved: list[Allowed], cells: Mapping[UUID, int], by: Actor, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_referral AS referral SET
                status = move.status,
                cell_id = move.cell_id,
                approved_at = CASE WHEN move.stamp = 'approved_at' THEN move.at
                                   WHEN move.kind IN ('reopen', 'undo_review') THEN NULL ELSE approved_at END,
                changed_by_id = CASE WHEN move.kind = 'reopen' THEN %(by)s ELSE changed_by_id END,
                -- Whatever happens next, it is no longer what was sent back.
                returned_at = CASE WHEN move.stamp = 'returned_at' THEN move.at END,
                referred_at = CASE WHEN move.stamp = 'referred_at' THEN move.at ELSE referred_at END,
                -- A platform that decides has the referral, whether it said so before or not.
                acknowledged_at = CASE WHEN takedowns_shows_receipt(move.kind)
                                       THEN coalesce(acknowledged_at, move.at) ELSE acknowledged_at END,
                decided_at = CASE WHEN move.stamp = 'decided_at' THEN move.at ELSE decided_at END,
                action = coalesce(move.action, referral.action),
                decision_ground = coalesce(move.decision_ground, referral.decision_ground),
                decline_reason = coalesce(move.decline_reason, referral.decline_reason),
                ground = coalesce(move.ground, referral.ground)
            FROM json_to_recordset(%(moves)s) AS move (
                id uuid, kind text, status text, cell_id bigint, stamp text, action text, decision_ground text, decline_reason text,
                ground text, at timestamptz
            )
            WHERE referral.id = move.id
            """,
            {
                "by": by.user_id,
                "moves": record_set(
                    [
                        {
                            "id": one.move.referral_id,
                            "kind": one.move.transition,
                            "status": one.enters,
                            "cell_id": cells[one.move.referral_id],
                            "stamp": one.transition.stamps or "",
                            "at": one.move.at or at,
                            **{name: one.move.facts[name] for name in COLUMNS if name in one.move.facts},
                        }
                        for one in moved
                    ]
                ),
            },
        )


def _details(one: Allowed, by: Actor) -> dict[str, Any]:
    """Return what an event keeps besides; of what one of a platform's own people did, also for which platform."""
    details = one.corrected.details if one.corrected else one.move.facts
    return {**details, **by.spoken_for}


def _write_events(allowed: list[Allowed], cells: Mapping[UUID, int], by: Actor, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, actor_id, agency_id, details)
            SELECT move.item_id, move.referral_id, move.at, move.kind, move.from_cell, move.to_cell, %s, %s, move.details
            FROM json_to_recordset(%s) AS move (
                at timestamptz, item_id uuid, referral_id uuid, kind text, from_cell bigint, to_cell bigint, details jsonb
            )
            """,
            [
                by.user_id,
                next(iter(by.agencies)) if len(by.agencies) == 1 else None,
                record_set(
                    [
                        {
                            # A correction happens now, whenever the answer was given that it puts right.
                            "at": at if one.corrected else one.move.at or at,
                            "item_id": one.found.item_id,
                            "referral_id": one.move.referral_id,
                            "kind": one.move.transition,
                            "from_cell": one.found.cell_id,
                            "to_cell": cells[one.move.referral_id],
                            "details": _details(one, by),
                        }
                        for one in allowed
                    ]
                ),
            ],
        )
