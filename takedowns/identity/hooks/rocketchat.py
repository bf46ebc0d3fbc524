"""Rocket.Chat: go.rocket.chat addresses, which carry the server in ?host= and the room in ?path=."""

from __future__ import annotations

import re

from ..encoding import compose, pairs, quote_value
from ..model import Address, Kind, Match

_SERVER = re.compile(r"(?:https?://)?((?:[a-z0-9][a-z0-9-]*\.)+[a-z][a-z0-9-]+(?::[0-9]{1,5})?)/?", re.ASCII)
_ROOM = re.compile(
    r"(channel|group|direct)/([^/?#\s\\%\x00-\x1f\x7f][^/?#\\%\x00-\x1f\x7f]{0,199})(?:[/?#].*)?", re.DOTALL
)
_INVITE = re.compile(r"(invite)/([A-Za-z0-9_-]{3,64})/?", re.ASCII)
_THREAD = re.compile(r"/thread/([A-Za-z0-9]{3,64})", re.ASCII)
_MESSAGE = re.compile(r"[A-Za-z0-9]{3,64}", re.ASCII)
_KINDS = {"channel": Kind.CHANNEL, "group": Kind.GROUP, "direct": Kind.ACCOUNT, "invite": Kind.GROUP}
# Sites of the company, no workspaces.
_COMPANY = frozenset(
    f"{name}.rocket.chat" for name in ("go", "forums", "docs", "developer", "cloud", "marketplace")
)


def web(address: Address) -> Match | None:
    """Read go.rocket.chat/room?host=…&path=… and /invite?host=…&path=…; every other host is left to the file.

    Only host, path and message are looked at: a token or user id in the link is never read.
    """
    if address.host != "go.rocket.chat":
        return None
    given: dict[str, str] = {}
    for name, value in pairs(address.search):
        given.setdefault(name, value)
    path = given.get("path", "").lstrip("/")
    server = _SERVER.fullmatch(given.get("host", "").lower())
    room = _INVITE.fullmatch(path) or _ROOM.fullmatch(path)
    if server is None or room is None or server[1] in _COMPANY:
        return None
    host = server[1].removeprefix("www.")
    place = f"{room[1]}/{compose(room[2])}"
    message = _message(path, given) if room[1] != "invite" else ""
    if message and not _MESSAGE.fullmatch(message):
        return None
    if host.endswith(".rocket.chat"):
        url = f"https://{host}/{quote_value(place)}" + (f"?msg={message}" if message else "")
    else:
        # A browser would open the server itself, but only this form says that it runs Rocket.Chat.
        url = f"https://go.rocket.chat/room?host={host}&path={quote_value(place)}" + (
            f"&msg={message}" if message else ""
        )
    if message:
        return Match(Kind.MESSAGE, f"{host}/{place}/msg/{message}", url)
    return Match(_KINDS[room[1]], f"{host}/{place}", url)


def _message(path: str, given: dict[str, str]) -> str:
    thread = _THREAD.search(path)
    inside = path.partition("?msg=")[2].partition("&")[0]
    return inside or given.get("messageId") or given.get("msg") or (thread[1] if thread else "")
