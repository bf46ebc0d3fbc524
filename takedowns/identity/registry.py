"""All platform files, read and compiled once: which host belongs to which platform, and what its paths mean."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.resources import files
from types import MappingProxyType
from typing import Any, NamedTuple

from .model import Address, Kind, Match
from .routes import Chunk, PatternError, Route, Type, chunks, compile_route

Hook = Callable[[Address], Match | None]

# Types every file may use. A number is at most 20 digits (an unsigned 64-bit integer), never absurdly long.
COMMON_TYPES: Mapping[str, Type] = {
    "number": Type("[0-9]{1,20}"),
    "segment": Type("[^/]+"),
    "any": Type(".+"),
}


class Site(NamedTuple):
    """One group of hosts of a platform. ``first`` maps a literal first path segment to its routes."""

    slug: str
    group: str
    subdomain: bool
    first: Mapping[str, tuple[Chunk, ...]]
    rest: tuple[Chunk, ...]
    everywhere: tuple[Chunk, ...]
    reserved: frozenset[str]
    words: frozenset[str]
    hook: Hook | None
    moments: tuple[str, ...]


class Platform(NamedTuple):
    """A platform file, as data. The directory of agencies and platforms is seeded from these."""

    slug: str
    name: str
    operator: str
    homepage: str
    hosts: tuple[str, ...]
    host_groups: Mapping[str, tuple[str, ...]]
    kinds: tuple[str, ...]
    self_hosted: bool
    decisions: tuple[str, ...]
    items: tuple[Mapping[str, Any], ...]
    types: Mapping[str, Type]
    app_links: tuple[tuple[str, str], ...]
    also: tuple[str, ...]
    name_link: str
    lengths: Mapping[str, tuple[Mapping[str, Any], ...]]


class Registry(NamedTuple):
    """Everything identify() looks up."""

    platforms: Mapping[str, Platform]
    exact: Mapping[str, Site]
    below: Mapping[str, Site]
    declared: Mapping[str, Site]
    app_links: Mapping[str, tuple[tuple[str, str], ...]]
    """Scheme to the prefixes of its links with what each becomes, the longest first."""
    app_hooks: Mapping[str, tuple[str, Hook]]


def _types(raw: Mapping[str, Any]) -> dict[str, Type]:
    types = dict(COMMON_TYPES)
    for name, value in raw.items():
        types[name] = Type(value) if isinstance(value, str) else _type(value)
        if types[name].case not in ("exact", "lower", "upper"):
            raise PatternError(f"type {name!r}: case is exact, lower or upper")
    return types


def _type(raw: Mapping[str, Any]) -> Type:
    """Return a type written as a table: its shape (``re``), or its letters (``of``) and the lengths that occur.

    ``short`` is the shape of what is cut off; of a type with lengths it follows from them.
    """
    case = raw.get("case", "exact")
    if "of" not in raw:
        return Type(raw["re"], case, raw.get("short", ""))
    of, prefix = raw["of"], raw.get("prefix", "")
    lengths: dict[int, str] = {}
    for given in raw["lengths"]:
        least, most = _range(given["characters"])
        lengths |= dict.fromkeys(range(least, most + 1), given.get("until", ""))
    counts = sorted((length - len(prefix) for length in lengths), reverse=True)
    ahead = f"(?!{raw['unless']})" if "unless" in raw else ""
    whole = "|".join(f"{of}{{{count}}}" for count in counts)
    return Type(
        f"{ahead}{prefix}(?:{whole})(?!{of})",
        case,
        f"{ahead}{prefix}{of}{{1,{counts[0]}}}(?!{of})",
        MappingProxyType(lengths),
    )


def _range(text: int | str) -> tuple[int, int]:
    """Return least and most of 19 or "9-11"."""
    least, _, most = str(text).partition("-")
    return int(least), int(most or least)


def _load_hook(name: str) -> tuple[Hook | None, Hook | None]:
    if not name:
        return None, None
    module = import_module(f"{__package__}.hooks.{name}")
    return getattr(module, "web", None), getattr(module, "app", None)


def _kinds(raw: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = {item["kind"] for item in raw.get("item", ())} | set(raw.get("kinds", ()))
    return tuple(sorted(Kind(kind).value for kind in kinds))


def _everywhere(route: Route) -> bool:
    return route.source.startswith("/**")


def _build(
    slug: str, raw: Mapping[str, Any]
) -> tuple[Platform, dict[str, tuple[Site, list[str], str | None]]]:
    """Compile one platform file. Raises PatternError, KeyError or ValueError naming what is wrong."""
    types = _types(raw.get("types", {}))
    web_hook, _ = _load_hook(raw.get("hook", ""))
    groups: dict[str, list[Route]] = {group: [] for group in raw["hosts"]}
    variables = {group: _host_variable(slug, group, hosts) for group, hosts in raw["hosts"].items()}
    for item in raw.get("item", ()):
        for link in item["links"]:
            group, separator, path = link.partition(":/")
            if not separator or group not in groups:
                group, path = "main", link
            else:
                path = "/" + path
            route = compile_route(path, item, types, variables[group], raw["hosts"].get("main", ()))
            groups[group].append(route)
    sites = {}
    words = frozenset(word.lower() for word in raw.get("reserved", ()))
    words |= {route.first for route in groups.get("main", ()) if route.first}
    for group, routes in groups.items():
        # A pattern that starts with /** holds on every path, reserved or not.
        literals = {route.first for route in routes if route.first}
        reserved = words if group == "main" else frozenset(literals)
        site = Site(
            slug,
            group,
            variables[group] is not None,
            MappingProxyType(
                {name: chunks([r for r in routes if r.first == name or _everywhere(r)]) for name in literals}
            ),
            chunks([r for r in routes if not r.first]),
            chunks([r for r in routes if _everywhere(r)]),
            reserved if variables[group] is None else frozenset(),
            words,
            web_hook if group != "none" else None,
            tuple(f"{name}=" for name in raw.get("moment", ())),
        )
        sites[group] = (site, list(raw["hosts"][group]), variables[group])
    return _platform(slug, raw, types), sites


def _host_variable(slug: str, group: str, hosts: Sequence[str]) -> str | None:
    """Return the name that the hosts of a group capture, as in ``{name}.example.org``; None where they capture nothing."""
    found = {host[1 : host.index("}")] for host in hosts if host.startswith("{")}
    if len(found) > 1:
        raise PatternError(f"{slug}: hosts of group {group!r} name two variables")
    return found.pop() if found else None


def _platform(slug: str, raw: Mapping[str, Any], types: Mapping[str, Type]) -> Platform:
    """Return what a platform file says of its platform."""
    return Platform(
        slug,
        raw["name"],
        raw["operator"],
        raw.get("homepage", ""),
        tuple(host for hosts in raw["hosts"].values() for host in hosts),
        MappingProxyType({group: tuple(hosts) for group, hosts in raw["hosts"].items()}),
        _kinds(raw),
        bool(raw.get("self_hosted", False)),
        tuple(raw.get("decisions", ())),
        tuple(MappingProxyType(item) for item in raw.get("item", ())),
        MappingProxyType(types),
        tuple((entry["prefix"], entry["becomes"]) for entry in raw.get("app_link", ())),
        tuple(raw.get("also", ())),
        raw.get("name_link", ""),
        MappingProxyType(
            {
                name: tuple(map(MappingProxyType, value["lengths"]))
                for name, value in raw.get("types", {}).items()
                if "lengths" in value
            }
        ),
    )


def load() -> Registry:
    """Read every file of ``platforms/``. Raises ValueError for a host that two platforms claim."""
    platforms: dict[str, Platform] = {}
    exact: dict[str, Site] = {}
    below: dict[str, Site] = {}
    declared: dict[str, Site] = {}
    app_links: list[tuple[str, str]] = []
    app_hooks: dict[str, tuple[str, Hook]] = {}
    folder = files(__package__).joinpath("platforms")
    for entry in sorted(folder.iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".toml"):
            continue
        slug = entry.name.removesuffix(".toml")
        raw = tomllib.loads(entry.read_text(encoding="utf-8"))
        try:
            platform, sites = _build(slug, raw)
        except (KeyError, ValueError) as error:
            raise ValueError(f"{entry.name}: {error}") from error
        platforms[slug] = platform
        app_links += platform.app_links
        _, app_hook = _load_hook(raw.get("hook", ""))
        if app_hook is not None:
            for scheme in raw["schemes"]:
                app_hooks[scheme] = (slug, app_hook)
        if platform.self_hosted:
            declared[slug] = sites["main"][0]
        for site, hosts, _ in sites.values():
            for host in hosts:
                _claim(exact, below, host, site)
    return Registry(
        MappingProxyType(platforms),
        exact,
        below,
        declared,
        _by_scheme(app_links),
        app_hooks,
    )


def _by_scheme(links: list[tuple[str, str]]) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for prefix, becomes in sorted(links, key=lambda pair: -len(pair[0])):
        scheme = prefix.partition(":")[0]
        found[scheme] = (*found.get(scheme, ()), (prefix, becomes))
    return found


def _claim(exact: dict[str, Site], below: dict[str, Site], host: str, site: Site) -> None:
    """Enter a host: "x.y" stands for itself and www., "*.x.y" and "{name}.x.y" for everything below it."""
    if host.startswith(("*.", "{")):
        suffix = host.partition(".")[2]
        if below.setdefault(suffix, site) is not site:
            raise ValueError(f"host {host} is claimed by {below[suffix].slug} and {site.slug}")
        return
    names = (host, "www." + host) if not host.startswith("www.") else (host,)
    for name in names:
        if exact.setdefault(name, site) is not site:
            raise ValueError(f"host {name} is claimed by {exact[name].slug} and {site.slug}")


REGISTRY = load()
PLATFORMS: Mapping[str, Platform] = REGISTRY.platforms
