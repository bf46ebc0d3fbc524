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

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import PlatformHost
from takedowns.identity import PLATFORMS, Identity, Refusal, identify
from takedowns.identity.refusals import refuse
from takedowns.intake import statements
from takedowns.intake.models import Outcome, Submission, SubmissionRow
from takedowns.intake.progress import ProgressReport
from takedowns.intake.queueing import take_up_later
from takedowns.readers import Choices, HandedInRow, ReaderError, Table, open_pasted, open_table

UNKNOWN_HOST = "web"
OTHER_PLATFORM = "The platform column says {said}, the address is one of {found}; the address counts."

#: Line and part: where a row stands in what was handed in.
Place = tuple[int, int]
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
    try:
        with acting_as(SYSTEM):
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
    with acting_as(SYSTEM):
        submission = _take(submission_id)
        waiting = SubmissionRow.objects.waiting().filter(submission=submission)
        places = set(waiting.values_list("line", "part"))
        if places:
            _load(submission, None, places)
        return len(places) - waiting.count()


def read_again(submission_id: UUID, places: set[Place]) -> None:
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
                .select_related("operation")
                .get(pk=submission_id)
            )
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable):
            raise AlreadyLoading("This submission is being loaded by another process.") from error
        raise


def _load(
    submission: Submission, progress: Callable[[int, int], None] | None, places: set[Place] | None = None
) -> None:
    """Load all rows, or anew those of certain places."""
    hosts = dict(PlatformHost.objects.values_list("host", "platform_id"))
    facts = statements.parameters(submission, at=timezone.now() if places else None)
    with (
        submission.content.open("rb") as content,
        connection.cursor() as cursor,
        closing(ProgressReport(submission.pk, progress)) as report,
    ):
        table = open_content(submission, content)
        cursor.execute(statements.STAGE)
        with cursor.copy(statements.COPY) as copy:
            write, number = copy.write_row, 0
            for number, row in enumerate(table.rows(), 1):
                if places is None or (row.line, row.part) in places:
                    write(staged(row, hosts, submission.platform_id))
                if number % 1000 == 0:
                    report(table.bytes_read, number)
        report(submission.size, number, all_read=True)
        if places is not None:
            lines, parts = zip(*sorted(places), strict=True)
            cursor.execute(statements.FORGET_ROWS, {**facts, "lines": list(lines), "parts": list(parts)})
        for statement in statements.AFTER_COPY:
            cursor.execute(statement, facts)
        cursor.execute(statements.COUNT, facts)
        submission.counts = dict(cursor.fetchall())
        cursor.execute(statements.CLEAR)
    submission.layout = asdict(table.layout)
    submission.state, submission.loaded_at = Submission.State.LOADED, timezone.now()
    submission.save(update_fields=["state", "loaded_at", "counts", "layout"])


def open_content(submission: Submission, content: Any) -> Table[HandedInRow]:
    """Return what was handed in, its layout known, its rows still to be read.

    Raises:
        ReaderError: nothing of it can be read.
    """
    zone = timezone.get_default_timezone()
    choices = Choices(columns=submission.columns)
    if submission.source == Submission.Source.PASTE:
        return open_pasted(content.read().decode("utf-8", "replace"), zone=zone, choices=choices)
    return open_table(content, str(submission), zone=zone, choices=choices)


def staged(row: HandedInRow, hosts: Mapping[str, str], platform: str = "") -> StagedRow:
    """Return one row for COPY: what it names, or why it names nothing.

    Args:
        hosts: declared host to platform.
        platform: what bare names of the list are on, where the row does not say it itself.
    """
    found = refuse(row.doubt) if row.doubt else identify(row.url, hosts, row.platform or platform)
    problems = list(row.problems)
    where = (row.note, row.part, row.parts)
    if isinstance(found, Refusal):
        return (
            row.line, row.raw, row.url, Outcome.INVALID.value, found.code, found.message, problems or "{}", "{}", found.platform, "",
            None, None, None, None, None, None, None, None, None, None, *where, None,
        )  # fmt: skip
    remarks = [*found.wrappers, *found.notes] or "{}"
    if found.platform == UNKNOWN_HOST:
        return (
            row.line, row.raw, row.url, Outcome.UNKNOWN_PLATFORM.value, "unknown_host",
            f"{found.domain or found.host} is no platform known here. The row is kept; an administrator can declare the host.",
            problems or "{}", remarks, "", found.domain or found.host, None, None, None, None, None, None, None, None, None, None,
            *where, found.moment,
        )  # fmt: skip
    if row.platform and row.platform != found.platform:
        problems.append(OTHER_PLATFORM.format(said=_name(row.platform), found=_name(found.platform)))
    kind = row.kind if row.kind and found.kind == "unknown" else found.kind
    return (
        row.line, row.raw, row.url, "", "", "", problems or "{}", remarks, found.platform, "",
        found.id.hex, found.key, found.url, kind, row.tier, row.language, row.outlet, row.listed_group, row.ground,
        row.found_at, *where, found.moment,
    )  # fmt: skip


def _name(slug: str) -> str:
    return PLATFORMS[slug].name if slug in PLATFORMS else slug
