"""identify(): one address in, the item it names out. Total: it never raises and never hangs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import can_ada

from . import handles, moments, redirectors, web
from .encoding import decode_path
from .hooks import matrix
from .model import Address, Identity, Match, Refusal, item_id
from .pieces import Piece, names, pieces
from .prepare import AppItem, prepare
from .refusals import refuse
from .registry import REGISTRY, Site
from .routes import AmbiguousError, TooShortError, match
from .text import (
    BULLET,
    CONTROL,
    is_cut_off,
    is_defanged,
    is_wrapped,
    peel,
    refang,
    strip_outer,
    without_symbols,
)

MAX_LENGTH = 16_384
MAX_WRAPPERS = 5
MAX_CANDIDATES = 8

_EXACT = REGISTRY.exact
_BELOW = REGISTRY.below
_GUARDS = redirectors.GUARDS
_NEW = tuple.__new__
_IP = re.compile(r"[0-9.]+|\[.*\]", re.ASCII)
_ESCAPED_AND = re.compile(r"&(?:amp;)+")
_HOST = re.compile(r"[a-z0-9_.\-]+", re.ASCII)
# Longer than any host with a name and password before it; international names cost the parser most.
_LONG = 1_000
_OVERLONG = re.compile(r"[^:]*:[/\\]*[^/?#\\]{1000}")
_LOCAL = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain")
_WEB = ("https://", "http://")
_DEFAULT_PORTS = ("80", "443")
# An Element on any host shows the same permalinks, and a Matrix identifier names its own server.
_MATRIX_CLIENTS = frozenset(("element", "riot", "chat", "matrix", "im", "schildichat", "cinny", "hydrogen"))
# Refusals of the spelling, not of the page: a second reading may cure them.
_UNREADABLE = frozenset(("not_a_url", "bad_url", "scheme", "host_too_long", "local_host", "backslash"))
_FINAL = frozenset(("empty", "formula", "credentials", "cut_off", "gateway", "handle"))
# 12-15, 12,13 and the like at the end.
_IN_SHORT = re.compile(r"[0-9](?:[,;+~|\s–—-]|%2C|%3B|%2B|%20)\s?[0-9]{1,20}/*$", re.IGNORECASE)
# Two addresses with nothing but a separator between them.
_JOINED = re.compile(r"[,;|](?=h(?:tt|xx)ps?://)", re.IGNORECASE)


class _Trip(NamedTuple):
    """What is carried along while redirectors are taken off."""

    hosts: Mapping[str, str] | None
    wrappers: tuple[str, ...]
    notes: tuple[str, ...]


_BARE = _Trip(None, (), ())


def identify(text: str, hosts: Mapping[str, str] | None = None, platform: str = "") -> Identity | Refusal:
    """Say which item an address names.

    ``text`` is whatever was pasted: an address bar, a share button, an app link, a cell. ``hosts`` are the
    operator's declared hosts of self-hosted software, host name to platform slug
    (``{"chat.example.org": "rocketchat"}``), and of platforms that no file describes: there each page is an item.
    ``platform`` is the slug of the platform that all of a list is about, where that is known: then a bare name
    ("@name") is its account there. Never raises, whatever the text; a page that is no item, or a
    text that is no address, gives a Refusal with a stable code and a sentence. An address that was cut off, or that
    may be read in two ways, is refused: it is never taken for another, shorter item.
    """
    if not isinstance(text, str):
        return refuse("not_a_url")  # type: ignore[unreachable]  # callers read files and JSON
    if len(text) > MAX_LENGTH:
        return refuse("too_long")
    trip = _BARE if hosts is None else _Trip(hosts, (), ())
    trimmed = text.strip()
    if "&amp;" in trimmed:
        trimmed = _ESCAPED_AND.sub("&", trimmed)
        trip = trip._replace(notes=("html_escaped",))
    if platform and (address := handles.address(trimmed, platform)):
        named = _read(address, trip._replace(notes=("name_only",)))
        if named.platform == platform and (isinstance(named, Identity) or trimmed[0] == "@"):
            return named
    if (" " in trimmed or not trimmed.isprintable()) and len(strip_outer(trimmed).split()) > 1:
        return _in_words(strip_outer(trimmed), trip, platform)
    if trimmed.find("://", 8) > 0 and _JOINED.search(trimmed):
        return refuse("several")
    result = _read(trimmed, trip)
    if isinstance(result, Identity) and result.platform != "web":
        return result
    return _second_reading(trimmed, result, trip)


def _second_reading(text: str, first: Identity | Refusal, trip: _Trip) -> Identity | Refusal:
    """Read again without what people and programs put around or into an address, if that helps."""
    refused = isinstance(first, Refusal)
    if isinstance(first, Refusal) and first.code in _FINAL:
        return first
    again = BULLET.sub("", strip_outer(text))
    if not again:
        return refuse("empty")
    if isinstance(first, Refusal) and first.code in _UNREADABLE and is_defanged(again):
        again = refang(again)
        trip = trip._replace(notes=(*trip.notes, "defanged"))
    if refused and "](" in again and (found := pieces(again, MAX_CANDIDATES)):
        return _of_pieces(found, trip)
    if refused or is_wrapped(again):
        bare = peel(without_symbols(peel(again)) if refused else again)
        if bare and bare != again:
            again = bare
            trip = trip._replace(notes=(*trip.notes, "trimmed"))
    second = first if again == text else _read(again, trip)
    if isinstance(second, Refusal) and text[0] in "[<(" and (found := pieces(text, MAX_CANDIDATES)):
        return _of_pieces(found, trip, markup=True)
    if isinstance(second, Identity) or (isinstance(first, Refusal) and first.code in _UNREADABLE):
        return second
    return first


def _in_words(text: str, trip: _Trip, platform: str) -> Identity | Refusal:
    """Read a text with white space in it: an address among words, as a share button or a list writes it."""
    if CONTROL.search(text):
        return refuse("control_character")
    found = pieces(text, MAX_CANDIDATES)
    if found:
        return _of_pieces(found, trip)
    if platform and (named := names(text)):
        accounts = {identify(one.text, trip.hosts, platform) for one in named}
        return accounts.pop() if len(accounts) == 1 else refuse("several")
    # No address stands in it; why, the ordinary reading says best. It must not be read past the white space.
    result = _second_reading(text, _read(text, trip), trip)
    return result if isinstance(result, Refusal) else refuse("broken", result.platform, result.host)


def _of_pieces(found: list[Piece], trip: _Trip, *, markup: bool = False) -> Identity | Refusal:
    """Return the one item that the addresses of a text name; ``markup``: only what stood around one was taken off."""
    sole: Identity | None = None
    for text, words, doubt in found:
        if doubt:
            return refuse(doubt)
        note = ("found_in_text",) if words or len(found) > 1 else ()
        result = _read(text, trip._replace(notes=(*trip.notes, *note)))
        if not markup and (isinstance(result, Refusal) or result.platform == "web"):
            result = _second_reading(text, result, trip._replace(notes=(*trip.notes, *note)))
        if (
            isinstance(result, Identity)
            and "short_id" in result.notes
            and _goes_on(text, words, result, trip)
        ):
            return refuse("broken", result.platform, result.host)
        if isinstance(result, Refusal):
            return result if len(found) == 1 or result.code == "cut_off" else refuse("several")
        if sole is not None and result != sole:
            return refuse("several")
        sole = result
    return sole or refuse("not_a_url")


def _goes_on(text: str, words: str, short: Identity, trip: _Trip) -> bool:
    """Tell whether an identifier that is shorter than others is a whole one with the word behind it."""
    for word in words.split()[:3]:
        whole = _read(text + word, trip)
        if isinstance(whole, Identity) and whole.platform == short.platform and "short_id" not in whole.notes:
            return True
    return False


def _read(text: str, trip: _Trip) -> Identity | Refusal:
    """Read one text that should be one address."""
    if not text:
        return refuse("empty")
    if not text.isprintable() and CONTROL.search(text):
        return refuse("control_character")
    # What is_cut_off() looks for holds one of these; most addresses hold none, and a call costs more.
    if (".." in text or "%" in text or "&" in text or not text.isascii()) and is_cut_off(text):
        return refuse("cut_off")
    if "\\" in text:
        return refuse("backslash")
    if not text.startswith(_WEB) and not text[:8].lower().startswith(_WEB):
        prepared = prepare(text)
        if isinstance(prepared, Refusal):
            return prepared
        if isinstance(prepared, AppItem):
            trip = trip._replace(notes=(*trip.notes, "app_link"))
            return _finish(prepared.platform, prepared.match, "", trip, moments.of_app_link(text))
        text = prepared.text
        if prepared.note:
            trip = trip._replace(notes=(*trip.notes, prepared.note))
    if len(text) > _LONG and _OVERLONG.match(text):
        return refuse("host_too_long")
    try:
        url = can_ada.parse(text)
    except ValueError:
        return refuse("bad_url")
    if "@" in text and (url.username or url.password):
        return refuse("credentials", host=url.hostname)
    return _locate(url, trip)


def _locate(url: can_ada.URL, trip: _Trip) -> Identity | Refusal:
    """Find the platform of a parsed address and read the address by its rules."""
    host = url.hostname
    if host.endswith("."):
        host = host.rstrip(".")
    port = url.port
    subdomain = ""
    site = _EXACT.get(host)
    if site is None:
        site, subdomain = _below(host)
        if trip.hosts is not None:
            site = _declared(trip.hosts, host, port) or site
        if site is None:
            owner = _owner(host)
            return _of_owner(url, host, owner, trip) if owner else _unknown(url, host, port, trip)
    if port and port not in _DEFAULT_PORTS and site.slug not in REGISTRY.declared:
        return refuse("port", site.slug, host)
    path = url.pathname
    search = url.search
    guard = _GUARDS.get(host) or _GUARDS.get(site.slug)
    if guard is not None and guard.match(path):
        unwrapped = _unwrap(redirectors.target(host, site.slug, path, search), trip, host)
        if unwrapped is not None:
            return unwrapped
    if "%" in path:
        path = decode_path(path)
    place = f"{host}:{port}" if port and port not in _DEFAULT_PORTS else host
    address = _NEW(Address, (place, path, search[1:], url.hash[1:]))
    try:
        found = (site.hook and site.hook(address)) or _routed(site, address, subdomain)
    except AmbiguousError:
        return refuse("ambiguous", site.slug, host)
    except TooShortError:
        return refuse("id_too_short", site.slug, host)
    if found is None:
        short = _IN_SHORT.search(path) or _IN_SHORT.search(search)
        return refuse("abbreviated" if short else "no_item", site.slug, host)
    moment = None
    if site.moments and (search or address.fragment):
        moment = moments.read(site.moments, address.search, address.fragment)
    return _finish(site.slug, found, host, trip, moment)


def _routed(site: Site, address: Address, subdomain: str) -> Match | None:
    """What the link patterns of a platform file make of an address. Raises AmbiguousError."""
    path = address.path
    if site.subdomain:
        return match(site.rest, site.words, subdomain + path, address)
    first = path[1:].partition("/")[0].lower()
    if first in site.reserved:
        candidates = site.first.get(first, site.everywhere)
    elif first:
        candidates = site.rest
    else:
        candidates = site.first.get("/", site.everywhere)
    return match(candidates, site.words, path, address)


def _finish(slug: str, found: Match, host: str, trip: _Trip, moment: int | None = None) -> Identity:
    kind, key, url, target, notes = found
    _, wrappers, before = trip
    given = before + notes if notes else before
    # Identity(…) does the same with one more call, and every address comes by here.
    fields = (item_id(slug, key), slug, key, str(kind), url, host, "", wrappers, given, target, moment)
    return _NEW(Identity, fields)


def _below(host: str) -> tuple[Site | None, str]:
    """Find a platform that owns every host below a suffix of this one, and the labels before that suffix."""
    _, dot, suffix = host.partition(".")
    while dot:
        site = _BELOW.get(suffix)
        if site is not None:
            return site, host[: -len(suffix) - 1].removeprefix("www.")
        _, dot, suffix = suffix.partition(".")
    return None, ""


def _owner(host: str) -> str:
    """The platform one of whose hosts this one lies below, or "". Servers of self-hosted software own no others."""
    _, dot, suffix = host.partition(".")
    while dot:
        site = _EXACT.get(suffix)
        if site is not None and site.slug not in REGISTRY.declared:
            return site.slug
        _, dot, suffix = suffix.partition(".")
    return ""


def _declared(hosts: Mapping[str, str], host: str, port: str) -> Site | None:
    """The operator's own entry for a host. Hosts of a platform file are never looked up here."""
    slug = _declared_slug(hosts, host, port)
    return REGISTRY.declared.get(slug) if slug else None


def _declared_slug(hosts: Mapping[str, str], host: str, port: str) -> str:
    slug = (port and hosts.get(f"{host}:{port}")) or hosts.get(host) or hosts.get(host.removeprefix("www."))
    return slug or ""


def _unwrap(step: redirectors.Step | None, trip: _Trip, host: str) -> Identity | Refusal | None:
    """Identify where a redirector leads, if that is an item. Of what only passes on, a refusal is the answer, too."""
    if step is None:
        return None
    if len(trip.wrappers) >= MAX_WRAPPERS:
        return refuse("wrapper_loop", host=host) if step.only_passes_on else None
    if step.names_two:
        return refuse("ambiguous", host=host)
    if not step.target:
        return refuse("gateway", host=host)
    inner = _read(
        step.target.strip(), trip._replace(wrappers=(*trip.wrappers, step.name)) if step.name else trip
    )
    return inner if step.only_passes_on or isinstance(inner, Identity) else None


def _of_owner(url: can_ada.URL, host: str, owner: str, trip: _Trip) -> Identity | Refusal:
    """An address on a host of a platform that its file does not name: it may send on, and is no item."""
    step = redirectors.target(host, "", url.pathname, url.search)
    return _unwrap(step, trip, host) or refuse("no_item", owner, host)


def _unknown(url: can_ada.URL, host: str, port: str, trip: _Trip) -> Identity | Refusal:
    """An address on a host that no platform file names."""
    if _IP.fullmatch(host):
        return refuse("ip_address", host=host)
    if not _HOST.fullmatch(host) or ".." in host or host[0] == ".":
        return refuse("bad_url")
    if "." not in host or host.endswith(_LOCAL):
        return refuse("local_host", host=host)
    if len(host) > 253 or max(map(len, host.split("."))) > 63:
        return refuse("host_too_long", host=host[:253])
    unwrapped = _unwrap(redirectors.target(host, "", url.pathname, url.search), trip, host)
    if unwrapped is not None:
        return unwrapped
    if url.hash[:2] == "#/" and host.partition(".")[0] in _MATRIX_CLIENTS:
        permalink = matrix.web(Address(host, url.pathname, "", url.hash[1:]))
        if permalink is not None:
            return _finish("matrix", permalink, host, trip)
    found, notes, moment = web.page(url, host, port)
    # A platform of the operator's own has no rules: each of its pages is an item.
    slug = (trip.hosts and _declared_slug(trip.hosts, host, port)) or "web"
    slug = "web" if slug in REGISTRY.platforms else slug
    return Identity(
        item_id(slug, found.key),
        slug,
        found.key,
        found.kind,
        found.url,
        host,
        web.registrable_domain(host),
        trip.wrappers,
        trip.notes + notes,
        "",
        moment,
    )
