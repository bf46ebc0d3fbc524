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
    return copy_of(address, f"web/{found[1]}/", "https://web.archive.org/", found[2], found[3])


def copy_of(address: Address, name: str, archive: str, scheme: str, rest: str) -> Match:
    """Return the copy of a page that an archive names by ``name`` and the address it shows, ``scheme`` and ``rest``.

    What stands behind the path in the copy's own address belongs to the one it shows.
    """
    scheme = scheme.rstrip("/")
    if address.search:
        rest += "?" + address.search
    if address.fragment:
        rest += "#" + address.fragment
    # The archive itself looks an address up without scheme, "www." and default port.
    shown = re.sub(r"^(?:www\.)?([^/?#:]+)(?::(?:80|443))?(?=[/?#]|$)", lambda host: host[1].lower(), rest)
    target = quote(f"{scheme or 'http:'}//{rest}")
    return Match(Kind.ARCHIVED_COPY, name + shown, f"{archive}{name}{target}", target)
