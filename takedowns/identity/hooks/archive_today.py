"""archive.today: a copy that is named by its time and the address it shows, which is named as its target."""

from __future__ import annotations

import re

from ..model import Address, Match
from .archive_org import copy_of

# Links of RFC 7089 write the time in one run, the site's own "2019.11.21-140500".
_COPY = re.compile(
    r"/([0-9]{4}(?:[0-9]{10}|[0-9]{4}|\.[0-9]{2}\.[0-9]{2}(?:-[0-9]{6})?)|newest|oldest)/((?:https?:/{1,2})?)([^/].*)",
    re.ASCII | re.DOTALL,
)


def web(address: Address) -> Match | None:
    """Read ``/TIME/URL`` and ``/newest/URL``; everything else is left to the file."""
    found = _COPY.fullmatch(address.path)
    if found is None:
        return None
    stamp = found[1].replace(".", "").replace("-", "")
    return copy_of(address, f"{stamp}/", "https://archive.today/", found[2], found[3])
