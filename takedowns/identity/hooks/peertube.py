"""PeerTube: the long form of an id (UUID) is brought to its short form, so that both spell one video."""

from __future__ import annotations

import re
import uuid

from ..model import Address, Kind, Match

_ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # flickr base 58, as short-uuid
_UUID = r"([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"
# ";threadId=1" is a parameter; anything else joined to an id leaves in doubt which is meant.
_LONG = re.compile(
    r"/(?:w/|videos/(?:watch|embed|live)/|api/v1/video(?:s/|-(?=playlists/))|(?:download/|static/).*?|video-(?=playlists/))"
    rf"(p(?:laylists?)?/(?:embed/)?)?{_UUID}(?:/.*|;\w+=[^/]*|-[0-9]{{3,4}}(?:-\w+)?\.\w+)?",
    re.ASCII | re.IGNORECASE,
)


def short_id(value: uuid.UUID) -> str:
    """Write a UUID in base 58, padded to 22 characters, as short-uuid does."""
    number, digits = value.int, ""
    while number:
        number, digit = divmod(number, 58)
        digits = _ALPHABET[digit] + digits
    return digits.rjust(22, _ALPHABET[0])


def web(address: Address) -> Match | None:
    """Read addresses that hold a UUID; every other is left to the file."""
    found = _LONG.fullmatch(address.path)
    if found is None:
        return None
    host = address.host.removeprefix("www.")
    short = short_id(uuid.UUID(found[2]))
    if found[1]:
        return Match(Kind.PLAYLIST, f"{host}/p/{short}", f"https://{host}/w/p/{short}")
    return Match(Kind.VIDEO, f"{host}/{short}", f"https://{host}/w/{short}")
