"""Rocket.Chat: go.rocket.chat addresses, which carry the server in ?host= and the room in ?path=."""

from __future__ import annotations

import re

from ..encoding import pairs, quote
from ..model import Address, Kind, Match

_SERVER = re.compile(r"(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?)/?", re.ASCII)
_ROOM = re.compile(
    r"(channel|group|direct|invite)/([^/?#]{1,200})(?:/thread/([A-Za-z0-9]{3,64}))?(?:[/?#].*)?", re.ASCII
)
_MESSAGE = re.compile(r"[A-Za-z0-9]{3,64}", re.ASCII)
_KINDS = {"channel": Kind.CHANNEL, "group": Kind.GROUP, "direct": Kind.ACCOUNT, "invite": Kind.GROUP}


def web(address: Address) -> Match | None:
    """Read go.rocket.chat/room?host=…&path=… and /invite?host=…&path=…; every other host is left to the file.

    Only host, path and message are looked at: a token or user id in the link is never read.
    """
    if address.host != "go.rocket.chat":
        return None
    host = path = message = ""
    for name, value in pairs(address.search):
        if name == "host":
            host = host or value.lower()
        elif name == "path":
            path = path or value.lstrip("/")
        elif name in ("messageId", "msg"):
            message = message or value
    server = _SERVER.fullmatch(host)
    room = _ROOM.fullmatch(path)
    if server is None or room is None:
        return None
    inner = path.partition("?msg=")[2].partition("&")[0] or message or room[3] or ""
    place = f"{server[1].removeprefix('www.')}/{room[1]}/{room[2]}"
    if inner and room[1] != "invite":
        if not _MESSAGE.fullmatch(inner):
            return None
        return Match(Kind.MESSAGE, f"{place}/msg/{inner}", quote(f"https://{place}?msg={inner}"))
    return Match(_KINDS[room[1]], place, quote(f"https://{place}"))
