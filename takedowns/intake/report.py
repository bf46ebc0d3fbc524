"""What became of a submission: by outcome, by platform and how it was recognised, by unknown host, row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, OuterRef, QuerySet, Subquery

from takedowns.access.actor import Actor, acting_as
from takedowns.directory.models import Platform
from takedowns.identity.notes import NOTES
from takedowns.intake.models import Outcome, Submission, SubmissionRow
from takedowns.orders.parties import may_write
from takedowns.referrals.co_referrals import Became, became_of
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.tabular import csv_lines

ROWS_PER_PAGE: Final = 100
DOMAINS_SHOWN: Final = 100

CSV_COLUMNS: Final = (
    "line",
    "outcome",
    "reason",
    "message",
    "url_as_written",
    "platform",
    "kind",
    "canonical_url",
    "how_it_was_read",
    "problems",
    "domain",
    "first_line",
    "raw",
    "part",
    "parts",
    "note",
    "moment",
    "sheet",
)

Rows = QuerySet[SubmissionRow]


@dataclass(frozen=True)
class Recognised:
    """How many rows one platform was recognised in, and how they were written."""

    platform: str
    rows: int
    ways: list[tuple[str, int]]


@dataclass(frozen=True)
class RowsPage:
    """Rows in their order; ``next_after`` and ``previous_before`` are the places to go on from, None at an end."""

    rows: list[SubmissionRow]
    next_after: int | None
    previous_before: int | None


def order_to_write(submission_id: UUID, actor: Actor) -> Referral | None:
    """Return the referral of a list of one row that made a removal order which the actor may write; None of any other list.

    Three statements.
    """
    submission = Submission.objects.visible_to(actor).filter(pk=submission_id).first()
    if submission is None or [submission.counts.get(Outcome.NEW), sum(submission.counts.values())] != [1, 1]:
        return None
    row = SubmissionRow.objects.filter(submission=submission, outcome=Outcome.NEW).first()
    if row is None or row.referral_id is None:
        return None
    found = Referral.objects.visible_to(actor).filter(
        pk=row.referral_id, instrument=Instrument.REMOVAL_ORDER, status=Status.SUBMITTED
    )
    referral = found.select_related("operation", "agency").first()
    return referral if referral and may_write(actor, referral, written=False) else None


def outcomes(submission: Submission) -> list[tuple[Outcome, int]]:
    """Return the rows by outcome as they were counted in the load; every outcome, also those with none."""
    return [(outcome, int(submission.counts.get(outcome.value, 0))) for outcome in Outcome]


def recognised(submission: Submission) -> list[Recognised]:
    """Return the platforms found, most rows first, with how their addresses were written. Two statements."""
    rows: Counter[str] = Counter()
    ways: dict[str, Counter[str]] = {}
    grouped = (
        _rows(submission)
        .exclude(platform_id="")
        .exclude(item_id=None)
        .order_by()
        .values_list("platform_id", "notes")
        .annotate(times=Count("place"))
    )
    for platform, notes, times in grouped:
        rows[platform] += times
        for way in notes or ["as_it_is"]:
            ways.setdefault(platform, Counter())[how(way)] += times
    names = dict(Platform.objects.filter(pk__in=rows).values_list("slug", "name"))
    return [
        Recognised(names.get(slug, slug), times, ways[slug].most_common())
        for slug, times in rows.most_common()
    ]


def how(way: str) -> str:
    """Return the sentence for a remark of identity's, or for the host of a redirector that was taken off."""
    if way == "as_it_is":
        return "Written as it is."
    return NOTES.get(way, f"Leads through {way}, which was taken off.")


def unknown_hosts(submission: Submission) -> list[tuple[str, int]]:
    """Return the registrable domains that are no platform here, most rows first. One statement."""
    grouped = (
        _rows(submission)
        .filter(outcome=Outcome.UNKNOWN_PLATFORM)
        .order_by()
        .values_list("domain")
        .annotate(times=Count("place"))
        .order_by("-times", "domain")
    )
    return [(domain, times) for domain, times in grouped[:DOMAINS_SHOWN]]


def rows_page(
    submission: Submission,
    outcome: str,
    *,
    after: int | None,
    before: int | None,
    size: int = ROWS_PER_PAGE,
) -> RowsPage:
    """Return one page of rows by their places (keyset), of one outcome or all."""
    rows = _rows(submission).filter(**({"outcome": outcome} if outcome else {}))
    if before is not None:
        found = list(rows.filter(place__lt=before).order_by("-place")[: size + 1])
        more, found = len(found) > size, found[:size][::-1]
        return RowsPage(found, found[-1].place if found else None, found[0].place if found and more else None)
    found = list((rows.filter(place__gt=after) if after is not None else rows)[: size + 1])
    more, found = len(found) > size, found[:size]
    return RowsPage(
        found, found[-1].place if more else None, found[0].place if found and after is not None else None
    )


def visible_referrals(actor: Actor, rows: list[SubmissionRow]) -> dict[UUID, Referral]:
    """Return the referrals of rows that the actor may open, with their operation's reference."""
    ids = [row.referral_id for row in rows if row.referral_id]
    return Referral.objects.visible_to(actor).select_related("operation", "item").in_bulk(ids)


def became(actor: Actor, rows: list[SubmissionRow], seen: Mapping[UUID, Referral]) -> dict[UUID, Became]:
    """Return, by item, what became of what others had referred already, where the actor may not open that referral."""
    hidden = {
        row.item_id
        for row in rows
        if row.outcome == Outcome.ALREADY_REFERRED and row.item_id and row.referral_id not in seen
    }
    return became_of(hidden, actor)


def report_lines(submission: Submission, actor: Actor) -> Iterator[bytes]:
    """Yield the whole report as CSV, UTF-8 with a byte order mark, cells safe in a spreadsheet; never whole in memory.

    It outlives the request's transaction, so it asks once more, as the same person, in one of its own.
    """
    with acting_as(actor):
        for line in csv_lines(_cells(submission), bom=True):
            yield line.encode()


def _cells(submission: Submission) -> Iterator[tuple[object, ...]]:
    yield CSV_COLUMNS
    item = Item.objects.filter(pk=OuterRef("item_id"))
    rows = _rows(submission).annotate(
        item_url=Subquery(item.values("url")), item_kind=Subquery(item.values("kind"))
    )
    for row in rows.iterator(chunk_size=2000):
        yield (
            row.line,
            row.outcome,
            row.reason,
            row.message,
            row.url,
            row.platform_id,
            row.item_kind,
            row.item_url,
            " ".join(map(how, row.notes)),
            " ".join(row.problems),
            row.domain,
            row.first_line,
            row.raw,
            row.part,
            row.parts,
            row.note,
            row.moment,
            row.sheet,
        )


def _rows(submission: Submission) -> Rows:
    return SubmissionRow.objects.filter(submission_id=submission.pk).order_by("place")
