"""identify(): one address in, the item it names out. Total: it never raises and never hangs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import can_ada

from . import redirectors, web
from .encoding import decode_path
from .hooks import matrix
from .model import Address, Identity, Match, Refusal, item_id
from .refusals import refuse
from .registry import REGISTRY, Site
from .routes import Ambiguous, match
from .text import BULLET, CONTROL, INVISIBLE, SCHEME, is_defanged, peel, refang, strip_outer

MAX_LENGTH = 16_384
MAX_WRAPPERS = 5

_EXACT = REGISTRY.exact
_BELOW = REGISTRY.below
_IP = re.compile(r"[0-9.]+|\[.*\]")
_HOST = re.compile(r"[a-z0-9_.\-]+", re.ASCII)
_LOCAL = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain")
# An Element on any host shows the same permalinks, and a Matrix identifier names its own server.
_MATRIX_CLIENTS = frozenset(("element", "riot", "chat", "matrix", "im", "schildichat", "cinny", "hydrogen"))
_DEFAULT_PORTS = ("", "80", "443")
# Refusals of the spelling, not of the page: a second reading may cure them.
_UNREADABLE = ("not_a_url", "bad_url", "scheme", "host_too_long")


def identify(text: str, hosts: Mapping[str, str] | None = None) -> Identity | Refusal:
    """Say which item an address names.

    ``text`` is whatever was pasted: an address bar, a share button, an app link, a cell. ``hosts`` are the
    operator's declared hosts of self-hosted software, host name to platform slug
    (``{"chat.example.org": "rocketchat"}``). Never raises, whatever the text; a page that is no item, or a
    text that is no address, gives a Refusal with a stable code and a sentence.
    """
    if not isinstance(text, str):
        return refuse("not_a_url")
    if len(text) > MAX_LENGTH:
        return refuse("too_long")
    trimmed = text.strip()
    notes: tuple[str, ...] = ()
    if "&amp;" in trimmed:
        trimmed, notes = trimmed.replace("&amp;", "&"), ("html_escaped",)
    result = _read(trimmed, hosts, (), notes)
    if isinstance(result, Identity) and result.platform != "web":
        return result
    return _second_reading(trimmed, result, hosts, notes)


def _second_reading(
    text: str, first: Identity | Refusal, hosts: Mapping[str, str] | None, notes: tuple[str, ...]
) -> Identity | Refusal:
    """Read again without what people and programs put around or into an address, if that helps."""
    if isinstance(first, Refusal) and first.code in ("empty", "formula", "credentials", "control_character"):
        if first.code != "control_character" or text.strip(INVISIBLE + " \t\r\n") == text:
            return first
    again = BULLET.sub("", strip_outer(text))
    if not again:
        return refuse("empty")
    if isinstance(first, Refusal) and first.code in _UNREADABLE and is_defanged(again):
        again, notes = refang(again), (*notes, "defanged")
    if isinstance(first, Refusal) or _wrapped(again):
        bare = peel(again)
        if bare and bare != again:
            again, notes = bare, (*notes, "trimmed")
    if again == text:
        return first
    second = _read(again, hosts, (), notes)
    if isinstance(second, Identity) or (isinstance(first, Refusal) and first.code in _UNREADABLE):
        return second
    return first


def _wrapped(text: str) -> bool:
    return text[0] in "<\"'«»‹›“„‘([{`" or text[-1] in ">\"'«»‹›“”’`…"


def _read(
    text: str, hosts: Mapping[str, str] | None, wrappers: tuple[str, ...], notes: tuple[str, ...]
) -> Identity | Refusal:
    """Read one text that should be one address."""
    if not text:
        return refuse("empty")
    if not text.isprintable() and CONTROL.search(text):
        return refuse("control_character")
    lower = text[:8].lower()
    if lower[:7] != "http://" and lower != "https://":
        prepared = _prepare(text)
        if isinstance(prepared, Refusal):
            return prepared
        if isinstance(prepared, tuple):
            return _finish(*prepared, "", wrappers, (*notes, "app_link"))
        text, note = prepared.text, prepared.note
        if note:
            notes = (*notes, note)
    try:
        url = can_ada.parse(text)
    except ValueError:
        return refuse("bad_url")
    host = url.hostname
    if "@" in text and (url.username or url.password):
        return refuse("credentials", host=host)
    if host[-1:] == ".":
        host = host.rstrip(".")
    port = url.port
    site: Site | None = None
    if hosts is not None:
        site = _declared(hosts, host, port)
    if site is None:
        site = _EXACT.get(host) or _find_below(host)
        if site is None:
            return _unknown(url, host, port, hosts, wrappers, notes)
        if port not in _DEFAULT_PORTS:
            return refuse("port", site.slug, host)
    path = url.pathname
    search = url.search
    if host in redirectors.HOSTS or site.slug in redirectors.HOSTS:
        step = redirectors.target(host, site.slug, path, search)
        if step is not None:
            unwrapped = _unwrap(step, hosts, wrappers, notes)
            if isinstance(unwrapped, Identity):
                return unwrapped
    if "%" in path:
        path = decode_path(path)
    return _on_site(site, host, port, path, search[1:], url.hash[1:], wrappers, notes)


def _on_site(
    site: Site,
    host: str,
    port: str,
    path: str,
    search: str,
    fragment: str,
    wrappers: tuple[str, ...],
    notes: tuple[str, ...],
) -> Identity | Refusal:
    slug = site.slug
    found: Match | None = None
    if site.hook is not None:
        found = site.hook(Address(host, path, search, fragment))
    if found is None:
        first = path[1:].partition("/")[0].lower()
        if site.subdomain:
            candidates = site.rest
            path = host.partition(".")[0] + path
        elif first in site.reserved:
            candidates = site.first.get(first, ())
        else:
            candidates = site.rest if first else site.first.get("/", ())
        name = host if port in _DEFAULT_PORTS else f"{host}:{port}"
        try:
            found = match(candidates, path, name.removeprefix("www."), search, fragment)
        except Ambiguous:
            return refuse("ambiguous", slug, host)
        if found is None:
            return refuse("no_item", slug, host)
    return _finish(slug, found, host, wrappers, notes)


def _finish(
    slug: str, found: Match, host: str, wrappers: tuple[str, ...], notes: tuple[str, ...]
) -> Identity:
    kind, key, url, target = found
    return Identity(item_id(slug, key), slug, key, str(kind), url, host, "", wrappers, notes, target)


def _find_below(host: str) -> Site | None:
    """Look for a platform that owns every host below one of the suffixes of this one."""
    _, dot, suffix = host.partition(".")
    while dot:
        site = _BELOW.get(suffix)
        if site is not None:
            return site
        _, dot, suffix = suffix.partition(".")
    return None


def _declared(hosts: Mapping[str, str], host: str, port: str) -> Site | None:
    """The operator's own entry for a host, unless the host belongs to a platform we know."""
    slug = (port and hosts.get(f"{host}:{port}")) or hosts.get(host) or hosts.get(host.removeprefix("www."))
    if not slug or host in _EXACT:
        return None
    return REGISTRY.declared.get(slug)


class _Prepared:
    __slots__ = ("note", "text")

    def __init__(self, text: str, note: str = "") -> None:
        self.text = text
        self.note = note


def _prepare(text: str) -> _Prepared | Refusal | tuple[str, Match]:
    """Bring what does not start with http:// or https:// into that form, or refuse it."""
    if text[0] in "=+-@":
        return refuse("not_a_url" if text[0] == "@" and "(" not in text else "formula")
    if text.startswith("//"):
        return _Prepared("https:" + text, "scheme_added")
    scheme_match = SCHEME.match(text)
    if scheme_match is not None:
        scheme, rest = scheme_match[1].lower(), scheme_match[2]
        if scheme in ("http", "https"):
            return _Prepared(text)
        hook = REGISTRY.app_hooks.get(scheme)
        if hook is not None:
            found = hook[1](Address("", rest, "", ""))
            return refuse("no_item", hook[0]) if found is None else (hook[0], found)
        lower = text.lower()
        for prefix, becomes in REGISTRY.app_links:
            if lower.startswith(prefix):
                return _Prepared(becomes + text[len(prefix) :], "app_link")
        if "." not in scheme or not rest[:1].isdigit():
            return refuse("scheme")
    authority = re.split(r"[/?#\\]", text, maxsplit=1)[0]
    if "@" in authority or ("." not in authority and "%2e" not in authority.lower()):
        return refuse("not_a_url")
    if any(c.isspace() for c in authority):
        return refuse("not_a_url")
    return _Prepared("https://" + text, "scheme_added")


def _unwrap(
    step: tuple[str, str], hosts: Mapping[str, str] | None, wrappers: tuple[str, ...], notes: tuple[str, ...]
) -> Identity | Refusal:
    name, target = step
    if len(wrappers) >= MAX_WRAPPERS:
        return refuse("wrapper_loop")
    return _read(target.strip(), hosts, (*wrappers, name), notes)


def _unknown(
    url: can_ada.URL,
    host: str,
    port: str,
    hosts: Mapping[str, str] | None,
    wrappers: tuple[str, ...],
    notes: tuple[str, ...],
) -> Identity | Refusal:
    """An address on a host that no platform file names."""
    if _IP.fullmatch(host):
        return refuse("ip_address", host=host)
    if not _HOST.fullmatch(host):
        return refuse("bad_url")
    if "." not in host or host.endswith(_LOCAL):
        return refuse("local_host", host=host)
    if len(host) > 253 or max(map(len, host.split("."))) > 63 or ".." in host or host[0] == ".":
        return refuse("host_too_long" if ".." not in host and host[0] != "." else "bad_url", host=host[:253])
    step = redirectors.target(host, "", url.pathname, url.search)
    if step is not None:
        unwrapped = _unwrap(step, hosts, wrappers, notes)
        if isinstance(unwrapped, Identity):
            return unwrapped
    if url.hash[:2] == "#/" and host.partition(".")[0] in _MATRIX_CLIENTS:
        permalink = matrix.web(Address(host, url.pathname, "", url.hash[1:]))
        if permalink is not None:
            return _finish("matrix", permalink, host, wrappers, notes)
    found, extra = web.page(url, host, port)
    return Identity(
        item_id("web", found.key),
        "web",
        found.key,
        found.kind,
        found.url,
        host,
        web.registrable_domain(host),
        wrappers,
        notes + extra,
    )
