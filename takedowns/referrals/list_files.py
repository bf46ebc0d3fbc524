"""The list of referrals as a file: CSV, or a workbook, with the filters of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Final
from uuid import UUID

from takedowns.access.actor import Actor, acting_as
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.tabular import csv_lines, safe_cell

#: So many rows go into one file; the page says so where there are more.
MOST: Final = 50_000
AT_ONCE: Final = 2_000
COLUMNS: Final = (
    "reference",
    "url",
    "platform",
    "kind",
    "outlet",
    "agency",
    "instrument",
    "priority",
    "language",
    "listed_group",
    "status",
    "seen",
    "action",
    "decline_reason",
    "submitted_at",
    "referred_at",
    "decided_at",
)


def list_csv(operation: Operation, actor: Actor, wanted: Sequence[UUID]) -> Iterator[bytes]:
    """Yield referrals as CSV, UTF-8 with a byte order mark, cells safe in a spreadsheet; in their order, never whole in memory.

    It outlives the request's transaction, so it asks once more, as the same person, in one of its own.
    """
    with acting_as(actor):
        for line in csv_lines(_rows(operation, actor, wanted), bom=True):
            yield line.encode()


def list_xlsx(operation: Operation, actor: Actor, wanted: Sequence[UUID]) -> bytes:
    """Return the list as a workbook."""
    return workbook(operation.reference, _rows(operation, actor, wanted))


def workbook(title: str, rows: Iterable[Iterable[object]]) -> bytes:
    """Return rows as a workbook of one sheet. Texts are texts there: no formula, no link."""
    import xlsxwriter  # noqa: PLC0415 - large, and most processes never need it

    content = BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet(title[:31])
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, safe_cell(value))
    return content.getvalue()


def _rows(operation: Operation, actor: Actor, wanted: Sequence[UUID]) -> Iterator[Iterable[object]]:
    yield COLUMNS
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        found = Referral.objects.visible_to(actor).select_related("item__outlet", "agency").in_bulk(part)
        for one in (found[each] for each in part if each in found):
            yield _row(operation, one)


def _row(operation: Operation, one: Referral) -> tuple[object, ...]:
    moments = (one.submitted_at, one.referred_at, one.decided_at)
    return (
        reference_of(operation.reference, one.pk),
        one.item.url,
        one.platform_id,
        one.item.kind,
        one.item.outlet.name if one.item.outlet else "",
        one.agency.name,
        one.instrument,
        one.tier,
        one.language,
        one.listed_group,
        one.status,
        one.availability,
        one.action,
        one.decline_reason,
        *(at.isoformat(timespec="seconds") if at else "" for at in moments),
    )
