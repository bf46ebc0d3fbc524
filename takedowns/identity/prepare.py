"""From a trimmed text to something with a scheme: app links, scheme-relative and scheme-less addresses."""

from __future__ import annotations

import re
from typing import NamedTuple

from .model import Address, Match, Refusal
from .refusals import refuse
from .registry import REGISTRY
from .routes import AmbiguousError
from .text import SCHEME

_AUTHORITY = re.compile(r"[^/?#\\]*")
# r/name and u/name are what Reddit's users write for a community and a person; no other platform is meant by them.
_SHORTHAND = re.compile(r"/?((?:r|u)/[A-Za-z0-9_-]{2,40}/?)$", re.ASCII)
_PORT = re.compile(r"[0-9]{1,5}(?:[/?#]|$)", re.ASCII)


class Prepared(NamedTuple):
    """A web address ready to be parsed, and the code of the remark to make about it ("" for none)."""

    text: str
    note: str


class AppItem(NamedTuple):
    """An item named by an app link that has no web form to parse (``tg:``, ``matrix:``)."""

    platform: str
    match: Match


_NAME = re.compile(r"@[\w.-]{1,64}(?:@[\w.-]{1,253})?")
_PHONE = re.compile(r"\+[0-9][0-9 ()./-]{4,30}", re.ASCII)


def prepare(text: str) -> Prepared | AppItem | Refusal:
    """Bring what does not start with http:// or https:// into that form, read it as an app link, or refuse it."""
    if text[0] == "@" and _NAME.fullmatch(text):
        return refuse("handle")
    if text[0] in "=+-@":
        # "- https://…" is a line of a list, "@name" a handle, "+44 …" a telephone; a sheet runs what else starts so.
        harmless = (
            text[1:2].isspace() if text[0] == "-" else text[0] == "@" and "(" not in text
        ) or _PHONE.fullmatch(text) is not None
        return refuse("not_a_url" if harmless else "formula")
    if text.startswith("//"):
        return Prepared("https:" + text, "scheme_added")
    found = SCHEME.match(text) if ":" in text else None
    if found is not None:
        scheme, rest = found[1].lower(), found[2]
        if scheme in ("http", "https"):
            # A browser would also open "https:t.me/name"; nobody writes that but to be read in two ways.
            return Prepared(text, "") if rest[:1] in ("/", "\\") else refuse("bad_url")
        app = _app_link(text, scheme, rest)
        if app is not None:
            return app
        # "t.me:443/name" is a host and a port, not a scheme.
        if "." not in scheme or not _PORT.match(rest):
            return refuse("scheme")
    shorthand = _SHORTHAND.match(text) if text[0] in "/ru" else None
    if shorthand is not None:
        return Prepared(f"https://www.reddit.com/{shorthand[1]}", "scheme_added")
    authority = _AUTHORITY.match(text)[0]  # type: ignore[index]  # matches every text
    if "." not in authority and "%2e" not in authority.lower():
        return refuse("not_a_url")
    if "@" in authority or authority.split() != [authority]:
        return refuse("not_a_url")
    return Prepared("https://" + text, "scheme_added")


def _app_link(text: str, scheme: str, rest: str) -> Prepared | AppItem | Refusal | None:
    hook = REGISTRY.app_hooks.get(scheme)
    if hook is not None:
        slug, read = hook
        try:
            match = read(Address("", rest, "", ""))
        except AmbiguousError:
            return refuse("ambiguous", slug)
        return refuse("no_item", slug) if match is None else AppItem(slug, match)
    links = REGISTRY.app_links.get(scheme, ())
    lower = text.lower() if links else ""
    for prefix, becomes in links:
        if lower.startswith(prefix):
            return Prepared(becomes + text[len(prefix) :], "app_link")
    return None
