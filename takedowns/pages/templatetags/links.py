"""Links that keep what the address already says."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import QueryDict

register = template.Library()


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: object) -> str:
    """Return the query string of this page with some parameters set, or dropped where the value is empty."""
    parameters: QueryDict = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.filter
def chosen_columns(parameters: QueryDict) -> list[str]:
    """Return the columns that the address names, to keep them while the filters change."""
    return parameters.getlist("columns")


@register.filter
def filters_asked(parameters: QueryDict) -> list[tuple[str, str]]:
    """Return the filters that the address names, to keep them while the columns change."""
    left_out = ("columns", "after", "before", "last", "one")
    return [(name, value) for name, values in parameters.lists() if name not in left_out for value in values]
