"""The Wayback Machine: a copy is its time stamp and the address it shows, which is named as its target."""

from __future__ import annotations

import re

from ..encoding import quote
from ..model import Address, Kind, Match

_COPY = re.compile(
    r"/(?:web/)?([0-9]{1,14}\*?|\*)(?:[a-z]{2}_)?/((?:https?:/{1,2})?)([^/].*)", re.ASCII | re.DOTALL
)


def web(address: Address) -> Match | None:
    """Read web.archive.org/web/TIMESTAMP/URL (also under archive.org/web/…); everything else is left to the file."""
    if not address.host.startswith(("web", "wayback", "wwwb", "classic-web")) and not address.path.startswith(
        "/web/"
    ):
        return None
    found = _COPY.fullmatch(address.path)
    if found is None:
        return None
    stamp, scheme, rest = found[1], found[2].rstrip("/"), found[3]
    if address.search:
        rest += "?" + address.search
    if address.fragment:
        rest += "#" + address.fragment
    # The archive itself looks an address up without scheme, "www." and default port.
    shown = re.sub(r"^(?:www\.)?([^/?#:]+)(?::(?:80|443))?(?=[/?#]|$)", lambda host: host[1].lower(), rest)
    target = quote(f"{scheme or 'http:'}//{rest}")
    return Match(
        Kind.ARCHIVED_COPY,
        f"web/{stamp}/{shown}",
        f"https://web.archive.org/web/{stamp}/{target}",
        target,
    )
