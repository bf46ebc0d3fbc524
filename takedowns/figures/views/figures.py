"""The figures of an operation: measures and pictures of a part that stands in the address; what came back; two side by side."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from takedowns.access_log.declaring import opens
from takedowns.access_log.vocabulary import What
from takedowns.figures.charts.compare import Pair, compare_svg
from takedowns.figures.definitions import CHAPTERS
from takedowns.figures.detail import Detail
from takedowns.figures.detail_page import detail_charts, groups_of
from takedowns.figures.exports import FORMATS
from takedowns.figures.kept import kept_detail, kept_resurfacing
from takedowns.figures.measures import MEASURES, UNIT_OF_COUNT, ShareMeasure
from takedowns.figures.moment import NotSettledError
from takedowns.figures.page_charts import Chart, charts_of, returns_charts
from takedowns.figures.parameters import FiguresForm, read_figures
from takedowns.figures.queries import Figures, read
from takedowns.figures.register.services import may_read
from takedowns.figures.return_measures import RETURN_MEASURES
from takedowns.figures.slices import ALL_MEASURES, Sliced, TooLargeError, time_limit
from takedowns.figures.values import Share
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.models import Operation
from takedowns.referrals.shortcuts import operation_or_404

#: What the picture of a comparison shows, each as a share of what was referred.
COMPARED: Final = ("acknowledged", "removed", "removed_and_gone", "removed_but_online", "declined", "open")


#: What is no part of what was referred, so that a share of it would say nothing.
NO_PART: Final = ("handed_in", "in_review", "rejected", "withdrawn", "co_referred", "referred")


@staff
@opens(What.FIGURES)
def figures_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the measures and pictures of the part that the address names."""
    operation = operation_or_404(request, reference)
    form = read_figures(request.GET, operation)
    figures, refused = _read(operation, request, form)
    return render(
        request,
        "figures/figures.html",
        {
            "operation": operation,
            "form": form,
            "figures": figures,
            "refused": refused,
            **_shown(figures, operation.reference),
            "unit_of_count": UNIT_OF_COUNT,
            "formats": [*FORMATS],
            "further_query": form.query(),
            "as_of_only": form.moment_query(),
            "reads_register": may_read(request.actor, operation),
            "threshold": settings.PUBLICATION_THRESHOLD,
        },
        status=200 if figures else 422,
    )


@staff
@opens(What.FIGURES)
def across_page(request: StaffRequest) -> HttpResponse:
    """Show the measures of all operations that the reader may see, or of the part of them that the address names."""
    operations = list(Operation.objects.visible_to(request.actor).order_by("-starts", "reference"))
    form = read_figures(request.GET, operations)
    figures, refused = None, ""
    try:
        with time_limit():
            figures = read(operations, request.actor, form)
    except (TooLargeError, NotSettledError, ValueError) as error:
        refused = _why(error)
    return render(
        request,
        "figures/across.html",
        {
            "form": form,
            "figures": figures,
            "refused": refused,
            **_shown(figures, _("All operations")),
            "unit_of_count": UNIT_OF_COUNT,
        },
        status=200 if figures else 422,
    )


@staff
def definitions_page(request: StaffRequest) -> HttpResponse:
    """Say what each figure means: the page that every number leads to."""
    return render(request, "figures/definitions.html", {"chapters": CHAPTERS, "unit_of_count": UNIT_OF_COUNT})


def _shown(figures: Figures | None, called: str) -> dict[str, Any]:
    """Return what the templates show of figures: the four answers, tables and pictures."""
    if figures is None:
        return {"answers": [], "tables": [], "columns": []}
    return {
        "answers": figures.answers(),
        "tables": figures.tables(),
        "columns": _two_columns(charts_of(called, figures)),
    }


@staff
@opens(What.FIGURES)
def came_back_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show what came back, as far as the reader may see the outlets' items."""
    operation = operation_or_404(request, reference)
    form = read_figures(request.GET, operation)
    found, refused = None, ""
    try:
        form.require_moment()
        found = kept_resurfacing(
            operation, request.actor, part=form.part, as_of=form.as_of, happened=form.happened
        )
    except TooLargeError:
        refused = _("This operation has too many looks to go through while you wait; the report command can.")
    except (NotSettledError, ValueError) as error:
        refused = str(error)
    return render(
        request,
        "figures/resurfacing.html",
        {
            "operation": operation,
            "form": form,
            "found": found,
            "refused": refused,
            "measures": [(one, getattr(found, name)) for name, one in RETURN_MEASURES.items()]
            if found
            else [],
            "charts": returns_charts(operation, found) if found else [],
            "further_query": form.query(),
        },
        status=200 if found else 422,
    )


@staff
@opens(What.FIGURES)
def closer_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show the figures that are read one by one: why not, how fast to answer, the hour of orders, word against eye, errors."""
    operation = operation_or_404(request, reference)
    form = read_figures(request.GET, operation)
    found: Detail | None = None
    refused = ""
    try:
        form.require_moment()
        found = kept_detail(
            operation, request.actor, part=form.part, as_of=form.as_of, happened=form.happened
        )
    except TooLargeError:
        refused = _(
            "This operation has too many referrals to read one by one while you wait; the report command and the nightly files can."
        )
    except (NotSettledError, ValueError) as error:
        refused = str(error)
    return render(
        request,
        "figures/detail.html",
        {
            "operation": operation,
            "form": form,
            "refused": refused,
            "groups": groups_of(found) if found else [],
            "charts": detail_charts(operation, found) if found else [],
            "further_query": form.query(),
        },
        status=200 if found else 422,
    )


@staff
@opens(What.FIGURES)
def compare_page(request: StaffRequest, reference: str) -> HttpResponse:
    """Show two operations, or two periods or parts of one, side by side. Parameters of the other side begin with ``with_``."""
    operation = operation_or_404(request, reference)
    operations = list(Operation.objects.visible_to(request.actor).order_by("-starts", "reference"))
    asked = request.GET.get("with", operation.reference).upper()
    other = next((one for one in operations if one.reference == asked), operation)
    one_form, other_form = read_figures(request.GET, operation), read_figures(request.GET, other, "with_")
    one = two = None
    try:
        with time_limit():
            one = read(operation, request.actor, one_form, lines=False)
            two = read(other, request.actor, other_form, lines=False)
        refused = ""
    except (TooLargeError, NotSettledError, ValueError) as error:
        refused = _why(error)
    names = (_name(operation, one_form), _name(other, other_form))
    lines = _compared(one.found, two.found) if one and two else []
    chart = None
    if one and two:
        pairs = [
            Pair(_(MEASURES[name].label), *(_percent(found, name) for found in (one.found, two.found)))
            for name in COMPARED
            if one.found.knows(name) and two.found.knows(name)
        ]
        title = _("Shares of what was referred")
        chart = Chart("compare", title, compare_svg(title, names, pairs), [], [])
    return render(
        request,
        "figures/compare.html",
        {
            "operation": operation,
            "other": other,
            "operations": operations,
            "form": one_form,
            "other_form": other_form,
            "names": names,
            "lines": lines,
            "chart": chart,
            "refused": refused,
            "unknown": asked if asked != other.reference else "",
        },
        status=200 if one and two else 422,
    )


def _read(operation: Operation, request: StaffRequest, form: FiguresForm) -> tuple[Figures | None, str]:
    try:
        return read(operation, request.actor, form), ""
    except (TooLargeError, NotSettledError, ValueError) as error:
        return None, _why(error)


def _why(error: Exception) -> str:
    if isinstance(error, TooLargeError):
        return _(
            "Language, outlet, listed group and days are counted from the referrals one by one, and this part has too many of"
            " them to count while you wait. Take fewer days, or leave those filters out: the other figures are always ready."
        )
    return str(error)


def _two_columns(charts: list[Chart]) -> list[list[Chart]]:
    """Return the charts in two columns of about one height: what has a bar for each line is the taller."""
    low = [chart for chart in charts if chart.name in ("hours", "times")]
    tall = [chart for chart in charts if chart not in low]
    return [low, tall] if len(low) > 1 else [tall[:1] + low, tall[1:]]


def _name(operation: Operation, form: FiguresForm) -> str:
    said = "; ".join(f"{str(name).lower()} {value}" for name, value in form.said())
    return f"{operation.reference} ({said})" if said else operation.reference


def _percent(found: Sliced, name: str) -> float | None:
    referred = found.total.values["referred"]
    return 100 * found.total.values[name] / referred if referred else None


def _compared(one: Sliced, two: Sliced) -> list[dict[str, Any]]:
    """Return a line for each measure both sides know: values, difference, and shares of referred with theirs."""
    lines = []
    for name, measure in ALL_MEASURES.items():
        if not (one.knows(name) and two.knows(name)):
            continue
        values = (one.total.values[name], two.total.values[name])
        line: dict[str, Any] = {"measure": measure, "one": values[0], "two": values[1]}
        if isinstance(measure, ShareMeasure) or isinstance(values[0], Share):
            shares = [value.percent if isinstance(value, Share) else None for value in values]
            line |= {"is_share": True, "points": _difference(*shares)}
        elif isinstance(values[0], timedelta) or isinstance(values[1], timedelta) or None in values:
            line |= {"is_time": True, "longer": _difference(*values)}
        else:
            shares = [_percent(found, name) for found in (one, two)]
            line |= {"difference": values[1] - values[0]}
            if name not in NO_PART:
                line |= {"shares": shares, "points": _difference(*shares)}
        lines.append(line)
    return lines


def _difference(one: Any, two: Any) -> Any:
    return None if one is None or two is None else two - one
