"""Taking statements of reasons: each is kept with its referral, and answers it where nothing was answered before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import connection
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.orders.judgement import Standing, lock
from takedowns.referrals.transitions import Move, Refused, apply
from takedowns.statements.codes import ADDED_BY_THE_DATABASE
from takedowns.statements.models import Statement
from takedowns.statements.reading import Told, plain


class Outcome(StrEnum):
    """What became of a statement."""

    MOVED = "moved"
    KEPT = "kept"
    REPEATED = "repeated"
    REFUSED = "refused"


@dataclass(slots=True)
class Taken:
    """One statement on its way.

    Attributes:
        why: it was refused, or kept without answering the referral.
        status: of the referral afterwards.
    """

    referral_id: UUID
    told: Told
    outcome: Outcome = Outcome.KEPT
    why: Refused | None = None
    status: str | None = None


#: Refusals of the move that a statement says after which it is kept all the same: it tells what the platform did.
_KEPT_ALL_THE_SAME: Final = frozenset({"not_allowed", "unchanged"})


def take(
    told: Sequence[tuple[UUID, Told]], *, by: Actor, facts: Mapping[str, Any] | None = None
) -> list[Taken]:
    """Keep statements with their referrals, and answer those that are open. A fixed number of statements.

    A platform that posts the record it made of a decision has answered: ``remove`` or ``restrict``, by the gravest act
    that it names. A referral that was answered before stays as it is; the statement is kept beside the answer. The
    same puid again is the same statement, and may add what was not told before (the database's uuid); where it says
    something else it is refused.

    Args:
        told: by referral; a referral named twice counts once for each puid, the first as answer.
        facts: that each answer carries besides.

    Returns:
        In the order told.
    """
    rows = [Taken(referral_id, one) for referral_id, one in told]
    if not rows:
        return []
    with acting_as(SYSTEM):
        found = lock(list(dict.fromkeys(row.referral_id for row in rows)), by)
        for row in rows:
            _judge(row, found.get(row.referral_id), by)
        known = _known(rows)
        good = [row for row in rows if row.why is None]
        for row in good:
            _compare(row, known)
        good = [row for row in good if row.why is None]
        _answer([row for row in good if row.outcome is not Outcome.REPEATED], facts or {}, by)
        _keep([row for row in good if row.outcome is not Outcome.REFUSED], known)
    return rows


def _judge(row: Taken, standing: Standing | None, by: Actor) -> None:
    if standing is None or not standing.seen or standing.referred_at is None:
        _refuse(
            row, "not_found", "There is no such referral for you. Name it by its id or its short reference."
        )
        return
    row.status = standing.status
    if not standing.answered_by(by):
        _refuse(
            row,
            "not_your_role",
            "This is for the platform, or for the operation's coordinator on its behalf.",
        )


def _refuse(row: Taken, code: str, message: str) -> None:
    row.outcome = Outcome.REFUSED
    row.why = Refused(row.referral_id, code, message, row.status or "")


def _known(rows: Sequence[Taken]) -> dict[tuple[UUID, str], Mapping[str, Any]]:
    """Return what was told before under the same puid of the same referral. One statement; the referrals are locked."""
    kept = Statement.objects.filter(
        referral_id__in=[row.referral_id for row in rows], puid__in=[row.told.puid for row in rows]
    )
    return {(one.referral_id, one.puid): one.body for one in kept}


def _compare(row: Taken, known: dict[tuple[UUID, str], Mapping[str, Any]]) -> None:
    """Part what is told again from what contradicts it; what is new becomes known."""
    key = (row.referral_id, row.told.puid)
    before = known.get(key)
    if before is None:
        known[key] = row.told.body
        return
    if field := _told_otherwise(before, row.told.body):
        _refuse(
            row,
            "told_otherwise",
            f"There is a statement with the puid “{row.told.puid}” that says something else in {field}."
            " Give another one its own.",
        )
        return
    row.outcome = Outcome.REPEATED
    known[key] = _together(before, row.told.body)


def _told_otherwise(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return the first field that two statements give differently; lists are sets, and what one leaves out is no difference."""
    for name, sent in now.items():
        value, earlier = plain(sent), plain(before.get(name))
        # By the puid both were found; it may have been a number.
        if value is None or earlier is None or name in ADDED_BY_THE_DATABASE[1:] or name == "puid":
            continue
        if _comparable(value) != _comparable(earlier):
            return name
    return ""


def _comparable(value: Any) -> Any:
    return sorted(map(str, value)) if isinstance(value, list) else value


def _together(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **before,
        **{name: value for name, value in now.items() if value is not None or name not in before},
    }


def _answer(rows: Sequence[Taken], facts: Mapping[str, Any], by: Actor) -> None:
    """Make the moves that new statements say; what the lifecycle does not allow any more is kept without one."""
    moves: dict[UUID, tuple[Taken, Move]] = {}
    for row in rows:
        verdict = row.told.verdict
        if verdict is not None and row.referral_id not in moves:
            move = Move(row.referral_id, verdict, {**row.told.facts, **facts})
            moves[row.referral_id] = (row, move)
    applied = apply([move for _row, move in moves.values()], by=by)
    refused = {one.referral_id: one for one in applied.refused}
    for referral_id, (row, _move) in moves.items():
        if (why := refused.get(referral_id)) is None:
            row.outcome, row.status = Outcome.MOVED, applied.entered[referral_id]
            continue
        row.why = why
        if why.code not in _KEPT_ALL_THE_SAME:
            row.outcome = Outcome.REFUSED


def _keep(rows: Sequence[Taken], known: Mapping[tuple[UUID, str], Mapping[str, Any]]) -> None:
    """Write new statements, and what was added to those that were there. One statement."""
    kept = {(row.referral_id, row.told.puid): row.told.uuid for row in rows}
    for row in rows:
        kept[row.referral_id, row.told.puid] = kept[row.referral_id, row.told.puid] or row.told.uuid
    if not kept:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO statements_statement AS kept (referral_id, puid, uuid, body)
            SELECT * FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::jsonb[])
            ON CONFLICT (referral_id, puid) DO UPDATE
                SET uuid = coalesce(excluded.uuid, kept.uuid), body = excluded.body, changed_at = now()
                WHERE kept.body IS DISTINCT FROM excluded.body
            """,
            [
                [referral_id for referral_id, _puid in kept],
                [puid for _referral_id, puid in kept],
                list(kept.values()),
                [Jsonb(known[key]) for key in kept],
            ],
        )
