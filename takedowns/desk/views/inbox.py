"""The inbox: what was referred to the platform, what waits first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.desk import inbox as queries
from takedowns.desk.filters import Asked, read_filters
from takedowns.desk.inbox import Counted, Page
from takedowns.desk.list_file import to_fill_in
from takedowns.desk.reader import AtTheDesk
from takedowns.desk.search import find
from takedowns.directory.models import Platform
from takedowns.ledger.exports import made_by
from takedowns.pages.access import StaffRequest, also_by_link, at_the_desk
from takedowns.pages.fields import as_uuid
from takedowns.referrals.lifecycle import AT_THE_PLATFORM
from takedowns.referrals.list_files import workbook
from takedowns.referrals.vocabulary import Instrument, Status
from takedowns.tabular import csv_lines

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Waiting:
    """How much waits: orders, and what is new, received or asked about."""

    orders: int
    new: int
    received: int
    asked: int


@at_the_desk
@also_by_link
@opens(What.REFERRALS)
def inbox(request: StaffRequest, platform: str) -> HttpResponse:
    """List what waits, by deadline and priority; with ``?show=``, filters, or ``?q=`` whatever was referred to the platform."""
    reader, now = AtTheDesk(request.actor, platform), timezone.now()
    counted = queries.counts(reader)
    asked = read_filters(request.GET, counted)
    q = request.GET.get("q", "").strip()[:2000]
    page = _page(reader, asked, q, as_uuid(request.GET.get("after", "")))
    saw(request, (line.referral["id"] for line in page.lines), asked=q)
    context = {
        "platform": get_object_or_404(Platform, pk=platform),
        "waiting": _waiting(counted),
        "asked": asked,
        "q": q,
        "page": page,
        "lines": page.lines,
        "number": len(page.lines) if q else asked.number,
        "most": queries.MOST,
        "select": request.GET.get("select", ""),
        "now": now,
    }
    return render(request, "desk/inbox.html", context)


@at_the_desk
@also_by_link
@opens(What.REFERRALS)
def list_file(request: StaffRequest, platform: str, file_format: str) -> HttpResponse:
    """Send the list with the filters that stand in the address, and room for the answers, as CSV or XLSX."""
    if file_format not in ("csv", "xlsx"):
        raise Http404(_("The list can be had as CSV or XLSX."))
    reader = AtTheDesk(request.actor, platform)
    ids = queries.ids_of(reader, read_filters(request.GET, queries.counts(reader)).filters)
    saw(request, ids)
    rows = to_fill_in(reader, ids)
    name = f"{platform}-{timezone.localtime():%Y%m%d-%H%M}.{file_format}"
    made, asked = made_by(str(request.actor.link or request.user.get_full_name())), request.GET.urlencode()
    if file_format == "csv":
        content, kind = "".join(csv_lines(rows, bom=True)).encode(), "text/csv; charset=utf-8"
    else:
        content, kind = workbook(platform, rows, made.line), XLSX
    return HttpResponse(content, content_type=kind, headers=made.kept(name, content, asked))


def _page(reader: AtTheDesk, asked: Asked, q: str, after: UUID | None) -> Page:
    now = timezone.now()
    if q:
        return Page(queries.lines(reader, find(q, reader), now), None, first=True)
    return queries.page(reader, asked.filters, now, after=after)


def _waiting(counted: Sequence[Counted]) -> Waiting:
    there = [one for one in counted if one.status in AT_THE_PLATFORM]
    by_status = {
        status: sum(one.number for one in there if one.status == status) for status in AT_THE_PLATFORM
    }
    return Waiting(
        sum(one.number for one in there if one.instrument == Instrument.REMOVAL_ORDER),
        by_status[Status.REFERRED],
        by_status[Status.ACKNOWLEDGED],
        by_status[Status.INFORMATION_REQUESTED],
    )
