"""What a change of the rules would do to items already stored, before it is applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .engine import identify
from .model import Identity, Refusal

Pair = tuple[str, str]


class Change(NamedTuple):
    """One stored address that the current rules read differently."""

    url: str
    old: Pair
    new: Identity | Refusal


class Comparison(NamedTuple):
    """Stored items under the current rules.

    ``checked``  number of stored addresses looked at
    ``changed``  those whose (platform, key) is another now, or that are refused
    ``merged``   new (platform, key) to the stored ones that would become it, where these are two or more
    ``split``    stored (platform, key) to the new ones its addresses would fall into, where two or more;
                 an address that is refused now counts as ("", code)
    """

    checked: int
    changed: tuple[Change, ...]
    merged: Mapping[Pair, tuple[Pair, ...]]
    split: Mapping[Pair, tuple[Pair, ...]]


def compare(stored: Iterable[tuple[str, str, str]], hosts: Mapping[str, str] | None = None) -> Comparison:
    """Read every stored (platform, key, url) again and report what would change, merge or split.

    An item may occur several times, once for each spelling seen. ``hosts`` is as for identify(). Holds one
    small record for each item in memory.
    """
    checked = 0
    changed: list[Change] = []
    old_of: dict[Pair, set[Pair]] = {}
    new_of: dict[Pair, set[Pair]] = {}
    for platform, key, url in stored:
        checked += 1
        old = (platform, key)
        now = identify(url, hosts)
        new = (now.platform, now.key) if isinstance(now, Identity) else ("", now.code)
        if new != old:
            changed.append(Change(url, old, now))
        if isinstance(now, Identity):
            old_of.setdefault(new, set()).add(old)
        new_of.setdefault(old, set()).add(new)
    return Comparison(
        checked,
        tuple(changed),
        {new: tuple(sorted(olds)) for new, olds in sorted(old_of.items()) if len(olds) > 1},
        {old: tuple(sorted(news)) for old, news in sorted(new_of.items()) if len(news) > 1},
    )
