"""Answers that are brought at once: kept, looked at, recorded once, and taken back where they were recorded wrongly."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.json import Jsonb

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.answers.models import Batch, BatchRow
from takedowns.answers.reading import ReturnedError, read, read_all
from takedowns.answers.recording import WRITING, Answer, Outcome, Result, preview, record, rows_of_selected
from takedowns.answers.resolving import Where
from takedowns.answers.rows import Problem, Reading, Returned, Row
from takedowns.directory.models import Platform, PlatformHost
from takedowns.referrals import answer_corrections
from takedowns.referrals.lifecycle import CORRECTION, NOT_GIVEN
from takedowns.referrals.permissions import coordinates
from takedowns.referrals.transitions import Applied, Move, apply, rehearse
from takedowns.retention.services import held_by_law, not_held

#: A batch that nobody records is discarded after this long.
KEPT: Final = timedelta(days=1)
#: Of an operation under a legal hold nothing goes by itself.
HELD: Final = held_by_law(operation="answers_batch.operation_id")
LONGEST_REASON: Final = 500


class BatchError(ValueError):
    """Nothing was done; ``code`` says why: ``not_your_role``, ``nothing``, ``moved_on``, ``gone``, ``reason``, ``recorded``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was chosen."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Preview:
    """What recording a batch would do now.

    Attributes:
        results: one a row, in their order.
        returned: how the pasted list and the file were read, as far as there are any.
        error: why nothing can be read; then there are no results.
    """

    results: tuple[Result, ...] = ()
    returned: tuple[Returned, ...] = ()
    error: ReturnedError | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def writes(self) -> int:
        """How many answers would be recorded or corrected."""
        return sum(self.counts.get(outcome, 0) for outcome in WRITING)

    def unknown_words(self) -> list[tuple[str, int]]:
        """Return the words that stop rows, and how many each, the most frequent first."""
        said = (
            one.problem.params["said"] for one in self.results if _is(one, "not_understood") and one.problem
        )
        return Counter(said).most_common()

    def open_dates(self) -> list[str]:
        """Return the first dates of which nobody knows whether the day or the month stands first."""
        found = (one.problem.params["said"] for one in self.results if _is(one, "time_order") and one.problem)
        return list(dict.fromkeys(found))[:3]

    def unknown_columns(self) -> list[str]:
        """Return the headers of columns of which nobody knows what they say, as far as something stands in them."""
        named = (
            one.problem.params["header"] for one in self.results if _is(one, "unknown_column") and one.problem
        )
        return list(dict.fromkeys(named))


def _is(result: Result, code: str) -> bool:
    return result.problem is not None and result.problem.code == code


def bring(
    where: Where,
    default: Answer,
    *,
    by: Actor,
    selected: Sequence[UUID] = (),
    pasted: str = "",
    file: File | None = None,
) -> Batch:
    """Keep what was brought; nothing is recorded.

    Args:
        where: the operation whose coordinator brings it, or the platform whose own person does.

    Raises:
        BatchError: ``not_your_role``, or ``nothing`` is named.
    """
    _require(where, by)
    if not selected and not pasted.strip() and file is None:
        raise BatchError("nothing")
    with acting_as(SYSTEM):
        return Batch.objects.create(
            **columns_of(where),
            by_id=by.user_id,
            hand_off=by.link.hand_off if by.link else None,
            at=timezone.now(),
            given=_kept(default),
            selected=list(selected),
            pasted=pasted.replace("\0", "\u2400"),
            filename=file.name[-255:].replace("\0", "") if file else "",
            content=file.content if file else None,
            sha256=hashlib.sha256(file.content).hexdigest() if file else "",
        )


def look(batch: Batch, *, by: Actor) -> Preview:
    """Say what recording a batch would do now. A fixed number of statements; nothing is written."""
    hosts = _hosts()
    try:
        rows, returned = _rows(batch, hosts)
    except ReturnedError as error:
        return Preview(error=error)
    results = preview(rows, answer_of(batch), where_of(batch), by=by, hosts=hosts, corrects=batch.corrects)
    return Preview(tuple(results), returned, counts=_counted(results))


def change(
    batch_id: UUID,
    where: Where,
    *,
    by: Actor,
    default: Answer | None = None,
    reading: Reading | None = None,
    corrects: str | None = None,
) -> Batch:
    """Say how a batch that is looked at is to be read; what is None stays as it is.

    Raises:
        BatchError: ``not_your_role``, ``gone``, or ``recorded`` meanwhile.
    """
    with acting_as(SYSTEM):
        batch = _locked(batch_id, where, by)
        if batch.state != Batch.State.PREVIEWED:
            raise BatchError("recorded")
        if default is not None:
            batch.given = _kept(default)
        if reading is not None:
            batch.columns, batch.words = dict(reading.columns), dict(reading.words)
            batch.dates = reading.dates
        if corrects is not None:
            batch.corrects = corrects.strip()[:LONGEST_REASON]
        batch.save()
        return batch


def confirm(batch_id: UUID, where: Where, *, by: Actor, expected: int) -> Batch:
    """Record a batch, once: confirming again, or by two people at once, changes nothing. A fixed number of statements.

    Args:
        expected: how many answers were to be recorded or corrected when it was looked at.

    Raises:
        BatchError: ``not_your_role``, ``gone``, or ``moved_on``: it would now be another number. Nothing was recorded.
    """
    with acting_as(SYSTEM):
        batch = _locked(batch_id, where, by)
        if batch.state == Batch.State.RECORDED:
            return batch
        hosts = _hosts()
        try:
            rows, _ = _rows(batch, hosts)
        except ReturnedError as error:
            raise BatchError("moved_on") from error
        with transaction.atomic():
            results = record(
                rows, answer_of(batch), where, by=by, hosts=hosts, corrects=batch.corrects, batch=batch.pk
            )
            counts = _counted(results)
            if sum(counts.get(outcome, 0) for outcome in WRITING) != expected:
                raise BatchError("moved_on")
        _keep_rows(batch, results)
        batch.state, batch.at, batch.by_id, batch.counts = (
            Batch.State.RECORDED,
            timezone.now(),
            by.user_id,
            counts,
        )
        batch.save()
        return batch


def discard(batch_id: UUID, where: Where, *, by: Actor) -> None:
    """Forget a batch that was looked at only.

    Raises:
        BatchError: ``not_your_role``, ``gone``, or ``recorded`` meanwhile, so it stays.
    """
    with acting_as(SYSTEM):
        batch = _locked(batch_id, where, by)
        if batch.state != Batch.State.PREVIEWED:
            raise BatchError("recorded")
        batch.delete()


def discard_abandoned(now: datetime | None = None) -> int:
    """Discard the batches that nobody recorded for a day; return how many."""
    with acting_as(SYSTEM):
        old = Batch.objects.filter(
            not_held(HELD), state=Batch.State.PREVIEWED, at__lt=(now or timezone.now()) - KEPT
        )
        return old.delete()[0]


def can_be_taken_back(batch: Batch, *, by: Actor) -> int:
    """Return how many answers of a batch still stand and can be taken back. A fixed number of statements."""
    return len(rehearse(_back(batch, "-"), by=by).moved)


def take_back(batch_id: UUID, where: Where, *, by: Actor, reason: str) -> Batch:
    """Take back every answer of a batch that still stands: none of them was given. Each is a correction of its own.

    What was answered again since stays, and so does what the batch corrected.

    Raises:
        BatchError: ``not_your_role``, ``gone``, no ``reason``, or ``nothing`` is left to take back.
    """
    if not reason.strip():
        raise BatchError("reason")
    with acting_as(SYSTEM):
        batch = _locked(batch_id, where, by)
        done: Applied = apply(_back(batch, reason.strip()[:LONGEST_REASON]), by=by)
        if not done.moved:
            raise BatchError("nothing")
        batch.taken_back += len(done.moved)
        batch.taken_back_at, batch.taken_back_by_id = timezone.now(), by.user_id
        batch.taken_back_reason = reason.strip()[:LONGEST_REASON]
        batch.save()
        return batch


def _back(batch: Batch, reason: str) -> list[Move]:
    """Return the corrections that take a batch back, of what it still is that stands. Three statements."""
    with acting_as(SYSTEM):
        rows = BatchRow.objects.filter(batch=batch, outcome=Outcome.RECORDED)
        ids = [one for one in rows.values_list("referral_id", flat=True) if one]
        standing = answer_corrections.read(ids) if ids else {}
    return [
        Move(one, CORRECTION.name, {"reason": reason, "right_answer": NOT_GIVEN})
        for one, answers in standing.items()
        if answers.said and answers.said[-1].facts.get("batch") == str(batch.pk)
    ]


def answer_of(batch: Batch) -> Answer:
    """Return the answer that is meant where a row says none."""
    given: dict[str, Any] = dict(batch.given)
    at = given.pop("at", None)
    return Answer(**given, at=datetime.fromisoformat(at) if at else None)


def reading_of(batch: Batch) -> Reading:
    """Return how a person wants a batch read."""
    return Reading(batch.columns, batch.words, batch.dates)


def _kept(default: Answer) -> dict[str, Any]:
    return {**asdict(default), "at": default.at.isoformat() if default.at else None}


def where_of(batch: Batch) -> Where:
    """Return where a batch was brought; reads the operation or the platform."""
    where = batch.operation or batch.platform
    assert where is not None  # noqa: S101 - a constraint of the table
    return where


def columns_of(where: Where) -> dict[str, Where]:
    """Return the column, with its value, by which batches of a place are found."""
    return {"platform" if isinstance(where, Platform) else "operation": where}


def _require(where: Where, by: Actor) -> None:
    answers = where.pk in by.platforms if isinstance(where, Platform) else coordinates(by, where)
    if not by.is_system and not answers:
        raise BatchError("not_your_role")


def _locked(batch_id: UUID, where: Where, by: Actor) -> Batch:
    _require(where, by)
    found = (
        Batch.objects.select_for_update(of=("self",), no_key=True)
        .select_related("operation", "platform")
        .filter(pk=batch_id, **columns_of(where), **({"hand_off": by.link.hand_off} if by.link else {}))
        .first()
    )
    if found is None:
        raise BatchError("gone")
    return found


def _hosts() -> dict[str, str]:
    with acting_as(SYSTEM):
        return dict(PlatformHost.objects.values_list("host", "platform_id"))


def _rows(batch: Batch, hosts: Mapping[str, str]) -> tuple[list[Row], tuple[Returned, ...]]:
    """Return all rows of a batch: the selected, then the pasted, then the file's.

    Raises:
        ReturnedError: the list or the file cannot be read.
    """
    reading = reading_of(batch)
    returned: list[Returned] = []
    if batch.pasted.strip():
        returned.append(read(batch.pasted.encode("utf-8", "replace"), "", hosts, reading))
    if batch.content is not None:
        returned += read_all(bytes(batch.content), batch.filename, hosts, reading)
    rows = rows_of_selected(batch.selected, where_of(batch))
    for one in returned:
        rows += one.rows
    if not rows:
        raise ReturnedError(Problem("empty"))
    return rows, tuple(returned)


def _counted(results: Sequence[Result]) -> dict[str, int]:
    return dict(Counter(str(one.outcome) for one in results))


def _keep_rows(batch: Batch, results: Sequence[Result]) -> None:
    """Write what became of each row. One statement."""
    problems = [one.problem or Problem("") for one in results]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO answers_batchrow (
                batch_id, number, line, name, outcome, problem, params, referral_id, answer, action, decline_reason)
            SELECT %s, row.* FROM unnest(
                %s::integer[], %s::integer[], %s::text[], %s::text[], %s::text[], %s::jsonb[], %s::uuid[], %s::text[], %s::text[],
                %s::text[]) AS row
            """,
            [
                batch.pk,
                list(range(1, len(results) + 1)),
                [one.line for one in results],
                [one.name for one in results],
                [str(one.outcome) for one in results],
                [one.code for one in problems],
                [
                    Jsonb({**problem.params, **({"sheet": one.sheet} if one.sheet else {})})
                    for one, problem in zip(results, problems, strict=True)
                ],
                [one.referral_id for one in results],
                [one.answer for one in results],
                [one.action for one in results],
                [one.decline_reason for one in results],
            ],
        )
