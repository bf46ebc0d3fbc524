"""Links to running the place: shown to whom they are meant for; the rules are asked, not repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from takedowns.access.actor import Actor
from takedowns.directory import changes
from takedowns.installation.switches import Way, is_on

register = template.Library()

#: The pages an administrator finds under "Administration", by the tab they belong to.
SECTIONS: Final = {
    "people": ("people", "person", "people-log", "people-requests", "pseudonym"),
    "agencies": ("agencies", "agency"),
    "platforms": ("platforms", "platform", "platform-make"),
    "groups": (
        "listed-groups",
        "listed-group",
        "listed-group-add",
        "listed-groups-import",
        "listed-groups-typed",
    ),
    "keys": ("keys", "key", "key-certificates", "key-make", "key-rotate"),
    "looks": ("looks", "alarms", "check-file", "ledger"),
    "retention": ("retention", "legal-holds", "legal-hold-release", "data-report", "disclosures"),
    "partners": ("deconfliction", "deconfliction-add", "deconfliction-partner"),
    "jobs": ("jobs",),
}


@register.filter
def may_declare(actor: Actor) -> bool:
    """Tell whether the actor makes platforms and declares hosts."""
    return changes.may_declare(actor)


@register.filter
def may_administer(actor: Actor) -> bool:
    """Tell whether the actor looks after agencies and API keys."""
    return changes.may_administer(actor)


@register.filter
def is_administering(page: str) -> bool:
    """Tell whether a page is one of those under "Administration". No statement."""
    return any(page in pages for pages in SECTIONS.values())


@register.inclusion_tag("directory/parts/make_platform.html", takes_context=True)
def make_platform(context: dict[str, Any], domain: str, hosts: Iterable[str] = ()) -> dict[str, object]:
    """Offer to make a platform of a domain's hosts, and to come back to this page. No statement."""
    request = context["request"]
    query = [("domain", domain), *(("host", host) for host in hosts), ("back", request.path)]
    return {
        "address": f"{reverse('web:platform-make')}?{urlencode(query)}",
        "domain": domain,
        "shown": changes.may_declare(request.actor),
    }


@register.inclusion_tag("directory/parts/administer_tabs.html", takes_context=True)
def administer_tabs(context: dict[str, Any]) -> dict[str, object]:
    """Show an administrator the parts of administering, this page's marked. No statement."""
    request = context["request"]
    page = request.resolver_match.url_name if request.resolver_match else ""
    here = next((one for one, pages in SECTIONS.items() if page in pages), "")
    return {
        "shown": changes.may_administer(request.actor),
        "here": here,
        "partners": is_on(Way.DECONFLICTION),
        "at": "page" if page == here else "true",
    }
