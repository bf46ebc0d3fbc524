"""The cells of a list of referrals, as ``web/columns.py`` names them. A page has hundreds, so they are put together here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from takedowns.pages.templatetags.plain import NOTHING, minute, words
from takedowns.referrals.models import Referral
from takedowns.referrals.templatetags.marks import availability_mark, status_mark
from takedowns.web.columns import Column

register = template.Library()

#: By the column's name: the cell's class, and what stands in it.
_CELLS: Final[dict[str, tuple[str, Callable[[Referral, str], object]]]] = {
    "status": ("", lambda referral, _: status_mark(referral.status)),
    "seen": ("", lambda referral, _: availability_mark(referral.availability)),
    "platform": ("", lambda referral, _: f"{referral.platform}, {words(referral.item.kind)}"),
    "outlet": ("", lambda referral, _: referral.item.outlet or NOTHING),
    "agency": ("name", lambda referral, _: referral.agency),
    "tier": ("nowrap", lambda referral, _: referral.priority),
    "language": ("", lambda referral, _: referral.language or NOTHING),
    "group": ("", lambda referral, _: referral.listed_group or NOTHING),
    "submitted": ("nowrap", lambda referral, _: minute(referral.submitted_at)),
    "referred": ("nowrap", lambda referral, _: minute(referral.referred_at)),
    "decided": ("nowrap", lambda referral, _: minute(referral.decided_at)),
    "reference": ("nowrap", lambda _, reference: format_html("<code>{}</code>", reference)),
}


_BEGINS: Final = {
    name: format_html("<td{}>", format_html(' class="{}"', style) if style else "")
    for name, (style, _) in _CELLS.items()
}


@register.simple_tag
def cells(shown: Iterable[Column], referral: Referral, reference: str) -> SafeString:
    """Return the cells of one referral's row, one for each column that is shown."""
    return format_html_join(
        "\n",
        "{}{}</td>",
        ((_BEGINS[one.name], _CELLS[one.name][1](referral, reference)) for one in shown),
    )
