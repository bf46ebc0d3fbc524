"""The marks that pages of known platforms bear: ``signs.toml``, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class Signs:
    """Marks in a platform's pages.

    Attributes:
        online: any of them says that the item is there.
        gone: any of them says that it is not.
        not_for: kinds of items of which these marks tell nothing.
    """

    online: tuple[bytes, ...] = ()
    gone: tuple[bytes, ...] = ()
    not_for: frozenset[str] = frozenset()


NONE: Final = Signs()


def _load() -> dict[str, Signs]:
    raw = tomllib.loads(files(__package__).joinpath("signs.toml").read_text(encoding="utf-8"))
    return {
        slug: Signs(
            tuple(mark.encode() for mark in given.get("online", ())),
            tuple(mark.encode() for mark in given.get("gone", ())),
            frozenset(given.get("not_for", ())),
        )
        for slug, given in raw.items()
    }


_SIGNS: Final = _load()


def signs_of(platform: str, kind: str) -> Signs:
    """Return the marks by which pages of that kind of item can be told; none where nothing is known of them."""
    found = _SIGNS.get(platform, NONE)
    return NONE if kind in found.not_for else found
