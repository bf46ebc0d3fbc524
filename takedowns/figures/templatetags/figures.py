"""Figures as the pages of figures write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.figures.behind import filters_of, list_behind
from takedowns.figures.definitions import DEFINED
from takedowns.figures.measures import Measure
from takedowns.figures.parameters import FiguresForm
from takedowns.figures.values import Share
from takedowns.pages.templatetags.plain import NOTHING, duration, number, per_cent

register = template.Library()

_FORMATS = {"jsonstat": "JSON-stat"}
#: What a picture among the files of a publication shows, before its format.
_PICTURES = {"hours": gettext_lazy("Hours"), "steps": gettext_lazy("Steps")}


@register.filter
def figure(value: Any) -> str:
    """Write a count, a share or a time; words stay as they are, and what is not there is a dash."""
    if isinstance(value, Share):
        return per_cent(value.percent)
    if isinstance(value, timedelta):
        return duration(value)
    if isinstance(value, str):
        return value
    return number(value)


@register.filter
def figure_of(value: Any) -> str:
    """Write a value as :func:`figure`, a share with what it rests on: 81.2 % (812 of 1,000)."""
    if isinstance(value, Share) and value.denominator:
        parts = _("%(number)s of %(all)s") % {
            "number": number(value.numerator),
            "all": number(value.denominator),
        }
        return format_html('{} <span class="muted small nowrap">{}</span>', per_cent(value.percent), parts)
    return figure(value)


register.filter(per_cent)


@register.filter
def signed(value: Any) -> str:
    """Write a difference with its sign: +12, -3 (a true minus), 0; points with one place, times in words. Nothing (a line without one) is a dash."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, timedelta):
        sign = "\N{MINUS SIGN}" if value < timedelta(0) else "+" if value else ""
        return sign + duration(abs(value))
    shown = number_format(f"{abs(value):.1f}", 1) if isinstance(value, float) else number(abs(value))
    sign = "\N{MINUS SIGN}" if value < 0 else "+" if value > 0 else ""
    return sign + shown


@register.filter
def words_of(text: str) -> list[str]:
    """Return the words of a text, to go through them."""
    return text.split()


@register.filter
def format_name(name: str) -> str:
    """Write what a format is called: CSV, JSON-stat; of a picture what it shows, too: Hours, PNG."""
    picture, dot, ending = name.rpartition(".")
    return f"{_PICTURES[picture]}, {ending.upper()}" if dot else _FORMATS.get(name, name.upper())


@register.simple_tag
def named(name: str) -> str:
    """Write what a measure is called."""
    return _(DEFINED[name].label)


@register.simple_tag
def defined(name: str) -> SafeString:
    """Write what a measure is called, leading to what it means."""
    return format_html(
        '<a class="defined" href="{}#{}">{}</a>', reverse("web:figures-definitions"), name, named(name)
    )


@register.simple_tag
def counted(name: str, counts: Any, operation: Any = None, platform: str = "") -> SafeString | str:
    """Write a measure of an operation, or of one of its platforms, leading to the list behind it."""
    value = getattr(counts, name)
    told = figure(value)
    address = (
        list_behind(operation.reference, name, {"platform": (platform,)} if platform else None)
        if operation and value
        else ""
    )
    return format_html('<a class="behind" href="{}">{}</a>', address, told) if address else told


@register.simple_tag
def told(
    form: FiguresForm, measure: Measure, value: Any, key: str = "", of_line: str = ""
) -> SafeString | str:
    """Write a measure of a line of a table of figures (or of all), leading to the list behind it where the list can say it."""
    shown = figure_of(value)
    where = filters_of(form, key, of_line=bool(of_line)) if value else None
    if where is None or (isinstance(value, Share) and not value.numerator):
        return shown
    address = list_behind(where[0], measure.name, where[1])
    return format_html('<a class="behind" href="{}">{}</a>', address, shown) if address else shown


@register.simple_tag(takes_context=True)
def only(context: dict[str, Any], dimension: str, key: str) -> str:
    """Return the query of this page narrowed to one value; lines then are by platform again where they were by that."""
    parameters: QueryDict = context["request"].GET.copy()
    parameters[dimension] = key
    if dimension != "platform":
        parameters.pop("by", None)
    return f"?{parameters.urlencode()}"
