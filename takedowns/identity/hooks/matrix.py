"""Matrix: matrix.to, Element and Riot fragments, and ``matrix:`` URIs (Matrix specification, appendix "URIs").

An identifier is sigil + local part + ":" + server. It is compared exactly: servers are case-sensitive in
identifiers as the specification writes them, and old user ids may hold capital letters.
"""

from __future__ import annotations

import re

from ..encoding import decode_fragment, quote
from ..model import Address, Kind, Match

_ID = re.compile(r"[@#!+][^\s/?\x00-\x1f]{1,254}", re.ASCII)
_SERVER = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
_EVENT = re.compile(r"\$[^\s/?]{1,254}", re.ASCII)
_KINDS = {"@": Kind.ACCOUNT, "#": Kind.GROUP, "!": Kind.GROUP, "+": Kind.GROUP}
_SIGILS = {"u": "@", "user": "@", "r": "#", "room": "#", "roomid": "!", "g": "+", "group": "+"}
# Opaque room identifiers of newer room versions have no server part.
_OPAQUE = re.compile(r"![A-Za-z0-9_-]{43}", re.ASCII)


def web(address: Address) -> Match | None:
    """Read the fragment of a permalink, such as ``#/#room:server/$event?via=server``."""
    fragment = address.fragment.lstrip("/")
    for prefix in ("room/", "user/", "group/", "#/"):
        fragment = fragment.removeprefix(prefix)
    return _permalink(fragment)


def app(address: Address) -> Match | None:
    """Read what follows ``matrix:``, such as ``r/room:server/e/event`` (MSC 2312)."""
    path = address.path.partition("?")[0].partition("#")[0].removeprefix("//")
    parts = path.split("/")
    if len(parts) not in (2, 4) or parts[0] not in _SIGILS:
        return None
    event = ""
    if len(parts) == 4:
        if parts[2] not in ("e", "event") or parts[0] in ("u", "user"):
            return None
        event = "$" + decode_fragment(parts[3])
    return _item(_SIGILS[parts[0]] + decode_fragment(parts[1]), event)


def _permalink(fragment: str) -> Match | None:
    identifier, _, event = fragment.partition("?")[0].partition("/")
    return _item(decode_fragment(identifier), decode_fragment(event.strip("/")))


def _item(identifier: str, event: str) -> Match | None:
    if not _ID.fullmatch(identifier):
        return None
    local, colon, server = identifier[1:].partition(":")
    if not (colon and local and _SERVER.fullmatch(server)) and not _OPAQUE.fullmatch(identifier):
        return None
    if not event:
        return Match(_KINDS[identifier[0]], identifier, f"https://matrix.to/#/{_escape(identifier)}")
    if identifier[0] not in "#!" or not _EVENT.fullmatch(event):
        return None
    return Match(
        Kind.MESSAGE, f"{identifier}/{event}", f"https://matrix.to/#/{_escape(identifier)}/{_escape(event)}"
    )


def _escape(text: str) -> str:
    return quote(text.replace("%", "%25").replace("?", "%3F"))
