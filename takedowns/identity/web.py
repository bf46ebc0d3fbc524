"""Hosts no platform file describes: the normalised URL is the key, the registrable domain groups them."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import can_ada
from publicsuffixlist import PublicSuffixList

from . import lookalike, moments
from .model import Kind, Match

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@cache
def _suffixes() -> PublicSuffixList:
    """Read the list where the first unknown host comes: most commands meet none."""
    return PublicSuffixList()


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """The part of a host somebody can register (publicsuffix.org), or the host itself if it is a suffix."""
    return _suffixes().privatesuffix(host) or host


def _escape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in _UNRESERVED else found[0].upper()


def normalise_escapes(text: str) -> str:
    """Write escapes in upper case and unreserved characters plainly (RFC 3986, section 6.2.2)."""
    return _ESCAPE.sub(_escape, text) if "%" in text else text


def page(url: can_ada.URL, host: str, port: str) -> tuple[Match, tuple[str, ...], int | None]:
    """Key, URL, remarks and moment (in seconds) of a page on an unknown host.

    Scheme and "www." are no identity; path case, query and fragment are, for we cannot know which of them
    select what is shown. The URL stays as the parser writes it. No list of trackers is applied here: what looks like one may be the item.
    """
    place = host if port in ("", "80", "443") else f"{host}:{port}"
    rest = normalise_escapes(url.pathname) + normalise_escapes(url.search)
    fragment = url.hash
    cut = fragment.find(":~:")
    if cut >= 0:  # a text directive only scrolls (WICG scroll-to-text-fragment)
        fragment = fragment[:cut]
    moment = moments.of_fragment(fragment[1:])
    if moment is not None:  # nor does a media fragment name another video (W3C Media Fragments, 4.2.1)
        fragment = ""
    if len(fragment) > 1:
        rest += normalise_escapes(fragment)
    notes: tuple[str, ...] = () if place == host else ("nonstandard_port",)
    if lookalike.resembles(host):
        notes += ("lookalike_host",)
    key = place.removeprefix("www.") + (rest if rest != "/" else "")
    return Match(Kind.PAGE.value, key, url.href), notes, moment
