"""The navigation of a platform's desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import template
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

register = template.Library()

#: The pages that the desk leads to, with those that one comes to from each.
_PAGES: Final[tuple[tuple[str, _StrPromise, tuple[str, ...]], ...]] = (
    ("desk", _("Inbox"), ("desk-referral", "desk-leave", "desk-correct")),
    ("desk-orders", _("Removal orders"), ("desk-order", "desk-order-record")),
    ("desk-complaints", _("Complaints"), ("desk-complain", "desk-complaint-decide")),
    (
        "desk-answers",
        _("Lists"),
        (
            "desk-answers-batch",
            "desk-answers-read",
            "desk-answers-rest",
            "desk-answers-correct",
            "desk-answers-take-back",
        ),
    ),
    ("desk-figures", _("Figures"), ()),
    ("desk-people", _("People"), ()),
    ("desk-alerts", _("Alerts"), ()),
    ("desk-help", _("Help"), ()),
)

#: Of these, the pages that a link opens, too.
_BY_LINK: Final = frozenset({"desk", "desk-orders", "desk-answers"})


@dataclass(frozen=True)
class Tab:
    """A link of the navigation; ``current`` is its aria-current: "page", "true" for what lies behind it, or ""."""

    label: _StrPromise
    address: str
    current: str


@register.simple_tag(takes_context=True)
def desk_tabs(context: dict[str, Any], platform: str) -> list[Tab]:
    """Return the pages of a platform's desk. No statement."""
    shown = context["request"].resolver_match.url_name
    by_link = context["request"].actor.link is not None
    return [
        Tab(
            label,
            reverse(f"web:{name}", args=[platform]),
            "page" if name == shown else "true" if shown in within else "",
        )
        for name, label, within in _PAGES
        if name in _BY_LINK or not by_link
    ]
