"""What identify() answers with: an Identity, or a Refusal that says why not."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha1
from typing import NamedTuple

# Every item id derives from this namespace. Changing it would change every identity ever stored.
NAMESPACE = uuid.UUID("9b5f0b9e-1f4c-5d0a-8d5b-6f1f6a1c2e47")
_SEED = sha1(NAMESPACE.bytes, usedforsecurity=False)
_CLEAR = ~((0xF000 << 64) | (0xC000 << 48))
# A UUID refuses to be set, and its own __init__ would look once more at what is known here.
_NEW = object.__new__
_SET_INT, _SET_SAFE = (uuid.UUID.__dict__[name].__set__ for name in ("int", "is_safe"))
_UNKNOWN = uuid.SafeUUID.unknown
_VERSION_5 = (5 << 76) | (0x8000 << 48)
# The same for one byte each: that of the version, and that of the variant.
_VERSIONED = bytes(byte & 0x0F | 0x50 for byte in range(256))
_VARIED = bytes(byte & 0x3F | 0x80 for byte in range(256))


class Kind(StrEnum):
    """What sort of thing an item is. A closed vocabulary; an officer may correct it, the key never changes."""

    ACCOUNT = "account"
    ALBUM = "album"
    APP = "app"
    ARCHIVED_COPY = "archived_copy"
    AUDIO = "audio"
    CHANNEL = "channel"
    CLIP = "clip"
    COMMENT = "comment"
    DEVELOPER = "developer"
    DOCUMENT = "document"
    EVENT = "event"
    FILE = "file"
    FOLDER = "folder"
    GROUP = "group"
    HASHTAG = "hashtag"
    LIST = "list"
    LIVE = "live"
    MESSAGE = "message"
    OTHER = "other"
    PAGE = "page"
    PHOTO = "photo"
    PLAYLIST = "playlist"
    POST = "post"
    SHORTLINK = "shortlink"
    STICKER_SET = "sticker_set"
    STORY = "story"
    VIDEO = "video"
    UNKNOWN = "unknown"


def item_id(platform: str, key: str) -> uuid.UUID:
    """Return the name-based UUID (RFC 9562, version 5) of "platform:key" in NAMESPACE.

    The same as ``uuid.uuid5(NAMESPACE, f"{platform}:{key}")`` in half the time; a test holds the two together.
    Raises UnicodeEncodeError for a lone surrogate, which identify() never lets into a key.
    """
    digest = _SEED.copy()
    digest.update(f"{platform}:{key}".encode())
    made = _NEW(uuid.UUID)
    _SET_INT(made, int.from_bytes(digest.digest()[:16], "big") & _CLEAR | _VERSION_5)
    _SET_SAFE(made, _UNKNOWN)
    return made


def packed_ids(names: Iterable[str]) -> bytes:
    """Return the ids of items, each given as "platform:key", in 16 bytes one after the other: what :func:`item_id` says, of many."""
    found = []
    for name in names:
        digest = _SEED.copy()
        digest.update(name.encode())
        found.append(digest.digest()[:16])
    packed = bytearray(b"".join(found))
    packed[6::16] = packed[6::16].translate(_VERSIONED)
    packed[8::16] = packed[8::16].translate(_VARIED)
    return bytes(packed)


class Identity(NamedTuple):
    """One item on one platform. Two are equal when platform and key are equal, whatever else was seen.

    ``id``        name-based UUID of (platform, key): the same in every installation, for ever
    ``platform``  slug of the platform file; "web" for a host nobody has described yet
    ``key``       canonical key inside the platform
    ``kind``      one of Kind; "unknown" where only a look can tell (t.me/name: channel, group or account)
    ``url``       canonical https URL; identify(url) gives this identity again (on "web" the URL as the parser
                  writes it, for an unknown host may speak http only; "tg:" for the one Telegram item without
                  a web address)
    ``host``      host as it was written, lower case, ASCII
    ``domain``    registrable domain of an unknown host, "" on a known platform
    ``wrappers``  redirectors taken off on the way, outermost first
    ``notes``     codes of remarks, see notes.py
    ``target``    URL that an archived copy shows, "" otherwise
    ``moment``    seconds from the start to which the address leads (t=95, #t=1m30s), None for the whole
    """

    id: uuid.UUID
    platform: str
    key: str
    kind: str
    url: str
    host: str = ""
    domain: str = ""
    wrappers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    target: str = ""
    moment: int | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        return self.key == other.key and self.platform == other.platform

    def __ne__(self, other: object) -> bool:
        if not isinstance(other, Identity):
            return NotImplemented
        return self.key != other.key or self.platform != other.platform

    def __hash__(self) -> int:
        return hash((self.platform, self.key))


class Refusal(NamedTuple):
    """Why a text is no item: a stable code, and a sentence an officer can act on.

    ``platform`` is set when the host was recognised but the page is no item (code "no_item") or the
    spelling cannot be trusted; ``host`` is the host as written, where one could be read.
    """

    code: str
    message: str
    platform: str = ""
    host: str = ""


class Found(NamedTuple):
    """One address in a longer text: characters [start, end), as written, and what identify() says of it."""

    start: int
    end: int
    text: str
    result: Identity | Refusal


class Address(NamedTuple):
    """A parsed web address, as a hook sees it.

    ``path`` has its percent-escapes decoded once, except %2F and %25, so that no new separators arise.
    ``search`` and ``fragment`` are as the parser gives them, without the leading "?" and "#".
    """

    host: str
    path: str
    search: str
    fragment: str


class Match(NamedTuple):
    """What a route or hook makes of an address: kind, key and canonical URL."""

    kind: str
    key: str
    url: str
    target: str = ""
    notes: tuple[str, ...] = ()
