"""Figures as the pages of figures write them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from takedowns.figures.values import Share
from takedowns.pages.templatetags.plain import NOTHING, duration, number

register = template.Library()

_FORMATS = {"jsonstat": "JSON-stat"}


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
def per_cent(value: float | None) -> str:
    """Write a share of 100 with one place."""
    return NOTHING if value is None else _("%(share)s %%") % {"share": number_format(f"{value:.1f}", 1)}


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
    """Write what a format is called."""
    return _FORMATS.get(name, name.upper())


@register.simple_tag(takes_context=True)
def only(context: dict[str, Any], dimension: str, key: str) -> str:
    """Return the query of this page narrowed to one value; lines then are by platform again where they were by that."""
    parameters: QueryDict = context["request"].GET.copy()
    parameters[dimension] = key
    if dimension != "platform":
        parameters.pop("by", None)
    return f"?{parameters.urlencode()}"
