"""The moment of a recording to which an address leads: a fact about it, no part of what it names."""

from __future__ import annotations

import re
from collections.abc import Collection

from .encoding import decode_value

# 95, 95s, 95.5, 1m30s, 1h2m3s; 1:30, 1:02:03.5; the first of "10,20" (W3C Media Fragments); "npt:" may stand before.
_UNITS = re.compile(
    r"(?:([0-9]{1,4})h)?(?:([0-9]{1,6})m(?:in)?)?(?:([0-9]{1,8})(?:\.[0-9]*)?(?:s(?:ec)?)?)?", re.ASCII
)
_CLOCK = re.compile(r"(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{2})(?:\.[0-9]*)?", re.ASCII)
#: A recording of more than eleven days is a mistake.
MOST = 1_000_000


def seconds(text: str) -> int | None:
    """Return the seconds that a text such as 95, 1m30s or 00:01:30 says; None for the very start and for what is none."""
    text = text.strip().lower().removeprefix("npt:").partition(",")[0]
    found = (_UNITS.fullmatch(text) or _CLOCK.fullmatch(text)) if text and len(text) < 32 else None
    if found is None:
        return None
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    total = hours * 3600 + minutes * 60 + rest
    return total if 0 < total < MOST else None


def of_fragment(fragment: str) -> int | None:
    """Return the moment of a media fragment (``#t=95``), None where the fragment is none or says more."""
    return seconds(fragment[2:]) if fragment[:2] == "t=" and "&" not in fragment else None


def read(names: Collection[str], search: str, fragment: str) -> int | None:
    """Return the moment that an address of a platform names.

    ``names`` are the parameters that say it there, each with its "=", and with "#" before those of the fragment. A
    query that was joined to another by a second question mark is read too.
    """
    for name in names:
        text, wanted = (fragment, name[1:]) if name[0] == "#" else (search, name)
        if wanted in text:
            for part in re.split(r"[?&;]", text):
                if (
                    part.startswith(wanted)
                    and (moment := seconds(decode_value(part[len(wanted) :]))) is not None
                ):
                    return moment
    return None


def of_app_link(text: str) -> int | None:
    """Return the moment that a link for an app names (``tg://resolve?domain=…&post=12&t=95``)."""
    return read(("t=",), text.partition("?")[2].partition("#")[0], "") if "t=" in text else None
