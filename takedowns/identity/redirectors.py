"""Addresses that only send the reader on (link shims, log-in walls, mail gateways), read from redirectors.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import unquote

from .encoding import pairs
from .gateways import DECODERS

_TARGET = re.compile(r"(?:https?:)?//|/|[a-z]+:|[\w-]+(?:\.[\w-]+)+(?:[/?#:]|$)", re.IGNORECASE)
_ESCAPED = re.compile(r"[a-z]+(?::|%3A)(?:/{0,2})%2F", re.IGNORECASE)
_ANYWHERE = "*"
_COUNTRY = re.compile(r"(.*\b(?:google|yandex))\.(?:com?\.)?[a-z]{2,3}", re.ASCII)
"""Hosts of companies that have one in every country, and more than could be listed."""


class Redirector(NamedTuple):
    """One redirector: its name for the report, the paths it works on, and where it keeps the target.

    With ``becomes``, the whole address is another spelling and is rewritten, not unwrapped; its name is "".
    ``only_passes_on``: never an item itself, so what is wrong with its target is wrong with it. ``gateway``: so is a
    mail gateway's link, whose target may be in its database alone.
    """

    name: str
    path: re.Pattern[str]
    parameters: tuple[str, ...]
    query_target: bool
    becomes: str
    decode: Callable[[str, str, str], str] | None
    only_passes_on: bool
    gateway: bool


class Step(NamedTuple):
    """Where an address leads: the redirector's name, the target as a URL ("" where it does not hold it, or names two)."""

    name: str
    target: str
    only_passes_on: bool = False
    names_two: bool = False


def _load() -> dict[str, tuple[Redirector, ...]]:
    raw = tomllib.loads(files(__package__).joinpath("redirectors.toml").read_text(encoding="utf-8"))
    table: dict[str, tuple[Redirector, ...]] = {}
    for entry in raw["redirector"]:
        gateway = bool(entry.get("gateway", False))
        redirector = Redirector(
            entry.get("name", ""),
            re.compile(entry["path"] + "/*", re.ASCII | re.DOTALL),
            tuple(entry.get("parameter", ())),
            bool(entry.get("query_target", False)),
            entry.get("becomes", ""),
            DECODERS[entry["decode"]] if "decode" in entry else None,
            gateway or bool(entry.get("only_passes_on", False)),
            gateway,
        )
        for host in entry["hosts"]:
            name = host.removeprefix("platform:").removeprefix("*.")
            table[name] = (*table.get(name, ()), redirector)
            if "." in name:
                table["www." + name] = table[name]
    return table


# Keys are host names, suffixes of host names, platform slugs (which hold no dot), and "*" for every unknown host.
HOSTS: dict[str, tuple[Redirector, ...]] = _load()
# One expression for each key that says quickly whether any of its redirectors could apply to a path.
GUARDS = {
    key: re.compile("|".join(re.sub(r"\?P<\w+>", "?:", r.path.pattern) for r in entries), re.ASCII)
    for key, entries in HOSTS.items()
}


def target(host: str, slug: str, path: str, search: str) -> Step | None:
    """Return where an address leads if it is a redirector's, else None. ``slug``: its platform, "" for none.

    A relative target is resolved against the host that sends there.
    """
    for redirector in _candidates(host, slug, path):
        found = redirector.path.fullmatch(path)
        if found is None:
            continue
        if redirector.becomes:
            return Step("", redirector.becomes + found["target"] + search)
        if _is_doubled(redirector, search[1:]):
            return Step(redirector.name, "", only_passes_on=True, names_two=True)
        value = _value(redirector, found, host, path, search[1:])
        if value and _TARGET.match(value):
            if value[0] == "/" and value[:2] != "//":
                value = f"https://{host}{value}"
            return Step(redirector.name, value, redirector.only_passes_on)
        if redirector.gateway:
            return Step(redirector.name, "", only_passes_on=True)
    return None


def _candidates(host: str, slug: str, path: str) -> tuple[Redirector, ...]:
    if slug:
        return HOSTS.get(host, ()) + HOSTS.get(slug, ())
    candidates = HOSTS.get(host)
    suffix = host
    if candidates is None and (country := _COUNTRY.fullmatch(host)):
        suffix = f"{country[1]}.*"
        candidates = HOSTS.get(suffix)
    while candidates is None and suffix.count(".") > 1:
        suffix = suffix.partition(".")[2]
        candidates = HOSTS.get(suffix)
    if candidates is None:
        candidates = HOSTS[_ANYWHERE] if GUARDS[_ANYWHERE].match(path) else ()
    return candidates


def _value(redirector: Redirector, found: re.Match[str], host: str, path: str, query: str) -> str:
    """Return the target as the redirector keeps it, "" where it is not there."""
    if redirector.decode is not None:
        return redirector.decode(host, path, query)
    if redirector.query_target:
        return _unescaped(query)
    if redirector.parameters and query:
        given = {name.lower(): value for name, value in reversed(pairs(query))}
        return next((given[name.lower()] for name in redirector.parameters if given.get(name.lower())), "")
    return _unescaped(found["target"]) if "target" in found.re.groupindex else ""


def _unescaped(target: str) -> str:
    """A target that was escaped as a whole, as a query would, plainly."""
    return unquote(target) if _ESCAPED.match(target) else target


def _is_doubled(redirector: Redirector, query: str) -> bool:
    """Tell whether a parameter that holds the target names two: servers differ in which of them they follow."""
    if redirector.decode is not None or query.count("=") < 2:
        return False
    given = [(name.lower(), value) for name, value in pairs(query) if value]
    for wanted in map(str.lower, redirector.parameters):
        if found := {value for name, value in given if name == wanted}:
            return len(found) > 1
    return False
