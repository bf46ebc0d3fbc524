"""Targets that mail gateways, translators and search engines write in a code of their own, decoded where the address holds them.

Sources: Proofpoint's URL decoder (help.proofpoint.com, "How do I decode a rewritten URL?"); Google Search Central,
"Translated Results", on hosts below translate.goog; the vendors' descriptions of time-of-click protection.
"""

from __future__ import annotations

import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from .encoding import pairs

# A run of n characters that Proofpoint took out is written **X, X the place of n - 2 in this alphabet.
_RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_V3 = re.compile(r"/v3/__(.+?)__;([^!]*)!.*", re.DOTALL)
_STAR = re.compile(r"\*(?:\*(.))?", re.DOTALL)
_ONE_SLASH = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*:)/+")
_CHECK_POINT = re.compile(r"/v2/(?:r\d+/)?_{3,}(.+?)_{3,}\..*", re.DOTALL)
_TURBO = re.compile(r"/proxy_u/[^/]+/(https?)/(.+)", re.DOTALL)
_LAST_ADDRESS = re.compile(r"/((?:https?|hxxps?)(?::|%3A)(?:/|%2F).+)", re.IGNORECASE | re.DOTALL)
_TRANSLATED = re.compile(r"&?\b_x_tr_\w+=[^&]*")
_CLOUD_APPS = re.compile(r"\.(?:(?:access|admin-)?mcas\.ms|(?:us\d?|eu\d?)\.cas\.ms|mcas-gov\.us)$")


def proofpoint_v2(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``u=https-3A__t.me_name``: "-" for "%", "_" for "/"."""
    written = dict(reversed(pairs(search))).get("u", "")
    return unquote(written.replace("-", "%").replace("_", "/"))


def proofpoint_v3(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``/v3/__https://t.me/name__;…!!…``; each "*" stands for characters that follow in Base64."""
    # The target's own question mark makes the rest a query to whoever parses the whole.
    found = _V3.fullmatch(path + ("?" + search if search else ""))
    if found is None:
        return ""
    try:
        taken_out = urlsafe_b64decode(found[2] + "==").decode() if found[2] else ""
    except ValueError:
        return ""
    position = 0

    def put_back(star: re.Match[str]) -> str:
        nonlocal position
        length = 1 if star[1] is None else _RUNS.find(star[1]) + 2
        position += length
        return taken_out[position - length : position]

    target = _STAR.sub(put_back, found[1])
    # More taken out than written, or less: the link was damaged on its way.
    return _ONE_SLASH.sub(r"\1//", target, count=1) if position == len(taken_out) else ""


def base64(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``u=`` in Base64 (Sophos)."""
    return _decoded(dict(reversed(pairs(search))).get("u", "").replace(" ", "+"))


def bing(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``u=a1`` and the target in Base64 (Bing's results)."""
    written = dict(reversed(pairs(search))).get("u", "")
    return _decoded(written[2:]) if written.startswith("a1") else ""


def _decoded(text: str) -> str:
    """Return what Base64 says, of either alphabet and with or without its padding; empty where it is none."""
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_").decode()
    except ValueError:
        return ""


def disqus(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``url=https://t.me/name:AbC…``, the target and behind it a signature."""
    return re.sub(r":[\w-]{16,}$", "", dict(reversed(pairs(search))).get("url", ""), flags=re.ASCII)


def last_in_path(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read the target that ends the path, escaped (Cisco)."""
    found = _LAST_ADDRESS.search(path)
    if found is None:
        return ""
    written = found[1]
    return unquote(written) if "%2F" in written[:12].upper() else written + ("?" + search if search else "")


def check_point(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``/v2/___https://t.me/name___.…`` (Check Point, Avanan)."""
    found = _CHECK_POINT.fullmatch(path + ("?" + search if search else ""))
    return found[1] if found else ""


def translate_goog(host: str, path: str, search: str) -> str:
    """Read a host below translate.goog: "-" for ".", "--" for "-", with the marks that _x_tr_enc and _x_tr_hp name."""
    given = dict(reversed(pairs(search)))
    encoding = given.get("_x_tr_enc", "").split(",")
    label = given.get("_x_tr_hp", "") + host.removesuffix(".translate.goog")
    if "1" in encoding:
        label = label.removeprefix("1-")
    international = "0" in encoding and label.startswith("0-")
    if international:
        label = label[2:]
    name = re.sub(r"\b-\b", ".", label).replace("--", "-")
    rest = _TRANSLATED.sub("", search).lstrip("&")
    return f"https://{'xn--' if international else ''}{name}{path}" + (f"?{rest}" if rest else "")


def turbo_pages(host: str, path: str, search: str) -> str:  # noqa: ARG001
    """Read ``/proxy_u/en-de.de.…/https/t.me/name`` (Yandex Translate)."""
    found = _TURBO.fullmatch(path)
    return f"{found[1]}://{found[2]}" + (f"?{search}" if search else "") if found else ""


def cloud_apps(host: str, path: str, search: str) -> str:
    """Read ``t.me.mcas.ms``: the host, and behind it that of Microsoft's session control."""
    query = re.sub(r"&?\bMcas(?:Tsid|Ctx)=[^&]*", "", search).lstrip("&")
    name = _CLOUD_APPS.sub("", host)
    return f"https://{name}{path}" + (f"?{query}" if query else "") if "." in name else ""


DECODERS: Mapping[str, Callable[[str, str, str], str]] = {
    decode.__name__: decode
    for decode in (
        proofpoint_v2,
        proofpoint_v3,
        base64,
        bing,
        disqus,
        last_in_path,
        check_point,
        translate_goog,
        turbo_pages,
        cloud_apps,
    )
}
"""By the name that redirectors.toml gives; each takes host, path and query, and returns the target, "" for none."""
