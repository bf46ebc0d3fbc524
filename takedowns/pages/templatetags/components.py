"""What every page is put together from: tables, pagers, notices, empty states. ``/components/`` shows each (with ``DEBUG``).

A table is a region of its own that scrolls sideways, can be reached by keyboard and has a name, so that no column is lost at
320 px (WCAG 2.2, 1.4.10 and 2.1.1).
"""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from takedowns.pages.templatetags.links import query

register = template.Library()

#: What a notice is to assistive software where the page does not say it otherwise: what went wrong is said at once.
_ROLES: Final = {"bad": "alert"}


@register.simple_block_tag(end_name="endtable")
def table(
    content: str, labelled_by: str = "", *, label: str = "", look: str = "dense", region: str = ""
) -> SafeString:
    """Put rows in a table that scrolls inside a region of its own.

    Args:
        labelled_by: id of the heading above it.
        label: its name, where no heading stands above it.
        look: class of the table; ``dense`` for lists that are read down, empty for a few rows.
        region: further classes of the region, such as ``selection``.
    """
    named = (
        format_html('aria-labelledby="{}"', labelled_by)
        if labelled_by
        else format_html('aria-label="{}"', label)
    )
    look_of = format_html(' class="{}"', look) if look else ""
    return format_html(
        '<div class="{}" role="region" {} tabindex="0"><table{}>{}</table></div>',
        f"table-region {region}".rstrip(),
        named,
        look_of,
        content,
    )


@register.simple_tag
def column(label: str, look: str = "", *, spoken: bool = False) -> SafeString:
    """Write the header of a column; ``spoken`` is for one that needs no words on the page, only for screen readers."""
    look_of = format_html(' class="{}"', look) if look else ""
    words = format_html('<span class="for-readers">{}</span>', label) if spoken else label
    return format_html('<th scope="col"{}>{}</th>', look_of, words)


@register.simple_block_tag(end_name="endnotice")
def notice(content: str, look: str = "", *, role: str = "") -> SafeString:
    """Say something that must not be passed over: ``bad``, ``warn``, ``good``, or nothing of these.

    ``role`` is ``alert`` for what went wrong, ``status`` for what was done, ``note`` for what stands there anyway.
    """
    role = role or _ROLES.get(look, "")
    role_of = format_html(' role="{}"', role) if role else ""
    return format_html('<div class="{}"{}>{}</div>', f"notice {look}".rstrip(), role_of, content)


@register.simple_block_tag(end_name="endempty_state")
def empty_state(content: str) -> SafeString:
    """Say that there is nothing, why, and where to go from here."""
    return format_html('<div class="empty">{}</div>', content)


@register.simple_block_tag(end_name="endpager")
def pager(content: str, label: str) -> SafeString:
    """Lead through the pages of a list; ``label`` names it for screen readers. Its links are ``page_link``."""
    return format_html('<nav aria-label="{}"><ul class="pager">{}</ul></nav>', label, content)


@register.simple_tag(takes_context=True)
def page_link(
    context: dict[str, Any], label: str, rel: str = "", *, there: object = True, **changes: object
) -> SafeString:
    """Link to another page of a list, keeping what the address says; grey where there is none.

    Args:
        rel: ``next`` or ``prev``, where it is the page beside this one.
        there: whether that page exists.
        changes: parameters that lead there; dropped from the address where empty.
    """
    if not there:
        return format_html('<li><span class="button" aria-disabled="true">{}</span></li>', label)
    rel_of = format_html(' rel="{}"', rel) if rel else ""
    return format_html(
        '<li><a class="button"{} href="{}">{}</a></li>', rel_of, query(context, **changes), label
    )
