"""Judging moves before they are made: a set is read in a fixed number of SQL statements, and each move judged by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from takedowns.access.actor import Actor
from takedowns.access.roles import Role
from takedowns.postgres.text import uuid_array
from takedowns.referrals import answer_corrections
from takedowns.referrals.answer_corrections import Corrected, Standing, Wrong
from takedowns.referrals.cells import Dimensions
from takedowns.referrals.lifecycle import CORRECTION, TRANSITIONS, Transition, allowed_from
from takedowns.referrals.locks import lock_referrals, on_hold
from takedowns.referrals.moments import Misdated, misdated
from takedowns.referrals.permissions import ORDER_WRITER, agencies_with_a_role, is_ones_own
from takedowns.referrals.visibility import parameters, sees, takes_part
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, Status

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
        at: when this one happened, where it differs from the set; of a correction, when the right answer was given.
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
            ``missing_fact``, ``unknown_value``, ``referred_again``; of a correction ``unchanged``, ``before_referral``.
        message: a sentence that says what to do.
        status: the status it is in; empty when not found.
        allowed: names of transitions that may leave that status.
        fact: of a missing or unknown one, its name.
    """

    referral_id: UUID
    code: str
    message: str
    status: str = ""
    allowed: tuple[str, ...] = ()
    fact: str = ""


@dataclass(slots=True)
class Locked:
    """What must be known of a referral to judge its move; read under a row lock."""

    item_id: UUID
    status: str
    cell_id: int
    dimensions: Dimensions
    submitted_by: UUID | None
    changed_by: UUID | None
    order_by: UUID | None
    ground: str
    on_hold: bool
    seen: bool
    coordinates: bool
    referred_again: bool
    referred_at: datetime | None


class Allowed(NamedTuple):
    """One move that is made: what of, along which row of the table, and into which status."""

    move: Move
    transition: Transition
    found: Locked
    enters: Status
    corrected: Corrected | None


def judge(moves: Sequence[Move], by: Actor, *, lock: bool) -> tuple[list[Allowed], list[Refused]]:
    """Judge every move. Two statements, one without locks, and two more where answers are corrected."""
    ids = [move.referral_id for move in moves]
    known = _read(ids, by, lock=lock)
    corrected = [move.referral_id for move in moves if move.transition == CORRECTION.name]
    standings = answer_corrections.read(corrected) if corrected else {}
    allowed: list[Allowed] = []
    refused: list[Refused] = []
    taken: set[UUID] = set()
    for move in moves:
        verdict = _judge_one(move, known.get(move.referral_id), by, taken, standings)
        if isinstance(verdict, Refused):
            refused.append(verdict)
        else:
            taken.add(move.referral_id)
            allowed.append(verdict)
    return allowed, refused


def _read(referral_ids: list[UUID], by: Actor, *, lock: bool) -> dict[UUID, Locked]:
    """Read and lock the referrals, by item so that two sets that overlap never wait for each other in a circle.

    A hold is read after the locks are held: :func:`takedowns.holds.services.place` locks the same rows.
    """
    if lock:
        lock_referrals(referral_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT referral.id, referral.item_id, referral.status, referral.cell_id, referral.submitted_by_id,
                   referral.changed_by_id, {ORDER_WRITER}, referral.ground,
                   {on_hold("item.id", "item.outlet_id", "item.platform_id", "item.key")},
                   {sees()}, {takes_part(agencies="coordinating")},
                   EXISTS (SELECT 1 FROM referrals_referral AS later
                           WHERE later.item_id = referral.item_id AND later.round > referral.round),
                   referral.referred_at,
                   {", ".join(f"cell.{name}" for name in Dimensions._fields)}
            FROM referrals_referral AS referral
            JOIN referrals_item AS item ON item.id = referral.item_id
            JOIN referrals_cell AS cell ON cell.id = referral.cell_id
            WHERE referral.id = ANY(%(ids)s::uuid[])
            """,
            {
                **parameters(by),
                "coordinating": agencies_with_a_role(by, {Role.COORDINATOR}),
                "ids": uuid_array(referral_ids),
            },
        )
        return {
            row[0]: Locked(row[1], row[2], row[3], Dimensions(*row[13:]), *row[4:13])
            for row in cursor.fetchall()
        }


def _own(by: Actor, found: Locked) -> str:
    if by.user_id == found.submitted_by:
        return gettext("You submitted this yourself; somebody else must decide on it.")
    if by.user_id == found.order_by:
        return gettext("You wrote the text of this order; somebody else must decide on it.")
    return gettext("You changed this after it was approved; somebody else must decide on it.")


def _judge_one(
    move: Move,
    found: Locked | None,
    by: Actor,
    taken: set[UUID],
    standings: Mapping[UUID, Standing],
) -> Allowed | Refused:
    if found is None or not found.seen:
        return Refused(move.referral_id, "not_found", gettext("There is no such referral."))
    next_moves = tuple(transition.name for transition in allowed_from(found.status))

    def refuse(code: str, message: str, fact: str = "") -> Refused:
        return Refused(move.referral_id, code, message, found.status, next_moves, fact)

    if move.referral_id in taken:
        again = gettext("This referral stands twice in the same set; only the first move was made.")
        return refuse("repeated", again)
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
    if transition.four_eyes and is_ones_own(by.user_id, found.submitted_by, found.changed_by, found.order_by):
        return refuse("four_eyes", _own(by, found))
    if transition.refused_on_hold and found.on_hold:
        held = gettext("There is a hold on it. It can be referred when the hold ends or is released.")
        return refuse("on_hold", held)
    if transition.reopens and found.referred_again:
        return refuse(
            "referred_again",
            gettext("The item was referred again since, so this decision cannot be taken back."),
        )
    wrong = _judge_facts(move, transition, found, refuse)
    if wrong is not None:
        return wrong
    if transition.enters is not None:
        return Allowed(move, transition, found, transition.enters, None)
    if move.at and misdated(move.at, since=found.referred_at) is Misdated.BEFORE:
        early = gettext("The time of the answer lies before the moment it was referred.")
        return refuse("before_referral", early)
    corrected = answer_corrections.correct(move.facts, move.at, found.status, standings[move.referral_id])
    if isinstance(corrected, Wrong):
        return refuse(*corrected)
    return Allowed(move, transition, found, corrected.status, corrected)


def _judge_facts(
    move: Move, transition: Transition, found: Locked, refuse: Callable[[str, str, str], Refused]
) -> Refused | None:
    known = {"ground": found.ground, **move.facts}
    # A correction needs what the right answer needs, too.
    answer = (
        TRANSITIONS.get(move.facts.get("right_answer", ""), transition) if transition.corrects else transition
    )
    for fact in dict.fromkeys((*transition.requires, *answer.requires)):
        if not known.get(fact):
            return refuse(
                "missing_fact",
                gettext("“%(move)s” needs “%(fact)s”.") % {"move": answer.name, "fact": fact},
                fact,
            )
    if answer.actions and move.facts["action"] not in answer.actions:
        fitting = ", ".join(sorted(answer.actions))
        return refuse(
            "unknown_value",
            gettext("“%(action)s” is no action of “%(move)s”. Known: %(known)s.")
            % {"action": move.facts["action"], "move": answer.name, "known": fitting},
            "action",
        )
    for name, values in _VOCABULARIES.items():
        if (value := move.facts.get(name)) and value not in values:
            return refuse(
                "unknown_value",
                gettext("“%(value)s” is no %(name)s. Known: %(known)s.")
                % {"value": value, "name": name, "known": ", ".join(sorted(values))},
                name,
            )
    return None


def _allowed(moves: tuple[str, ...]) -> str:
    return ", ".join(moves) or gettext("none")


def _has_role(transition: Transition, found: Locked, by: Actor) -> bool:
    """Tell whether a role of the actor allows the move: at the referral's agency, or as the operation's coordinator."""
    if by.is_system:
        return True
    own = by.roles.get(found.dimensions.agency_id, frozenset())
    return (
        bool(own & transition.roles)
        or (Role.COORDINATOR in transition.roles and found.coordinates)
        or (Role.PLATFORM in transition.roles and found.dimensions.platform_id in by.platforms)
    )
