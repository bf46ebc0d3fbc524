"""From a submission's content to referrals: one transaction, a fixed number of SQL statements, constant memory.

The rows are read, identified and copied into a temporary table as a stream; everything after that is set-based
SQL (``statements.py``). Committed whole or not at all: a process killed half-way leaves nothing but the submission
itself, which can be loaded again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict
from typing import Any, NamedTuple
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg import errors

from takedowns.access.actor import SYSTEM, acting_as, in_the_name_of, works_in_sandbox
from takedowns.identity import PLATFORMS, Identity, Refusal, identify
from takedowns.identity.refusals import refuse
from takedowns.intake import statements
from takedowns.intake.content import OUT, Decided, decided_about, open_content
from takedowns.intake.models import Outcome, Submission, SubmissionRow
from takedowns.intake.progress import ProgressReport
from takedowns.intake.queueing import take_up_later
from takedowns.readers import HandedInRow, ReaderError
from takedowns.referrals.log import let_platforms_pass

UNKNOWN_HOST = "web"
OTHER_PLATFORM = "The platform column says {said}, the address is one of {found}; the address counts."
UNKNOWN_HOST_MESSAGE = (
    "{host} is no platform known here. The row is kept; an administrator can declare the host."
)
TWO_ADDRESSES = "The cell shows {text} and leads to {target}; say which of the two is meant."
_OUTCOME = statements.STAGED_COLUMNS.index("outcome")
_PLATFORM = statements.STAGED_COLUMNS.index("platform_id")
#: Of a row that names no item: the columns from ``item_id`` to ``found_at``.
_NO_ITEM = (None,) * (statements.STAGED_COLUMNS.index("note") - statements.STAGED_COLUMNS.index("item_id"))

#: A row for COPY, in the order of ``statements.STAGED_COLUMNS``.
StagedRow = tuple[Any, ...]


class AlreadyLoading(RuntimeError):  # noqa: N818 - what is the case, not an error of the program
    """Another living process is loading this submission."""


def load(submission_id: UUID, progress: Callable[[int, int], None] | None = None) -> Submission:
    """Load a submission that was received. Loading it again changes nothing.

    Args:
        submission_id: which.
        progress: called now and then with (bytes read, rows read).

    Returns:
        The submission, loaded with its counts, or failed with its error where the content cannot be read at all.

    Raises:
        AlreadyLoading: another process is at it.
        Submission.DoesNotExist: there is no such submission.
    """
    is_alone = not connection.in_atomic_block
    try:
        with acting_as(SYSTEM):
            if is_alone and not works_in_sandbox():
                let_platforms_pass()
            submission = _take(submission_id)
            if submission.state == Submission.State.RECEIVED:
                _load(submission, progress)
    except ReaderError as error:
        with acting_as(SYSTEM):
            submission = Submission.objects.get(pk=submission_id)
            submission.state, submission.error = Submission.State.FAILED, str(error)
            submission.save(update_fields=["state", "error"])
    return submission


def take_up(submission_id: UUID) -> int:
    """Read those rows again whose host was unknown, now that more hosts may be declared; refer what they name.

    Their referrals count from now, not from when the list was handed in: figures of the past stay as they were.

    Returns:
        How many rows have another outcome than before.

    Raises:
        AlreadyLoading: another process is at it.
    """
    is_alone = not connection.in_atomic_block
    with acting_as(SYSTEM):
        if is_alone and not works_in_sandbox():
            let_platforms_pass()
        submission = _take(submission_id)
        waiting = SubmissionRow.objects.waiting().filter(submission=submission)
        places = set(waiting.values_list("place", flat=True))
        if places:
            _load(submission, None, places)
        return len(places) - waiting.count()


def read_again(submission_id: UUID, places: set[int]) -> None:
    """Read certain rows of a loaded submission again, with the hosts that are declared now.

    Raises:
        AlreadyLoading: another process is at it.
    """
    with acting_as(SYSTEM):
        _load(_take(submission_id), None, places)


class TakenUp(NamedTuple):
    """What became of the rows that waited for a host.

    ``rows``: have another outcome now. ``later``: long submissions that the worker reads again. ``busy``: submissions
    that another process is loading; ask again for those.
    """

    rows: int
    later: list[UUID]
    busy: list[UUID]


def take_up_waiting(host: str, *, inline_bytes: int | None = None) -> TakenUp:
    """Take up, in every submission, the rows that waited for a host that was declared meanwhile.

    They are found by the registrable domain, so that a defanged spelling (chat[.]example[.]org) is found too.

    Args:
        host: as it was declared.
        inline_bytes: leave submissions longer than this to the worker; None reads all of them here.
    """
    found = identify(host)
    domain = (found.domain or found.host) if isinstance(found, Identity) else host
    with acting_as(SYSTEM):
        rows = SubmissionRow.objects.waiting().filter(domain=domain)
        waiting = list(
            Submission.objects.filter(pk__in=rows.values("submission_id")).values_list("pk", "size")
        )
    changed, later, busy = 0, [], []
    for submission_id, size in waiting:
        if inline_bytes is not None and size > inline_bytes:
            take_up_later(submission_id)
            later.append(submission_id)
            continue
        try:
            changed += take_up(submission_id)
        except AlreadyLoading:
            busy.append(submission_id)
    return TakenUp(changed, later, busy)


def _take(submission_id: UUID) -> Submission:
    """Lock the submission: the lock is what "loading" means, and it ends with the process that holds it."""
    try:
        # In a savepoint, so that a refusal leaves the caller's transaction usable.
        with transaction.atomic():
            return (
                Submission.objects.select_for_update(nowait=True, of=("self",))
                .select_related("operation", "agency")
                .get(pk=submission_id)
            )
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise AlreadyLoading("This submission is being loaded by another process.") from error
        raise


def _load(
    submission: Submission, progress: Callable[[int, int], None] | None, places: set[int] | None = None
) -> None:
    """Load all rows, or anew those at certain places."""
    decided = decided_about(submission)
    with (
        in_the_name_of(submission.submitted_by_id, submission.agency_id),
        submission.content.open("rb") as content,
        connection.cursor() as cursor,
        closing(ProgressReport(submission.pk, progress)) as report,
    ):
        table = open_content(submission, content, decided.choices)
        sheets = table.layout.sheets_read
        facts = statements.parameters(submission, timezone.now() if places else None, sheets)
        cursor.execute(statements.STAGE)
        with cursor.copy(statements.COPY) as copy:
            write, number = copy.write_row, 0
            for number, row in enumerate(table.rows(), 1):
                if places is None or row.place in places:
                    write(judged(row, decided))
                if number % 1000 == 0:
                    report(table.bytes_read, number)
        report(submission.size, number, all_read=True)
        if places is not None:
            cursor.execute(statements.FORGET_ROWS, {**facts, "places": sorted(places)})
        for statement in statements.AFTER_COPY:
            cursor.execute(statement, facts)
        cursor.execute(statements.COUNT, facts)
        submission.counts = dict(cursor.fetchall())
        cursor.execute(statements.CLEAR)
    submission.layout = asdict(table.layout)
    for sheet in submission.layout["other_sheets"]:
        del sheet["says"]  # nothing of what is not handed in is kept
    submission.state, submission.loaded_at = Submission.State.LOADED, timezone.now()
    submission.save(update_fields=["state", "loaded_at", "counts", "layout"])


def judged(row: HandedInRow, decided: Decided) -> StagedRow:
    """Return one row for COPY as :func:`staged`, or as one that somebody left out in the preview."""
    if row.place in decided.left_out:
        return _left_out(row, "row", "Left out in the preview.")
    if row.hidden and decided.hidden == OUT:
        return _left_out(row, "hidden", "Left out in the preview: the workbook hides this row.")
    read = staged(row, decided.hosts, decided.platform)
    platform = read[_PLATFORM]
    if platform and not read[_OUTCOME] and decided.said_of(platform) == OUT:
        return _left_out(
            row, "platform_outside", "Left out in the preview: its platform takes no part in the operation."
        )
    return read


def _left_out(row: HandedInRow, reason: str, message: str) -> StagedRow:
    told = {"place": row.place, "line": row.line, "raw": row.raw, "url": row.url}
    told |= {"outcome": Outcome.LEFT_OUT.value, "reason": reason, "message": message}
    told |= {"problems": "{}", "notes": "{}", "platform_id": "", "domain": ""}
    told |= {"note": row.note, "part": row.part, "parts": row.parts}
    return tuple(told.get(name) for name in statements.STAGED_COLUMNS)


def staged(row: HandedInRow, hosts: Mapping[str, str], platform: str = "") -> StagedRow:
    """Return one row for COPY: what it names, or why it names nothing.

    Args:
        hosts: declared host to platform.
        platform: what bare names of the list are on, where the row does not say it itself.
    """
    found = refuse(row.doubt) if row.doubt else identify(row.url, hosts, row.platform or platform)
    if row.asks:
        found = Refusal("two_addresses", TWO_ADDRESSES.format(text=row.asks[0], target=row.asks[1]))
    problems = list(row.problems)
    read, where = (row.place, row.line, row.raw, row.url), (row.note, row.part, row.parts)
    if isinstance(found, Refusal):
        judged_so = (Outcome.INVALID.value, found.code, found.message, problems or "{}", "{}")
        return (*read, *judged_so, found.platform, "", *_NO_ITEM, *where, None, None)
    remarks = [*found.wrappers, *found.notes] or "{}"
    if found.platform == UNKNOWN_HOST:
        host = found.domain or found.host
        message = UNKNOWN_HOST_MESSAGE.format(host=host)
        unknown = (Outcome.UNKNOWN_PLATFORM.value, "unknown_host", message, problems or "{}", remarks)
        return (*read, *unknown, "", host, *_NO_ITEM, *where, found.moment, None)
    if row.platform and row.platform != found.platform:
        problems.append(OTHER_PLATFORM.format(said=_name(row.platform), found=_name(found.platform)))
    kind = row.kind if row.kind and found.kind == "unknown" else found.kind
    item = (found.id.hex, found.key, found.url, kind)
    told = (row.tier, row.language, row.outlet, row.listed_group, row.ground, row.found_at)
    return (
        *read,
        "",
        "",
        "",
        problems or "{}",
        remarks,
        found.platform,
        "",
        *item,
        *told,
        *where,
        found.moment,
        _hashes(row),
    )


def _hashes(row: HandedInRow) -> list[str | None] | None:
    """Return the hashes of a row as an array of text, which most rows have none of."""
    if row.hashes is None:
        return None
    *hashes, quality = row.hashes
    return [*hashes, None if quality is None else str(quality)]


def _name(slug: str) -> str:
    return PLATFORMS[slug].name if slug in PLATFORMS else slug
