"""The marks that answers of known platforms bear: ``signs.toml``, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlsplit

_KIB: Final = 64


@dataclass(frozen=True, slots=True)
class Signs:
    """Marks in a platform's answers.

    Attributes:
        kinds: of which kinds of items they tell; empty for every kind.
        source: where they are written down.
        nothing: why none is known; empty where some are.
        online, gone, private, blocked_here, sign_in: any of them in a page says so.
        gone_at: addresses, without scheme, to which the platform leads from what is gone.
        asks: what is put behind the item's address, so that the page tells.
        local: a 404 may be about this country alone.
        bytes: how much of the page is looked at; 0 where no mark would be found.
    """

    kinds: frozenset[str] = frozenset()
    source: str = ""
    nothing: str = ""
    online: tuple[bytes, ...] = ()
    gone: tuple[bytes, ...] = ()
    private: tuple[bytes, ...] = ()
    blocked_here: tuple[bytes, ...] = ()
    sign_in: tuple[bytes, ...] = ()
    gone_at: tuple[str, ...] = ()
    asks: str = ""
    local: bool = False
    bytes: int = 0

    def leads_to_nothing(self, url: str) -> bool:
        """Tell whether an address is where the platform leads from what is gone."""
        parts = urlsplit(url)
        place = f"{(parts.hostname or '').removeprefix('www.')}{parts.path}"
        return place.startswith(self.gone_at) if self.gone_at else False


NONE: Final = Signs()
_MARKS: Final = ("online", "gone", "private", "blocked_here", "sign_in")


def _read(given: Mapping[str, Any]) -> Signs:
    marks = {name: tuple(mark.encode() for mark in given.get(name, ())) for name in _MARKS}
    return Signs(
        kinds=frozenset(given.get("kinds", ())),
        source=given["source"],
        nothing=given.get("nothing", ""),
        gone_at=tuple(given.get("gone_at", ())),
        asks=given.get("asks", ""),
        local=given.get("local", False),
        bytes=given.get("kib", _KIB) * 1024 if any(marks.values()) else 0,
        **marks,
    )


def _load() -> dict[str, tuple[Signs, ...]]:
    raw = tomllib.loads(files(__package__).joinpath("signs.toml").read_text(encoding="utf-8"))
    return {slug: tuple(_read(given) for given in tables) for slug, tables in raw.items()}


SIGNS: Final = _load()


def signs_of(platform: str, kind: str) -> Signs:
    """Return the marks by which answers about that kind of item can be told; none where nothing is known of them."""
    found = SIGNS.get(platform, ())
    return next((signs for signs in found if not signs.kinds or kind in signs.kinds), NONE)
