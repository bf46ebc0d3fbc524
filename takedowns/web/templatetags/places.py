"""The places of an operation, as its pages show them: for whom, and which one is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import template
from django.urls import reverse

from takedowns.access.actor import Actor
from takedowns.referrals.models import Operation
from takedowns.referrals.permissions import MAY_CORRECT, agencies_with_a_role
from takedowns.web.places import PLACES, elsewhere, place_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

register = template.Library()


@dataclass(frozen=True)
class Link:
    """A link of the navigation; ``current`` is its aria-current: "page", "true" for what lies behind it, or "".

    Attributes:
        pages: of a place, the links to its pages.
    """

    key: str
    label: _StrPromise
    address: str
    current: str
    pages: tuple[Link, ...] = ()


@register.simple_tag(takes_context=True)
def places(context: dict[str, Any], operation: Operation) -> list[Link]:
    """Return the places that the actor is offered in an operation. No statement."""
    actor: Actor = context["request"].actor
    name = context["request"].resolver_match.url_name
    open_place, open_page = place_of(name) or (None, None)
    links = []
    for place in PLACES:
        pages = tuple(
            Link(
                page.name,
                page.label,
                reverse(f"web:{page.name}", args=[operation.reference]) + page.query,
                _current(page is open_page and not page.query, page.name == name),
            )
            for page in place.pages
            if page.for_whom(actor)
        )
        if pages:
            is_first = place is open_place and pages[0].current == "page"
            links.append(
                Link(place.key, place.label, pages[0].address, _current(place is open_place, is_first), pages)
            )
    return links


@register.simple_tag(takes_context=True)
def may_submit(context: dict[str, Any]) -> bool:
    """Tell whether the actor may hand lists in at all: an auditor does not. No statement."""
    actor: Actor = context["request"].actor
    return bool(agencies_with_a_role(actor, MAY_CORRECT))


@register.filter
def place_in(operation: dict[str, str], request: Any) -> str:
    """Return the address in another operation of the place that is open: the same page where everybody may open it."""
    found = place_of(request.resolver_match.url_name)
    page = elsewhere(*found) if found else "board"
    return reverse(f"web:{page}", args=[operation["reference"]])


def _current(is_within: bool, is_page: bool) -> str:
    return ("page" if is_page else "true") if is_within else ""
