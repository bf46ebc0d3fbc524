"""The URL corpus beside the project, and how its ids compare with our keys."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from takedowns.identity import Identity

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("TAKEDOWNS_CORPUS", ROOT.parent / "shared" / "corpus"))

# Hosts of the corpus that an operator would have to declare.
DECLARED = {
    "server.com": "rocketchat",
    "chat.example.com": "rocketchat",
    "peertube.tv": "peertube",
    "peertube2.cpy.re": "peertube",
}


class Row(NamedTuple):
    """One line of identify.tsv."""

    url: str
    platform: str
    kinds: frozenset[str]
    id: str
    mark: str


def rows(name: str) -> list[list[str]]:
    """The lines of a corpus file below its header, split at tabs."""
    lines = (FOLDER / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines[1:] if line]


def identify_rows() -> list[Row]:
    """identify.tsv, with "(self-hosted)" taken off the platform and the mark off the source."""
    return [
        Row(url, platform.removesuffix("(self-hosted)"), frozenset(kinds.split("|")), id_, source[-3:])
        for url, platform, kinds, id_, source in rows("identify.tsv")
    ]


# What our key adds to the corpus's minimal id so that name spaces cannot meet: taken off before comparing.
_PREFIXES = {
    "bitchute": ("video/",),
    "bluesky": ("hashtag/",),
    "coub": ("view/",),
    "dailymotion": ("video/", "playlist/"),
    "facebook": ("events/",),
    "files_fm": ("u/", "f/"),
    "gofile": ("d/",),
    "google_play": ("music/artist/", "music/album/"),
    "instagram": ("p/",),
    "kick": ("clips/", "videos/"),
    "mediafire": ("file/", "folder/"),
    "mega": ("file/", "folder/"),
    "pinterest": ("pin/", "pin.it/"),
    "pixeldrain": ("u/", "l/", "d/"),
    "snapchat": ("spotlight/",),
    "telegram": ("id/",),
    "threads": ("post/",),
    "tiktok": ("t/", "vm/", "vt/"),
    "tumblr": ("post/",),
    "twitch": ("videos/", "clip/"),
    "twitter": ("status/", "lists/", "events/", "spaces/", "broadcasts/", "communities/"),
}


def native(identity: Identity) -> str:
    """Our key as the corpus writes ids."""
    key = identity.key
    for prefix in _PREFIXES.get(identity.platform, ()):
        if key.startswith(prefix):
            return key.removeprefix(prefix)
    return key


def same_id(expected: str, identity: Identity) -> bool:
    """Say whether the corpus's id and our key name the same thing."""
    if identity.platform == "telegram":
        expected = expected.replace("addemoji/", "addstickers/")
    return native(identity) == expected


def unescape(text: str) -> str:
    """Undo the backslash escapes of hostile.tsv."""
    names = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}

    def one(found: re.Match[str]) -> str:
        body = found[1]
        return chr(int(body[1:], 16)) if body[0] in "xu" and len(body) > 1 else names.get(body, body)

    return re.sub(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)", one, text)
