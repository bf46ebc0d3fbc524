"""The list of referrals as a file: CSV, or a workbook, with the filters of the page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final
from uuid import UUID

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.reference import reference_of
from takedowns.tabular import csv_lines, safe_cell

#: So many rows go into one file; the page says so where there are more.
MOST: Final = 50_000
AT_ONCE: Final = 2_000
#: So many bytes of a file are kept in memory; a longer one goes to the disk.
IN_MEMORY: Final = 4 * 1024 * 1024
#: Columns of the hashes that were given with an address.
HASHES: Final = ("sha256", "md5", "pdq")
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
    *HASHES,
)


def hash_cells(hashes: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a cell for each of :data:`HASHES`, of what ``takedowns_hashes_of`` says of one referral; several stand in one cell."""
    for kind in HASHES:
        yield " ".join(dict.fromkeys(each[kind] for each in hashes if each[kind]))


def list_csv(operation: Operation, actor: Actor, wanted: Sequence[UUID]) -> IO[bytes]:
    """Return referrals as CSV, UTF-8 with a byte order mark, cells safe in a spreadsheet; in their order, never whole in memory.

    A file on the disk where it is long, which is gone when it is closed.
    """
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed with the response
    for line in csv_lines(_rows(operation, actor, wanted), bom=True):
        file.write(line.encode())
    file.seek(0)
    return file


def list_xlsx(operation: Operation, actor: Actor, wanted: Sequence[UUID], made: str) -> bytes:
    """Return the list as a workbook."""
    return workbook(operation.reference, _rows(operation, actor, wanted), made)


def workbook(title: str, rows: Iterable[Iterable[object]], made: str) -> bytes:
    """Return rows as a workbook; on its second sheet, what it says of itself. Texts are texts there: no formula, no link."""
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
        book.add_worksheet("About").write_string(0, 0, made)
    return content.getvalue()


def _rows(operation: Operation, actor: Actor, wanted: Sequence[UUID]) -> Iterator[Iterable[object]]:
    yield COLUMNS
    for start in range(0, len(wanted), AT_ONCE):
        part = wanted[start : start + AT_ONCE]
        hashes = RawSQL("takedowns_hashes_of(referrals_referral.id)", [], output_field=JSONField())
        visible = Referral.objects.visible_to(actor).annotate(hashes=hashes)
        found = visible.select_related("item__outlet", "agency").in_bulk(part)
        for one in (found[each] for each in part if each in found):
            yield _row(operation, one)


def _row(operation: Operation, one: Referral) -> tuple[object, ...]:
    moments = (one.submitted_at, one.referred_at, one.decided_at)
    hashes: list[dict[str, Any]] = one.hashes  # type: ignore[attr-defined]  # annotated
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
        *hash_cells(hashes),
    )
