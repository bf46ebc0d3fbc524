"""Recording what a platform answered, itself or through a coordinator: each row judged, all made in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor, acting_as
from takedowns.answers.resolving import Known, Where, resolve
from takedowns.answers.rows import Problem, Row
from takedowns.directory.models import Platform
from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, RIGHT_ANSWERS
from takedowns.referrals.models import Referral
from takedowns.referrals.moments import Misdated, misdated, moment_told
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import Move, Refused, apply, rehearse
from takedowns.referrals.vocabulary import Action, DeclineReason


class Outcome(TextChoices):
    """What becomes of a row, in the order in which it is shown."""

    NOT_UNDERSTOOD = "not_understood", _("Not understood")
    REFUSED = "refused", _("Not possible")
    DIFFERS = "differs", _("Answered otherwise before")
    LEFT_OPEN = "left_open", _("No answer yet")
    RECORDED = "recorded", _("Recorded")
    CORRECTED = "corrected", _("Corrected")
    UNCHANGED = "unchanged", _("Recorded already")
    REPEATED = "repeated", _("Repeated")


#: Outcomes that write something.
WRITING: Final = (Outcome.RECORDED, Outcome.CORRECTED)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the platform said, where a row does not say it itself.

    Attributes:
        transition: name in the lifecycle's table, or "" where only rows that say their own answer count.
        text: the reason of a reinstatement, or the question.
        note: how a coordinator heard it; of a platform itself, its explanation for the agency.
        at: when it answered; now where None.
        puid: the platform's own reference.
    """

    transition: str = ""
    action: str = ""
    decline_reason: str = ""
    decision_ground: str = ""
    text: str = ""
    note: str = ""
    at: datetime | None = None
    puid: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of one row.

    Attributes:
        name: as it names its referral.
        answer, action, decline_reason: what it says.
        problem: why it is not recorded; None where it is.
        sheet: as the row's.
    """

    line: int
    name: str
    outcome: Outcome
    problem: Problem | None = None
    referral_id: UUID | None = None
    reference: str = ""
    answer: str = ""
    action: str = ""
    decline_reason: str = ""
    sheet: str = ""

    @property
    def where(self) -> str:
        """Where it stands: its line, with the sheet where several are read."""
        return f"{self.sheet}: {self.line}" if self.sheet else str(self.line)


def rows_of_selected(referral_ids: Sequence[UUID], where: Where) -> list[Row]:
    """Return selected referrals as rows, each named by its reference. At a platform's desk one statement, else none.

    What is none of the platform's is named by its id, which names nothing.
    """
    if isinstance(where, Platform):
        mine = Referral.objects.filter(pk__in=referral_ids, platform=where, referred_at__isnull=False)
        operations = dict(mine.values_list("pk", "operation__reference"))
    else:
        operations = dict.fromkeys(referral_ids, where.reference)
    return [
        Row(line, (reference_of(operations[one], one) if one in operations else str(one),))
        for line, one in enumerate(referral_ids, 1)
    ]


def record(
    rows: Sequence[Row],
    default: Answer,
    where: Where,
    *,
    by: Actor,
    hosts: Mapping[str, str],
    corrects: str = "",
    batch: UUID | None = None,
) -> list[Result]:
    """Record the answers of rows; what a row leaves open is taken from ``default``. A fixed number of statements.

    Args:
        where: the operation whose coordinator records them, or the platform that answers itself.
        hosts: self-hosted platforms by host, as ``identify`` takes them.
        corrects: why answers that were recorded otherwise are corrected; "" where they stay as they are.
        batch: with which they came, kept with each event.

    Returns:
        One result a row, in their order. Rows that are refused change nothing, the others are recorded.
    """
    return _record(rows, default, where, by=by, hosts=hosts, corrects=corrects, batch=batch, writes=True)


def preview(
    rows: Sequence[Row],
    default: Answer,
    where: Where,
    *,
    by: Actor,
    hosts: Mapping[str, str],
    corrects: str = "",
) -> list[Result]:
    """Say what :func:`record` would make of rows now; nothing is written."""
    return _record(rows, default, where, by=by, hosts=hosts, corrects=corrects, batch=None, writes=False)


def _record(
    rows: Sequence[Row],
    default: Answer,
    where: Where,
    *,
    by: Actor,
    hosts: Mapping[str, str],
    corrects: str,
    batch: UUID | None,
    writes: bool,
) -> list[Result]:
    with acting_as(by):
        judged = [
            _judge(row, known, default, corrects, own=isinstance(where, Platform))
            for row, known in zip(rows, resolve(rows, where, hosts), strict=True)
        ]
        results = [result for result, _ in judged]
        moves = _once(results, [move for _, move in judged])
        if batch is not None:
            moves = {
                number: replace(move, facts={**move.facts, "batch": str(batch)})
                for number, move in moves.items()
            }
        done = (apply if writes else rehearse)(list(moves.values()), by=by)
    refused = {one.referral_id: one for one in done.refused}
    for number, move in moves.items():
        if (no := refused.get(move.referral_id)) is not None:
            results[number] = _refused(results[number], no)
    return results


def _once(results: list[Result], moves: Sequence[Move | None]) -> dict[int, Move]:
    """Return the moves that are made, by the number of their row: one a referral, none where rows contradict each other."""
    named: dict[UUID, list[int]] = {}
    for number, move in enumerate(moves):
        if move is not None:
            named.setdefault(move.referral_id, []).append(number)
    made: dict[int, Move] = {}
    for numbers in named.values():
        first = results[numbers[0]]
        if (
            len({(results[one].answer, results[one].action, results[one].decline_reason) for one in numbers})
            > 1
        ):
            lines = ", ".join(results[one].where for one in numbers[:5])
            for one in numbers:
                results[one] = replace(
                    results[one],
                    outcome=Outcome.NOT_UNDERSTOOD,
                    problem=Problem("contradicting", {"lines": lines}),
                )
            continue
        made[numbers[0]] = moves[numbers[0]]  # type: ignore[assignment]  # only moves are named
        for one in numbers[1:]:
            problem = Problem("repeated", {"line": first.where})
            results[one] = replace(results[one], outcome=Outcome.REPEATED, problem=problem)
    return made


def _refused(result: Result, no: Refused) -> Result:
    params = {"status": no.status, "fact": no.fact, "answer": result.answer}
    return replace(result, outcome=Outcome.REFUSED, problem=Problem(no.code, params))


def _judge(
    row: Row, known: Known | Problem, default: Answer, corrects: str, *, own: bool
) -> tuple[Result, Move | None]:
    """Return what becomes of a row, and the move that it makes."""
    name = " · ".join(row.names)
    if row.problem is not None:
        return Result(row.line, name, Outcome.NOT_UNDERSTOOD, row.problem, sheet=row.sheet), None
    if isinstance(known, Problem):
        return Result(row.line, name, Outcome.NOT_UNDERSTOOD, known, sheet=row.sheet), None
    told = Result(
        row.line,
        name,
        Outcome.RECORDED,
        None,
        known.referral_id,
        reference_of(known.operation, known.referral_id),
        sheet=row.sheet,
    )
    if row.left_open:
        return replace(told, outcome=Outcome.LEFT_OPEN, problem=Problem("left_open")), None
    transition = row.answer or default.transition
    if transition not in ANSWERS:
        return replace(told, outcome=Outcome.NOT_UNDERSTOOD, problem=Problem("no_answer")), None
    told = replace(told, answer=transition)
    facts = _facts(row, default, transition, own=own)
    if isinstance(facts, Problem):
        return replace(told, outcome=Outcome.NOT_UNDERSTOOD, problem=facts), None
    told = replace(told, action=facts.get("action", ""), decline_reason=facts.get("decline_reason", ""))
    at = _moment(row.at or default.at, known)
    if isinstance(at, Problem):
        return replace(told, outcome=Outcome.REFUSED, problem=at), None
    if _is_recorded(row, default, transition, known):
        problem = Problem("unchanged", {"status": known.status})
        return replace(told, outcome=Outcome.UNCHANGED, problem=problem), None
    # Whenever the form was filled in, a wrong answer was given when it says; only the row knows better.
    return _against(told, known, Move(known.referral_id, transition, facts, at), corrects, row.at and at)


def _is_recorded(row: Row, default: Answer, transition: str, known: Known) -> bool:
    """Tell whether what a row says is what is recorded. An action or reason that nobody said is not held against it."""
    move = ANSWERS[transition]
    action = row.action or (default.action if default.action in move.actions else "")
    reason = (row.decline_reason or default.decline_reason) if "decline_reason" in move.requires else ""
    return (
        known.status == move.enters
        and (not action or action == known.action)
        and (not reason or reason == known.decline_reason)
    )


def _against(
    told: Result, known: Known, move: Move, corrects: str, corrected_at: datetime | None
) -> tuple[Result, Move | None]:
    """Hold an answer against what is recorded: where another one is, this is a correction."""
    answerable = known.status in ANSWERS[move.transition].leaves
    if answerable or known.status not in CORRECTION.leaves or move.transition not in RIGHT_ANSWERS:
        return told, move
    if not corrects:
        return replace(
            told, outcome=Outcome.DIFFERS, problem=Problem("differs", {"status": known.status})
        ), None
    facts = {**move.facts, "reason": corrects, "right_answer": move.transition}
    return replace(told, outcome=Outcome.CORRECTED), Move(
        move.referral_id, CORRECTION.name, facts, corrected_at
    )


def _moment(told: datetime | None, known: Known) -> datetime | Problem:
    at = told or timezone.now()
    wrong = misdated(at, since=known.referred_at)
    if wrong is not None:
        return Problem("ahead" if wrong is Misdated.AHEAD else "before_referral")
    return moment_told(at, since=known.referred_at)


def _facts(row: Row, default: Answer, transition: str, *, own: bool) -> dict[str, Any] | Problem:
    """Return what belongs to the answer, and nothing that does not: it would be kept where nobody looks for it.

    Args:
        own: the platform says it itself, so its words are its explanation; a coordinator's are a note.
    """
    move = ANSWERS[transition]
    facts: dict[str, Any] = {}
    if row.action and row.action not in move.actions:
        return Problem("action_misfits", {"action": row.action, "answer": transition})
    if move.actions:
        chosen = default.action if default.action in move.actions else ""
        # "Removed" and nothing else says that the content was.
        plain = str(Action.REMOVED) if Action.REMOVED in move.actions else ""
        facts |= {"action": row.action or chosen or plain, "decision_ground": default.decision_ground}
    if "decline_reason" in move.requires:
        # In the platform's own words it is none of those on the list, unless it was chosen for all.
        in_own_words = str(DeclineReason.OTHER) if row.text else ""
        facts["decline_reason"] = row.decline_reason or default.decline_reason or in_own_words
    texts = {"reason", "question"} & set(move.requires)
    facts |= dict.fromkeys(texts, row.text or default.text)
    facts["explanation" if own else "note"] = default.note if texts or not row.text else row.text
    facts["puid"] = default.puid
    for name in move.requires:
        if not facts.get(name):
            return Problem("missing", {"fact": name, "answer": transition})
    return {name: value for name, value in facts.items() if value}
