"""Links to running the place: shown to whom they are meant for; the rules are asked, not repeated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from takedowns.directory import changes
from takedowns.directory.asking import Asker

register = template.Library()


@register.filter
def may_declare(asker: Asker) -> bool:
    """Tell whether the asker makes platforms and declares hosts."""
    return changes.may_declare(asker)


@register.filter
def may_administer(asker: Asker) -> bool:
    """Tell whether the asker looks after agencies and API keys."""
    return changes.may_administer(asker)


@register.inclusion_tag("web/parts/make_platform.html", takes_context=True)
def make_platform(context: dict[str, Any], domain: str, hosts: Iterable[str] = ()) -> dict[str, object]:
    """Offer to make a platform of a domain's hosts, and to come back to this page. No statement."""
    request = context["request"]
    query = [("domain", domain), *(("host", host) for host in hosts), ("back", request.path)]
    return {
        "address": f"{reverse('web:platform-make')}?{urlencode(query)}",
        "domain": domain,
        "shown": changes.may_declare(request.asker),
    }
