"""Figures as files: reports in each format, each chart as SVG, PNG and CSV, each table as CSV."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.figures.charts.file import png_file, svg_file
from takedowns.figures.detail_page import DETAIL_CHARTS, detail_charts
from takedowns.figures.exports import FORMATS, ending_of
from takedowns.figures.exports.dictionary import dictionary_csv
from takedowns.figures.kept import kept_detail, kept_resurfacing, state_of
from takedowns.figures.moment import NotSettledError
from takedowns.figures.page_charts import Chart, charts_of, returns_charts
from takedowns.figures.parameters import read_figures
from takedowns.figures.queries import Figures, plain, read
from takedowns.figures.report import WAITED_FOR, report
from takedowns.figures.slices import TooLargeError
from takedowns.ledger.exports import Made, made_by
from takedowns.pages.access import StaffRequest, staff
from takedowns.pages.etags import is_named, weak
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.tabular import csv_lines

CSV: Final = "text/csv; charset=utf-8"
TYPES: Final = {
    "csv": CSV,
    "json": "application/json",
    "jsonstat": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
    "png": "image/png",
}
RETURNS: Final = ("resurfacing", "displacement")


@staff
@opens(What.FIGURES, "file_format")
def report_file(request: StaffRequest, reference: str, file_format: str) -> HttpResponse:
    """Send the report in a format; ``as_of`` a past moment. 304 where nothing changed."""
    operation = operation_or_404(request, reference)
    if file_format not in FORMATS:
        raise Http404(_("There is no such format."))
    form = read_figures(request.GET, operation)
    if form.all_problems:
        return _refused(form.all_problems)
    if form.happened:
        return _refused(
            [
                _(
                    "Reports are made as recorded by a moment, so that the same report is the same for ever; what happened by a moment may "
                    "still grow. The tables and pictures of the page can be downloaded by either clock."
                )
            ]
        )

    def written(line: str) -> bytes:
        told = report(operation, request.actor, as_of=form.as_of, closely_up_to=WAITED_FOR)
        return FORMATS[file_format](replace(told, made=line))

    name = f"{operation.reference}-figures.{ending_of(file_format)}"
    state = state_of(operation, request.actor, form.as_of)
    made = made_by(request.user.get_full_name(), form.as_of)
    return _sent(request, lambda: written(made.line), file_format, name, state=state, made=made)


@staff
def dictionary(request: StaffRequest, reference: str) -> HttpResponse:
    """Send the data dictionary of the CSV."""
    operation = operation_or_404(request, reference)
    return _sent(
        request, dictionary_csv, "csv", f"{operation.reference}-figures-dictionary.csv", state=("dictionary",)
    )


@staff
@opens(What.FIGURES, "chart")
def chart_file(request: StaffRequest, reference: str, chart: str, file_format: str) -> HttpResponse:
    """Send a chart as SVG or PNG, or what stands behind it as CSV; ``table-NAME.csv`` is one of the page's tables."""
    operation = operation_or_404(request, reference)
    form = read_figures(request.GET, operation)
    if form.all_problems:
        return _refused(form.all_problems)
    try:
        if chart in RETURNS:
            returned = kept_resurfacing(
                operation, request.actor, part=form.part, as_of=form.as_of, happened=form.happened
            )
            found = _named(returns_charts(operation, returned, wide=True), chart)
            moment = form.as_of or timezone.now()
        elif chart in DETAIL_CHARTS:
            closer = kept_detail(
                operation, request.actor, part=form.part, as_of=form.as_of, happened=form.happened
            )
            found = _named(detail_charts(operation, closer), chart)
            moment = form.as_of or timezone.now()
        else:
            figures = read(operation, request.actor, form)
            moment = figures.found.as_of
            if chart.startswith("table-") and file_format == "csv":
                return _table(request, operation, figures, chart.removeprefix("table-"))
            found = _named(charts_of(operation.reference, figures), chart)
    except TooLargeError:
        return _refused([_("Too many referrals to count one by one while you wait: narrow the part.")])
    except (NotSettledError, ValueError) as error:
        return _refused([str(error)])
    name = f"{operation.reference}-{chart}.{file_format}"
    if file_format == "csv":
        return _sent(
            request,
            lambda: _csv([found.heads, *([plain(cell) for cell in line] for line in found.lines)]),
            "csv",
            name,
        )
    if file_format not in ("svg", "png"):
        raise Http404(_("There is no such format."))
    below = _("%(operation)s, as of %(moment)s") % {
        "operation": f"{operation.reference} {operation.name}",
        "moment": format_date(timezone.localtime(moment), "j M Y H:i:s T"),
    }
    if form.is_narrowed:
        below += ". " + "; ".join(f"{label}: {value}" for label, value in form.said())
    picture = svg_file(str(found.drawn), found.title, below)
    return _sent(request, lambda: picture if file_format == "svg" else png_file(picture), file_format, name)


def _named(drawn: Iterable[Chart], name: str) -> Chart:
    for one in drawn:
        if one.name == name:
            return one
    raise Http404(_("There is no such chart of these figures."))


def _table(request: StaffRequest, operation: Operation, figures: Figures, name: str) -> HttpResponse:
    for table in figures.tables():
        if table.name == name:
            heads = [figures.form.by, "name", *(measure.name for measure in table.measures)]
            lines = [[key, called, *map(plain, values)] for key, called, values in table.lines]
            lines.append(["", "all", *map(plain, table.total)])
            return _sent(
                request,
                partial(_csv, [heads, *lines]),
                "csv",
                f"{operation.reference}-{name}-by-{figures.form.by}.csv",
            )
    raise Http404(_("There is no such table of these figures."))


def _csv(lines: Iterable[Iterable[Any]]) -> bytes:
    return "".join(csv_lines([list(line) for line in lines], bom=True)).encode()


def _refused(problems: Iterable[str]) -> HttpResponse:
    """Say why there is no file: one with other figures than asked for would be worse."""
    return HttpResponse("\n".join(problems) + "\n", content_type="text/plain; charset=utf-8", status=422)


def _sent(
    request: StaffRequest,
    written: Callable[[], bytes],
    file_format: str,
    name: str,
    *,
    state: tuple[Any, ...] = (),
    made: Made | None = None,
) -> HttpResponse:
    """Send a file. With a state that names all it rests on, whoever has it already is told so and nothing is made."""
    etag = ""
    if state:
        asks = (request.actor.sees_everything, sorted(map(str, request.actor.agencies)), get_language(), name)
        tag = hashlib.sha256(repr((asks, state)).encode()).hexdigest()[:32]
        etag = weak(tag)  # a file says when it was made
        if is_named(request.headers.get("If-None-Match"), tag):
            return HttpResponse(status=304, headers={"ETag": etag})
    try:
        content = written()
    except (NotSettledError, ValueError) as error:
        return _refused([str(error)])
    made = made or made_by(request.user.get_full_name())
    response = HttpResponse(
        content, content_type=TYPES[file_format], headers=made.kept(name, content, request.GET.urlencode())
    )
    if etag:
        response.headers["ETag"] = etag
    return response
