"""Recording what a platform answered, on its behalf: one or many, each named by reference or address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from takedowns.directory.asking import Asker, asking_as
from takedowns.identity import Refusal, identify
from takedowns.referrals.apply import Move, apply
from takedowns.referrals.lifecycle import ANSWERS
from takedowns.referrals.models import Operation
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.reference import parse_reference, reference_of
from takedowns.referrals.returned import Row, decline_reason_of
from takedowns.referrals.vocabulary import DeclineReason


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said, where a row does not say it itself.

    Attributes:
        transition: name in the lifecycle's table, or "" where only rows that say their own answer count.
        text: the reason of a reinstatement, or the question.
        at: when it answered; now where None.
    """

    transition: str = ""
    action: str = ""
    decline_reason: str = ""
    decision_ground: str = ""
    text: str = ""
    note: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row. ``code`` is ``recorded``, ``left_open``, or why not, as in ``apply``, and more."""

    line: int
    name: str
    code: str
    message: str = ""
    referral_id: UUID | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Known:
    referral_id: UUID
    referred_at: datetime | None


def rows_of_selected(referral_ids: Sequence[UUID], operation: Operation) -> list[Row]:
    """Return selected referrals as rows, each named by its reference."""
    return [Row(line, (reference_of(operation.reference, one),)) for line, one in enumerate(referral_ids, 1)]


def record(
    rows: Sequence[Row], default: Answer, operation: Operation, *, by: Asker, hosts: Mapping[str, str]
) -> list[Result]:
    """Record the answers of rows; what a row leaves open is taken from ``default``. A fixed number of statements.

    Args:
        hosts: self-hosted platforms by host, as ``identify`` takes them.

    Returns:
        One result a row, in their order. Rows that are refused change nothing, the others are recorded.
    """
    with asking_as(by):
        found = _find(rows, operation, hosts)
        results: list[Result] = []
        moves: list[Move] = []
        for row, known in zip(rows, found, strict=True):
            result, move = _move(row, known, default, operation)
            results.append(result)
            if move is not None:
                moves.append(move)
        refused = {}
        taken: set[UUID] = set()
        once = []
        for move in moves:
            if move.referral_id not in taken:
                taken.add(move.referral_id)
                once.append(move)
        for one in apply(once, by=by).refused:
            refused[one.referral_id] = one
    seen: set[UUID] = set()
    final = []
    for result in results:
        one_id = result.referral_id
        if result.code != "recorded" or one_id is None:
            final.append(result)
        elif one_id in seen:
            final.append(
                _but(
                    result, "repeated", gettext("It stands further up too; only the first answer was taken.")
                )
            )
        else:
            seen.add(one_id)
            no = refused.get(one_id)
            final.append(_but(result, no.code, no.message) if no else result)
    return final


def _but(result: Result, code: str, message: str) -> Result:
    return Result(result.line, result.name, code, message, result.referral_id, result.reference)


def _find(rows: Sequence[Row], operation: Operation, hosts: Mapping[str, str]) -> list[_Known | str]:
    """Return the operation's referral each row names (of several rounds the last), or why there is none. Two statements."""
    keys: list[tuple[str, str] | str] = [_key(row, operation, dict(hosts)) for row in rows]
    endings = [key[1] for key in keys if isinstance(key, tuple) and key[0] == "reference"]
    items = [key[1] for key in keys if isinstance(key, tuple) and key[0] == "item"]
    known: dict[tuple[str, str], _Known] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT named.ending, referral.id, referral.referred_at
            FROM takedowns_ending_in(%s) AS named JOIN referrals_referral AS referral ON referral.id = named.id
            WHERE referral.operation_id = %s
            """,
            [endings, operation.pk],
        )
        known |= {("reference", row[0]): _Known(row[1], row[2]) for row in cursor.fetchall()}
        cursor.execute(
            """
            SELECT DISTINCT ON (item_id) item_id, id, referred_at FROM referrals_referral
            WHERE item_id = ANY(%s::uuid[]) AND operation_id = %s ORDER BY item_id, round DESC
            """,
            [items, operation.pk],
        )
        known |= {("item", str(row[0])): _Known(row[1], row[2]) for row in cursor.fetchall()}
    missing = gettext("It names no referral of %(operation)s.") % {"operation": operation.reference}
    return [key if isinstance(key, str) else known.get(key, missing) for key in keys]


def _key(row: Row, operation: Operation, hosts: dict[str, str]) -> tuple[str, str] | str:
    """Return by what the row's referral is looked up, or why that is impossible."""
    if row.problem:
        return row.problem
    problem = gettext("Neither a reference nor an address stands in this row.")
    for name in row.names:
        if (parts := parse_reference(name)) is not None:
            if parts[0] == operation.reference:
                return "reference", parts[1]
            problem = gettext("This is a reference of %(found)s, not of %(operation)s.") % {
                "found": parts[0],
                "operation": operation.reference,
            }
            continue
        identity = identify(name, hosts)
        if not isinstance(identity, Refusal):
            return "item", str(identity.id)
        problem = identity.message
    return problem


def _move(row: Row, known: _Known | str, default: Answer, operation: Operation) -> tuple[Result, Move | None]:
    name = row.names[0] if row.names else ""
    if isinstance(known, str):
        return Result(row.line, name, "not_found", known), None
    reference = reference_of(operation.reference, known.referral_id)

    def said(code: str, message: str) -> tuple[Result, None]:
        return Result(row.line, name, code, message, known.referral_id, reference), None

    if row.left_open:
        return said("left_open", gettext("No answer stands in this row, so nothing was recorded for it."))
    transition = row.answer or default.transition
    if transition not in ANSWERS:
        return said("missing_fact", gettext("The row says no answer, and none was chosen for such rows."))
    at = row.at or default.at or timezone.now()
    wrong = misdated(at, since=known.referred_at)
    if wrong is Misdated.AHEAD:
        return said("unknown_value", gettext("The time of the answer lies ahead of now."))
    if wrong is Misdated.BEFORE:
        return said(
            "unknown_value", gettext("The time of the answer lies before the moment it was referred.")
        )
    kept = moment_told(at, since=known.referred_at)
    move = Move(known.referral_id, transition, _facts(row, default, transition), kept)
    return Result(row.line, name, "recorded", "", known.referral_id, reference), move


def _facts(row: Row, default: Answer, transition: str) -> dict[str, Any]:
    """Return what belongs to the answer, and nothing that does not: it would be kept where nobody looks for it."""
    move = ANSWERS[transition]
    facts: dict[str, Any] = {"note": default.note}
    if move.actions:
        facts |= {"action": row.action or default.action, "decision_ground": default.decision_ground}
        if row.reason:
            facts["note"] = row.reason
    elif "decline_reason" in move.requires:
        facts["decline_reason"] = decline_reason_of(row.reason) or default.decline_reason
        if row.reason and not decline_reason_of(row.reason):  # in the platform's own words
            facts |= {
                "decline_reason": default.decline_reason or str(DeclineReason.OTHER),
                "note": row.reason,
            }
    for name in ("reason", "question"):
        if name in move.requires:
            facts[name] = row.reason or default.text
    return {name: value for name, value in facts.items() if value}
