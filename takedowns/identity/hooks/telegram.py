"""Telegram: t.me paths, ``name.t.me`` and ``tg:`` links, after TDLib's LinkManager (td/telegram/LinkManager.cpp).

Strict where Telegram's own library is strict: what it reads as no link is no item here either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..encoding import decode_fragment, decode_path, decode_value, pairs
from ..model import Address, Kind, Match
from ..routes import AmbiguousError

# is_valid_username: a letter first, letters, digits and single underscores, none at the end, at most 32.
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_|$)){0,31}", re.ASCII)
_HASH = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_PHONE = re.compile(r"[0-9]{1,32}", re.ASCII)
# 22 characters until 2021, 16 since. Telegram's own library reads others, too, so they are no more than remarked on.
_INVITE_LENGTHS = (16, 22)
_INT32 = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
# Stricter than to_integer, which reads the digits a segment starts with and ignores the rest: 12-15 and 12,13 are not 12.
_NUMBER = re.compile(r"0*([1-9][0-9]{0,17})", re.ASCII)
_WORD = re.compile(r"[A-Za-z_]*|0", re.ASCII)
# A program that writes addresses makes "%20" of the plus sign of a telephone number; of an invite it would be no plus sign.
_SPACED_PHONE = re.compile(r" [0-9]{5,32}", re.ASCII)
_PEER = re.compile(r"(-?[0-9]{1,20}|@[A-Za-z]\w{0,31})(?:_([0-9]{1,10}))?", re.ASCII)
_LEGACY_PEER = re.compile(r"[?&]p=@?([A-Za-z]\w{0,31})", re.ASCII)

RESERVED_SUBDOMAINS = frozenset(
    [
        "addemoji",
        "addlist",
        "addstickers",
        "addstyle",
        "addtheme",
        "auction",
        "auth",
        "boost",
        "call",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "joinchat",
        "login",
        "m",
        "nft",
        "proxy",
        "setlanguage",
        "share",
        "socks",
        "web",
        "a",
        "k",
        "z",
        "www",
    ]
)
# First segments that are never a username. Compared exactly: to Telegram /Bg is somebody's name.
_NO_ITEM = frozenset(
    [
        "addstyle",
        "auction",
        "bg",
        "confirmphone",
        "giftcode",
        "invoice",
        "login",
        "nft",
        "proxy",
        "setlanguage",
        "share",
        "msg",
        "socks",
        "iv",
        "c",
        "joinchat",
        "addlist",
        "addstickers",
        "addemoji",
        "addtheme",
        "call",
        "contact",
        "m",
        "i",
    ]
)
_INT32_MAX = 2_147_483_647


def web(address: Address) -> Match | None:
    """Read a path on t.me, telegram.me, telegram.dog, ``<name>.t.me`` or web.telegram.org."""
    path = address.path
    host = address.host
    if host.startswith("web."):
        return _client(address.fragment)
    if host.endswith(".t.me") and host != "www.t.me":
        name = host[:-5]
        if len(name) < 4 or name in RESERVED_SUBDOMAINS:
            return None
        path = f"/{name}{path}"
    while path.startswith("/s/"):
        path = path[2:]
    if (
        address.fragment and address.fragment.isdigit() and not address.search
    ):  # t.me/name#12 and t.me/name/12#13: Telegram reads past the second number
        return None
    return _path(path[1:].split("/"), address.search)


def app(address: Address) -> Match | None:
    """Read what follows ``tg:``."""
    rest = address.path.partition("#")[0].removeprefix("//")
    action, _, search = rest.partition("?")
    action = action.removesuffix("/").lower()
    given = dict(reversed(pairs(search)))
    if action == "resolve":
        return _resolve(given)
    if action == "privatepost":
        return _private(given)
    if action == "join":
        return _invite(given.get("invite", ""))
    if action in ("addstickers", "addemoji"):
        return _slug("addstickers", given.get("set", ""), Kind.STICKER_SET)
    if action == "addlist":
        return _slug("addlist", given.get("slug", ""), Kind.FOLDER)
    if action == "call":
        return _slug("call", given.get("slug", ""), Kind.LIVE)
    if action == "addtheme":
        return _slug("addtheme", given.get("slug", ""), Kind.OTHER)
    if action == "contact":
        return _slug("contact", given.get("token", ""), Kind.ACCOUNT)
    if action == "message":
        return _slug("m", given.get("slug", ""), Kind.ACCOUNT)
    if action == "boost":
        return _boost(given.get("domain", ""), given.get("channel", ""))
    if action in ("user", "openmessage"):
        return _peer(given.get("id") or given.get("user_id") or given.get("chat_id") or "")
    return None


def _path(parts: list[str], search: str) -> Match | None:
    head = parts[0]
    if not head:
        return None
    second = parts[1] if len(parts) > 1 else ""
    if head[0] == "+" or (head[0] == " " and _SPACED_PHONE.fullmatch(head)):
        return _phone(head[1:]) or _invite(head[1:])
    if head in _NO_ITEM:
        return _special(head, second, parts, search)
    if not _NAME.fullmatch(head):
        return None
    name = head.lower()
    if second[:1].isdigit() and second != "0" and name != "newbot":
        return _post(name, parts, search)
    if name == "boost":
        if len(parts) == 2 and _NAME.fullmatch(second):
            return account(second)
        if len(parts) == 1 and (channel := dict(reversed(pairs(search))).get("c", "")):
            return _boost("", channel) or account(name)
    if (
        name == "newbot"
        and _NAME.fullmatch(second)
        and len(parts) == 3
        and re.fullmatch(r"\w*bot", parts[2], re.IGNORECASE)
    ):
        return None if _NAME.fullmatch(parts[2]) else account(name)
    if len(parts) == 3 and second in ("s", "a") and _small(parts[2]):
        return _story(name, parts[2]) if second == "s" else _album(name, parts[2])
    if second in ("s", "a") and (len(parts) < 3 or not parts[2] or not _WORD.fullmatch(parts[2])):
        return None
    if len(parts) == 2 and len(second) >= 3 and _NAME.fullmatch(second):
        return _named(Kind.APP, name, f"/{second}")
    # Telegram reads the rest as the account; with digits or signs in it, it may be an item that was mistyped.
    is_account = not any(parts[1:]) or (second and _WORD.fullmatch(second)) or name == "newbot"
    return account(name) if is_account else None


def _special(head: str, second: str, parts: list[str], search: str) -> Match | None:
    if head == "c":
        return _private_path(parts, search)
    if head == "joinchat":
        return None if _PHONE.fullmatch(second) else _invite(second)
    if head in ("addstickers", "addemoji"):
        return _slug("addstickers", second, Kind.STICKER_SET)
    if head == "addlist":
        return _slug("addlist", second, Kind.FOLDER)
    if head == "call":
        return _slug("call", second, Kind.LIVE)
    if head == "addtheme":
        return _slug("addtheme", second, Kind.OTHER)
    if head in ("contact", "m"):
        return _slug(head, second, Kind.ACCOUNT)
    return None


def account(name: str) -> Match:
    """A username. Channel, group, person and bot share one namespace and cannot be told apart by name."""
    return _named(Kind.UNKNOWN, name.lower())


def _named(kind: Kind, name: str, rest: str = "", query: str = "") -> Match:
    """An item under a (lower-case) username.

    A name spelt like a path of Telegram's own (/Bg beside /bg) is set apart by "@", and its URL starts with a
    capital, which is how Telegram tells the two.
    """
    if name in _NO_ITEM:
        return Match(kind, f"@{name}{rest}", f"https://t.me/{name.capitalize()}{query or rest}")
    return Match(kind, name + rest, f"https://t.me/{name}{query or rest}")


def _small(text: str) -> bool:
    return _INT32.fullmatch(text) is not None and int(text) <= _INT32_MAX


def _number(text: str) -> str:
    """The positive number that a segment is, or ""."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else ""


def _comment(search: str) -> str:
    """The comment that a query names, "" for none. Raises AmbiguousError for one that is no number."""
    return _comment_of(dict(reversed(pairs(search)))) if "comment" in search else ""


def _comment_of(given: Mapping[str, str]) -> str:
    value = given.get("comment", "")
    if value in ("", "0"):
        return ""
    if not _small(value):  # the post itself would be another item
        raise AmbiguousError("comment")
    return value


def _post(name: str, parts: list[str], search: str) -> Match | None:
    post = _message_number(parts[1:])
    return _message(name, post, _comment(search)) if post else None


def _message_number(parts: list[str]) -> str:
    """The message that <topic>/<message>/… or <message>/… names, or "" where that is in doubt.

    Message numbers run through the whole chat, so the topic is no identity.
    """
    if len(parts) == 1:
        return _number(parts[0])
    first, second, third = (*parts, "")[:3]
    if not _number(first) or not (_number(second) or _WORD.fullmatch(second)):
        return ""
    if _WORD.fullmatch(second):
        return _number(first)
    return _number(second) if _WORD.fullmatch(third) else ""


def _private_path(parts: list[str], search: str) -> Match | None:
    chat = _number(parts[1]) if len(parts) > 1 else ""
    post = _message_number(parts[2:]) if len(parts) > 2 else ""
    if chat and post:
        return _message(f"c/{chat}", post, _comment(search))
    if chat and len(parts) >= 2 and any(name == "boost" for name, _ in pairs(search)):
        return _channel(chat)
    return None


def _message(chat: str, post: str, comment: str) -> Match:
    if chat.startswith("c/"):
        rest = f"{chat}/{post}"
        if comment:
            return Match(Kind.COMMENT, f"{rest}/comment/{comment}", f"https://t.me/{rest}?comment={comment}")
        return Match(Kind.MESSAGE, rest, f"https://t.me/{rest}")
    if comment:
        return _named(Kind.COMMENT, chat, f"/{post}/comment/{comment}", f"/{post}?comment={comment}")
    return _named(Kind.MESSAGE, chat, f"/{post}")


def _story(name: str, story: str) -> Match:
    return _named(Kind.STORY, name, f"/s/{story}")


def _album(name: str, album: str) -> Match:
    return _named(Kind.ALBUM, name, f"/a/{album}")


def _channel(chat: str) -> Match:
    return Match(Kind.CHANNEL, f"c/{chat}", f"https://t.me/c/{chat}?boost")


def _phone(digits: str) -> Match | None:
    if not _PHONE.fullmatch(digits):
        return None
    return Match(Kind.ACCOUNT, f"+{digits}", f"https://t.me/+{digits}")


def _invite(code: str) -> Match | None:
    if not _HASH.fullmatch(code) or len(code) > 64:
        return None
    # An all-digit code is a phone number in the + form, so only joinchat could write it; Telegram refuses it there.
    if _PHONE.fullmatch(code):
        return None
    notes = () if len(code) in _INVITE_LENGTHS else ("short_id",)
    return Match(Kind.GROUP, f"+{code}", f"https://t.me/+{code}", "", notes)


def _slug(place: str, slug: str, kind: Kind) -> Match | None:
    if not _HASH.fullmatch(slug):
        return None
    return Match(kind, f"{place}/{slug}", f"https://t.me/{place}/{slug}")


def _boost(domain: str, channel: str) -> Match | None:
    if _NAME.fullmatch(domain):
        return account(domain)
    return _channel(channel) if re.fullmatch(r"[1-9][0-9]{0,18}", channel, re.ASCII) else None


def _resolve(given: dict[str, str]) -> Match | None:
    name = given.get("domain", "")
    if not _NAME.fullmatch(name):
        return _phone(given.get("phone", "").lstrip("+ ")) if not name else None
    name = name.lower()
    post = given.get("post", "")
    if post:
        if not _number(post):
            return None
        return _message(name, _number(post), _comment_of(given))
    if _small(given.get("story", "")):
        return _story(name, given["story"])
    if _small(given.get("album", "")):
        return _album(name, given["album"])
    short = given.get("appname", "")
    if len(short) >= 3 and _NAME.fullmatch(short):
        return _named(Kind.APP, name, f"/{short}")
    return account(name)


def _private(given: dict[str, str]) -> Match | None:
    chat, post = given.get("channel", ""), _number(given.get("post", ""))
    if not re.fullmatch(r"[A-Za-z0-9_]{1,32}", chat, re.ASCII) or not post:
        return None
    comment = _comment_of(given)
    found = _message(f"c/{chat}", post, comment)
    if chat.isdigit():
        return found
    # Telegram's app takes a word here, its web paths do not: only the app link leads back to this item.
    suffix = f"&comment={comment}" if comment else ""
    return found._replace(url=f"tg://privatepost?channel={chat}&post={post}{suffix}")


def _peer(text: str) -> Match | None:
    found = _PEER.fullmatch(text)
    if found is None:
        return None
    peer, message = found[1], found[2]
    if peer[0] == "@":
        if not _NAME.fullmatch(peer[1:]):
            return None
        return _message(peer[1:].lower(), message, "") if message else account(peer[1:])
    key = f"id/{peer}" + (f"/{message}" if message else "")
    url = f"https://web.telegram.org/k/#{peer}" + (f"_{message}" if message else "")
    return Match(Kind.MESSAGE if message else Kind.UNKNOWN, key, url)


def _client(fragment: str) -> Match | None:
    """The address bar of the web clients: #@name, #-123456, #123_45, #/im?p=@name, #?tgaddr=tg%3A…"""
    fragment = decode_fragment(fragment)
    if "tgaddr=" in fragment:
        link = fragment.partition("tgaddr=")[2]
        return app(Address("", decode_value(link)[3:], "", "")) if link.lower().startswith("tg:") else None
    legacy = _LEGACY_PEER.search(fragment)
    if legacy is not None and fragment.partition("p=")[2].startswith("@"):
        return account(legacy[1]) if _NAME.fullmatch(legacy[1]) else None
    return _peer(decode_path(fragment))
