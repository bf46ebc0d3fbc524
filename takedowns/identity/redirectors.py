"""Addresses that only send the reader on (link shims, log-in walls, consent pages), read from redirectors.toml."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import NamedTuple

from .encoding import pairs

_TARGET = re.compile(r"(?:https?:)?//|/|[a-z]+:|[\w-]+(?:\.[\w-]+)+(?:[/?#:]|$)", re.IGNORECASE)


class Redirector(NamedTuple):
    """One redirector: its name for the report, the paths it works on, and where it keeps the target.

    With ``becomes``, the whole address is another spelling and is rewritten, not unwrapped; its name is "".
    """

    name: str
    path: re.Pattern[str]
    parameters: tuple[str, ...]
    query_target: bool
    becomes: str


def _load() -> dict[str, tuple[Redirector, ...]]:
    raw = tomllib.loads(files(__package__).joinpath("redirectors.toml").read_text(encoding="utf-8"))
    table: dict[str, tuple[Redirector, ...]] = {}
    for entry in raw["redirector"]:
        redirector = Redirector(
            entry.get("name", ""),
            re.compile(entry["path"] + "/*", re.ASCII),
            tuple(entry.get("parameter", ())),
            bool(entry.get("query_target", False)),
            entry.get("becomes", ""),
        )
        for host in entry["hosts"]:
            name = host.removeprefix("platform:").removeprefix("*.")
            table[name] = (*table.get(name, ()), redirector)
            if "." in name:
                table["www." + name] = table[name]
    return table


# Keys are host names, suffixes of host names, and platform slugs (which hold no dot).
HOSTS: dict[str, tuple[Redirector, ...]] = _load()
# One expression for each key that says quickly whether any of its redirectors could apply to a path.
GUARDS = {
    key: re.compile("|".join(re.sub(r"\?P<\w+>", "?:", r.path.pattern) for r in entries), re.ASCII)
    for key, entries in HOSTS.items()
}


def target(host: str, slug: str, path: str, search: str) -> tuple[str, str] | None:
    """Return (name of the redirector, target as a URL) if the address is one, else None.

    A relative target is resolved against the host that sends there.
    """
    candidates = HOSTS.get(host, ()) + HOSTS.get(slug, ()) if slug else HOSTS.get(host)
    if candidates is None:
        candidates = HOSTS.get(host.partition(".")[2], ()) if host.count(".") > 2 else ()
    for redirector in candidates:
        found = redirector.path.fullmatch(path)
        if found is None:
            continue
        if redirector.becomes:
            return "", redirector.becomes + found["target"] + search
        value = found["target"] if "target" in found.re.groupindex else ""
        if redirector.query_target:
            value = search[1:]
        if redirector.parameters and search:
            given = dict(reversed(pairs(search[1:])))
            value = next((given[name] for name in redirector.parameters if given.get(name)), "")
        if not value or not _TARGET.match(value):
            continue
        if value[0] == "/" and value[:2] != "//":
            value = f"https://{host}{value}"
        return redirector.name, value
    return None
