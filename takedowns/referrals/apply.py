"""Moving referrals along the lifecycle: a set at a time, in a fixed number of SQL statements.

Nothing else writes ``Referral.status``. One referral is a set of one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext
from psycopg.types.json import Jsonb

from takedowns.directory.asking import SYSTEM, Asker, asking_as
from takedowns.directory.models import Role
from takedowns.referrals.cells import Dimensions, ensure_cells
from takedowns.referrals.lifecycle import TRANSITIONS, Transition, allowed_from
from takedowns.referrals.locks import lock_referrals
from takedowns.referrals.models.holds import on_hold
from takedowns.referrals.orders_keeping import CLOCKED, Told, follow
from takedowns.referrals.passing_on import pass_on
from takedowns.referrals.permissions import agencies_with_a_role
from takedowns.referrals.visibility import parameters, sees, takes_part
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, Instrument, Status

#: Facts that are columns of a referral; every other fact goes into the event's details.
COLUMNS: Final = ("action", "decision_ground", "decline_reason", "ground")
_VOCABULARIES: Final[Mapping[str, frozenset[str]]] = {
    "action": frozenset(Action.values),
    "decision_ground": frozenset(DecisionGround.values),
    "decline_reason": frozenset(DeclineReason.values),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One referral's next step.

    Attributes:
        referral_id: which.
        transition: name in the lifecycle's table.
        facts: what the transition requires, and whatever else is known: ``action``, ``decline_reason``, ``reason`` ...
        at: when this one happened, where it differs from the set.
    """

    referral_id: UUID
    transition: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why one referral was not moved.

    Attributes:
        code: ``not_found``, ``repeated``, ``unknown_transition``, ``not_allowed``, ``not_your_role``, ``four_eyes``, ``on_hold``,
            ``missing_fact``, ``unknown_value``.
        message: a sentence that says what to do.
        status: the status it is in; empty when not found.
        allowed: names of transitions that may leave that status.
    """

    referral_id: UUID
    code: str
    message: str
    status: str = ""
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a set of moves.

    Attributes:
        passed_on: how many of the withdrawn opened the next round, as another agency's that asks for them too.
    """

    moved: list[UUID]
    refused: list[Refused]
    passed_on: int = field(default=0, kw_only=True)


class Rejected(Exception):  # noqa: N818 - what happened, not an error of the program
    """Raised with ``atomic=True`` when any move was refused; nothing was changed."""

    def __init__(self, refused: list[Refused]) -> None:
        super().__init__(f"{len(refused)} refused, first: {refused[0].message}")
        self.refused = refused


@dataclass(slots=True)
class _Locked:
    """What must be known of a referral to judge its move; read under a row lock."""

    item_id: UUID
    status: str
    cell_id: int
    dimensions: Dimensions
    submitted_by: UUID | None
    ground: str
    on_hold: bool
    seen: bool
    coordinates: bool


def apply_to_all(
    transition: str,
    referral_ids: Iterable[UUID],
    *,
    by: Asker,
    at: datetime | None = None,
    atomic: bool = False,
    passes_on: bool = True,
    **facts: Any,
) -> Applied:
    """Make the same move, with the same facts, with every referral of a set. See :func:`apply`."""
    return apply(
        [Move(referral_id, transition, facts) for referral_id in referral_ids], by=by, at=at, atomic=atomic,
        passes_on=passes_on,
    )  # fmt: skip


def apply(
    moves: Sequence[Move],
    *,
    by: Asker,
    at: datetime | None = None,
    atomic: bool = False,
    passes_on: bool = True,
) -> Applied:
    """Move referrals, each as far as the lifecycle, the asker's roles and holds allow.

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
    with asking_as(SYSTEM):  # another agency's hold must stop us although we may not see whose it is
        locked = _lock([move.referral_id for move in moves], by)
        allowed: list[tuple[Move, Transition, _Locked]] = []
        refused: list[Refused] = []
        taken: set[UUID] = set()
        for move in moves:
            verdict = _judge(move, locked.get(move.referral_id), by, taken)
            if isinstance(verdict, Refused):
                refused.append(verdict)
            else:
                taken.add(move.referral_id)
                allowed.append((move, verdict, locked[move.referral_id]))
        if refused and atomic:
            raise Rejected(refused)
        if allowed:
            _write(allowed, by, at)
            _follow_orders(allowed, by, at)
        withdrawn = [move.referral_id for move, made, _ in allowed if made.enters == Status.WITHDRAWN]
        passed_on = pass_on(withdrawn, at) if passes_on else 0
    return Applied([move.referral_id for move, _, _ in allowed], refused, passed_on=passed_on)


def _follow_orders(allowed: list[tuple[Move, Transition, _Locked]], by: Asker, at: datetime) -> None:
    """Let the hours of removal orders follow; where there are none, no statement."""
    told = [
        Told(move.referral_id, move.transition, move.at or at, move.facts)
        for move, _, found in allowed
        if found.dimensions.instrument == Instrument.REMOVAL_ORDER and move.transition in CLOCKED
    ]
    if told:
        follow(told, by)


def _lock(referral_ids: list[UUID], by: Asker) -> dict[UUID, _Locked]:
    """Read and lock the referrals, by item so that two sets that overlap never wait for each other in a circle.

    A hold is read after the locks are held: :func:`takedowns.referrals.holds.place` locks the same rows.
    """
    lock_referrals(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id, referral.item_id, referral.status, referral.cell_id, referral.submitted_by_id, referral.ground,
                   {on_hold("item.id", "item.outlet_id")},
                   {sees()}, {takes_part(agencies="coordinating")},
                   {", ".join(f"cell.{name}" for name in Dimensions._fields)}
            FROM referrals_referral AS referral
            JOIN referrals_item AS item ON item.id = referral.item_id
            JOIN referrals_cell AS cell ON cell.id = referral.cell_id
            WHERE referral.id = ANY(%(ids)s)
            """,
            {
                **parameters(by),
                "coordinating": agencies_with_a_role(by, {Role.COORDINATOR}),
                "ids": referral_ids,
            },
        )
        return {
            row[0]: _Locked(row[1], row[2], row[3], Dimensions(*row[9:]), *row[4:9])
            for row in cursor.fetchall()
        }


def _judge(move: Move, found: _Locked | None, by: Asker, taken: set[UUID]) -> Transition | Refused:
    if found is None or not found.seen:
        return Refused(move.referral_id, "not_found", gettext("There is no such referral."))
    next_moves = tuple(transition.name for transition in allowed_from(found.status))

    def refuse(code: str, message: str) -> Refused:
        return Refused(move.referral_id, code, message, found.status, next_moves)

    if move.referral_id in taken:
        return refuse(
            "repeated", gettext("This referral stands twice in the same set; only the first move was made.")
        )
    transition = TRANSITIONS.get(move.transition)
    if transition is None or not transition.leaves:
        return refuse(
            "unknown_transition",
            gettext("There is no move “%(move)s”. Allowed now: %(allowed)s.")
            % {"move": move.transition, "allowed": _allowed(next_moves)},
        )
    if found.status not in transition.leaves:
        return refuse(
            "not_allowed",
            gettext("It is %(status)s, which “%(move)s” does not leave. Allowed now: %(allowed)s.")
            % {
                "status": Status(found.status).label.lower(),
                "move": transition.name,
                "allowed": _allowed(next_moves),
            },
        )
    if not _has_role(transition, found, by):
        return refuse(
            "not_your_role",
            gettext("“%(move)s” is for: %(roles)s.")
            % {"move": transition.label, "roles": ", ".join(sorted(transition.roles))},
        )
    if transition.four_eyes and by.user_id is not None and by.user_id == found.submitted_by:
        return refuse("four_eyes", gettext("You handed this in yourself; somebody else must decide on it."))
    if transition.refused_on_hold and found.on_hold:
        return refuse(
            "on_hold", gettext("There is a hold on it. It can be referred when the hold ends or is released.")
        )
    return _judge_facts(move, transition, found, refuse)


def _judge_facts(
    move: Move, transition: Transition, found: _Locked, refuse: Callable[[str, str], Refused]
) -> Transition | Refused:
    known = {"ground": found.ground, **move.facts}
    for fact in transition.requires:
        if not known.get(fact):
            return refuse(
                "missing_fact",
                gettext("“%(move)s” needs “%(fact)s”.") % {"move": transition.name, "fact": fact},
            )
    if transition.actions and move.facts["action"] not in transition.actions:
        fitting = ", ".join(sorted(transition.actions))
        return refuse(
            "unknown_value",
            gettext("“%(action)s” is no action of “%(move)s”. Known: %(known)s.")
            % {"action": move.facts["action"], "move": transition.name, "known": fitting},
        )
    for name, values in _VOCABULARIES.items():
        if (value := move.facts.get(name)) and value not in values:
            return refuse(
                "unknown_value",
                gettext("“%(value)s” is no %(name)s. Known: %(known)s.")
                % {"value": value, "name": name, "known": ", ".join(sorted(values))},
            )
    return transition


def _allowed(moves: tuple[str, ...]) -> str:
    return ", ".join(moves) or gettext("none")


def _has_role(transition: Transition, found: _Locked, by: Asker) -> bool:
    """Tell whether a role of the asker allows the move: at the referral's agency, or as the operation's coordinator."""
    if by.is_system:
        return True
    own = by.roles.get(found.dimensions.agency_id, frozenset())
    return (
        bool(own & transition.roles)
        or (Role.COORDINATOR in transition.roles and found.coordinates)
        or (Role.PLATFORM in transition.roles and found.dimensions.platform_id in by.platforms)
    )


def _write(allowed: list[tuple[Move, Transition, _Locked]], by: Asker, at: datetime) -> None:
    entered = [found.dimensions._replace(status=transition.enters) for _, transition, found in allowed]
    cells = ensure_cells(entered)
    times = [move.at or at for move, _, _ in allowed]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE referrals_referral AS referral SET
                status = move.status,
                cell_id = move.cell_id,
                approved_at = CASE WHEN move.stamp = 'approved_at' THEN move.at ELSE approved_at END,
                referred_at = CASE WHEN move.stamp = 'referred_at' THEN move.at ELSE referred_at END,
                -- A platform that decides has the referral, whether it said so before or not.
                acknowledged_at = CASE WHEN takedowns_shows_receipt(move.kind)
                                       THEN coalesce(acknowledged_at, move.at) ELSE acknowledged_at END,
                decided_at = CASE WHEN move.stamp = 'decided_at' THEN move.at ELSE decided_at END,
                action = coalesce(move.action, referral.action),
                decision_ground = coalesce(move.decision_ground, referral.decision_ground),
                decline_reason = coalesce(move.decline_reason, referral.decline_reason),
                ground = coalesce(move.ground, referral.ground)
            FROM unnest(
                %(ids)s::uuid[], %(kinds)s::text[], %(statuses)s::text[], %(cells)s::bigint[], %(stamps)s::text[],
                %(action)s::text[], %(decision_ground)s::text[], %(decline_reason)s::text[], %(ground)s::text[],
                %(at)s::timestamptz[]
            ) AS move (id, kind, status, cell_id, stamp, action, decision_ground, decline_reason, ground, at)
            WHERE referral.id = move.id
            """,
            {
                "at": times,
                "ids": [move.referral_id for move, _, _ in allowed],
                "kinds": [move.transition for move, _, _ in allowed],
                "statuses": [str(transition.enters) for _, transition, _ in allowed],
                "cells": [cells[cell] for cell in entered],
                "stamps": [transition.stamps or "" for _, transition, _ in allowed],
                **{name: [move.facts.get(name) for move, _, _ in allowed] for name in COLUMNS},
            },
        )
        cursor.execute(
            """
            INSERT INTO referrals_event (item_id, referral_id, at, kind, from_cell_id, to_cell_id, actor_id, agency_id, details)
            SELECT move.item_id, move.referral_id, move.at, move.kind, move.from_cell, move.to_cell, %s, %s, move.details
            FROM unnest(
                %s::timestamptz[], %s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::bigint[], %s::jsonb[]
            ) AS move (at, item_id, referral_id, kind, from_cell, to_cell, details)
            """,
            [
                by.user_id,
                next(iter(by.agencies)) if len(by.agencies) == 1 else None,
                times,
                [found.item_id for _, _, found in allowed],
                [move.referral_id for move, _, _ in allowed],
                [move.transition for move, _, _ in allowed],
                [found.cell_id for _, _, found in allowed],
                [cells[cell] for cell in entered],
                [Jsonb(dict(move.facts)) for move, _, _ in allowed],
            ],
        )
