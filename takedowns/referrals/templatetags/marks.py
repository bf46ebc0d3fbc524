"""Status and availability on a page: a word, a shape and a colour, never colour alone (DESIGN, "Look")."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django import template
from django.utils.safestring import SafeString

from takedowns.pages.marks import CIRCLE, CROSS, SQUARE, Mark, draw
from takedowns.pages.templatetags.plain import stressed
from takedowns.referrals import sentences
from takedowns.referrals.models import Item
from takedowns.referrals.vocabulary import Availability, Status

register = template.Library()


STATUS: Final[dict[str, Mark]] = {
    Status.SUBMITTED: Mark("calm", CIRCLE),
    Status.APPROVED: Mark("calm", CIRCLE + '<path d="M5 8l2 2 4-4"/>'),
    Status.REJECTED: Mark("calm", CIRCLE + '<path d="M4 12L12 4"/>'),
    Status.REFERRED: Mark("busy", '<path d="M2 8h11M8 3l5 5-5 5"/>'),
    Status.ACKNOWLEDGED: Mark("busy", '<path class="solid" d="M3 2l11 6-11 6z"/>'),
    Status.INFORMATION_REQUESTED: Mark("warn", '<path d="M8 1l7 7-7 7-7-7z"/><path d="M8 5v4M8 10v2"/>'),
    Status.REMOVED: Mark("good", SQUARE),
    Status.RESTRICTED: Mark(
        "warn", '<rect x="2" y="2" width="12" height="12"/><path class="solid" d="M2 14V2l12 12z"/>'
    ),
    Status.DECLINED: Mark("bad", CROSS),
    Status.UNAVAILABLE: Mark("calm", '<rect x="2" y="2" width="12" height="12" stroke-dasharray="3 2"/>'),
    Status.WITHDRAWN: Mark("calm", '<path d="M14 8H3M8 3L3 8l5 5"/>'),
    Status.REINSTATED: Mark("bad", '<path d="M8 14V3M3 8l5-5 5 5"/>'),
}
AVAILABILITY: Final[dict[str, Mark]] = {
    Availability.UNKNOWN: Mark("calm", '<path d="M3 8h10"/>'),
    Availability.ONLINE: Mark("bad", '<circle class="solid" cx="8" cy="8" r="3"/>' + CIRCLE),
    Availability.OFFLINE: Mark("good", '<circle cx="8" cy="8" r="6" stroke-dasharray="2 2.7"/>'),
}


@register.simple_tag
def status_mark(status: str, size: str = "") -> SafeString:
    """Return the mark of a referral's status; ``size`` may be "large"."""
    return draw(STATUS[status], str(Status(status).label), size)


@register.simple_tag
def availability_mark(availability: str, size: str = "") -> SafeString:
    """Return the mark of what was last seen; ``size`` may be "large"."""
    return draw(AVAILABILITY[availability], str(Availability(availability).label), size)


@register.filter
def spoken(sentence: str) -> str:
    """Say what identity or a reader of lists said, in the language of the page."""
    return sentences.spoken(str(sentence))


@register.filter
def headers(written: Iterable[str]) -> str:
    """Write columns by their headers, one after the other; one without a header by its number."""
    return ", ".join(map(sentences.header_of, written))


@register.filter
def header(written: str) -> str:
    """Write a column by its header; one without a header by its number."""
    return sentences.header_of(written)


@register.filter
def address(item: Item) -> SafeString:
    """Write an item's address in one fount, the identifying part stressed; never a link to the platform."""
    return stressed(item.url, item.key)
