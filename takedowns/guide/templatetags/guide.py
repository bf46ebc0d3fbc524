"""The link on each page to its part of the guide."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from takedowns.guide.places import section_of

register = template.Library()


@register.simple_tag(takes_context=True)
def guide_address(context: dict[str, Any]) -> str:
    """Return where the guide speaks of this page; its beginning where it does not."""
    found = getattr(context["request"], "resolver_match", None)
    section = section_of(found.url_name or "") if found else ""
    return reverse("web:guide") + (f"#{section}" if section else "")
