"""Link patterns of platform files, compiled once into as few regular expressions as possible.

A pattern is ``[group:]/path[?name={x}&…][#fragment]``. In it ``{x}`` is a value of the type x (or of the type
named after a colon, ``{x:type}``), ``*`` anything within a segment, ``**`` anything at all (``/**`` at the end
also matches nothing), ``[…]`` a part that may be missing. Literals match in any letter case. Query parameters
and fragments that a pattern does not name carry no identity and are ignored: an allow-list, never a block-list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from .encoding import compose, decode_fragment, pairs, quote_path, quote_value
from .model import Address, Match

_TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|/?\*\*$|\*\*|\*|\[|\]|[^{}*\[\]/]+|/")
# Kinds that hold others: what stands below one of these and names something of its own is not the holder.
_HOLDERS = frozenset({"account", "channel", "group", "playlist", "list", "album", "unknown"})
_THINGS = (
    r"posts?|status(?:es)?|p|s|reels?|tv|videos?|photos?|clips?|shorts|notes?|comments?|stor(?:y|ies)|watch|v"
    r"|threads?|topics?|messages?|lists?|feed"
)
# A page of the holder is named by a word. Long numbers and signs are an item's, mistyped (12,13) or in a form no rule reads.
_PAGE = r"(?:[0-9]{1,4}(?![^/])|(?![0-9])(?:[A-Za-z._-]|[0-9]{1,4}(?![0-9]))*+)"
# One thing is announced and not named: the address was cut off behind it. Several (/videos, /photos) are a page of the holder.
_CUT_OFF = r"(?:post|status(?:es)?|p|reel|tv|video|photo|clip|note|comment|story|watch|v|thread|topic|message|permalink)"
_BELOW = rf"(?:/+(?!(?i:{_THINGS})/+[^/]|(?i:{_CUT_OFF})/*\Z){_PAGE})*+"
# Where "**" follows a value, a second one may not be joined to it (ID,ID2 or "ID ID2"): which is meant?
_TAIL = r"(?:[/?&#._\"'<>()\[\]{}].*|\s+(?![\sA-Za-z0-9-]).*)?"
# What stands in a URL as it is, wherever a template puts it.
_PLAIN = re.compile(r"[A-Za-z0-9._~@:!$'()*,;/-]*", re.ASCII)
_FIRST = re.compile(r"https://([^/{}]+)/\{(\w+)\}(?:[/?]|$)")
_TEMPLATE = re.compile(r"\{(\w+)\}")


# Match(…) does the same with one more call, and every address comes by here.
_NEW = tuple.__new__


class PatternError(ValueError):
    """A platform file holds a pattern that cannot be understood."""


class Type(NamedTuple):
    """The shape of one kind of identifier: a regular expression without groups, and how its case is folded.

    ``lengths``: number of characters to the month until which such identifiers were given out ("" for those still
    given out), where the platform gives them certain lengths. ``short`` is the shape of what is cut off, "" for none.
    """

    pattern: str
    case: str = "exact"
    short: str = ""
    lengths: Mapping[int, str] = MappingProxyType({})


class Regex:
    """A regular expression that is compiled when it is first asked.

    There are more than a thousand, and a process that serves pages or says what is wrong with its settings needs few of them:
    compiling all takes a second. ``fullmatch`` is then the compiled one's own, so that asking costs what it always did.
    """

    __slots__ = ("_flags", "_pattern", "fullmatch")

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self._pattern, self._flags = pattern, flags
        self.fullmatch: Callable[[str], re.Match[str] | None] = self._first

    def compile(self) -> None:
        """Compile it now. Raises re.error."""
        self.fullmatch = re.compile(self._pattern, self._flags).fullmatch

    def _first(self, text: str) -> re.Match[str] | None:
        self.compile()
        return self.fullmatch(text)


class Route(NamedTuple):
    """One link pattern with what it yields. ``query`` and ``fragment`` are what must be there beside the path."""

    kind: str
    key: str
    url: str
    path: str
    first: str
    names: tuple[str, ...]
    folds: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, tuple[str, ...], Regex], ...]
    fragment: Regex | None
    decoded: frozenset[str]
    free: str
    source: str
    shapes: tuple[tuple[str, Type, Regex], ...]
    quoted: tuple[str, ...]
    names_host: bool


class Chunk(NamedTuple):
    """Routes tried together: one expression, and for each of its outer groups the route and its captures."""

    regex: Regex
    routes: Mapping[int, tuple[Route, tuple[tuple[str, int], ...]]]
    needs_query: bool


def _expression(
    pattern: str, types: Mapping[str, Type], names: list[tuple[str, str]], within: str, named: bool = False
) -> str:
    """Translate a pattern to a regular expression whose groups stand in the order of ``names``."""
    out = []
    position = 0
    before: Type | None = None
    number = False
    for token in _TOKEN.finditer(pattern):
        if token.start() != position:
            break
        position = token.end()
        part = token.group()
        if token.group(1):
            kind = token.group(2) or token.group(1)
            if kind not in types:
                raise PatternError(f"pattern {pattern!r}: no type {kind!r}; declare it under [types]")
            names.append((token.group(1), kind))
            label = f"?P<{token.group(1)}>" if named else ""
            before = types[kind]
            number = before.pattern.startswith(("[0-9]", "(?:[0-9]"))
            out.append(
                f"({label}{before.pattern}|{before.short})" if before.short else f"({label}{before.pattern})"
            )
            continue
        if part == "/**":
            second = f"(?!/+{before.pattern})" if before and before.lengths else ""
            out.append(f"{second}(?:/.*)?")
        elif part == "**":
            out.append(_TAIL if before else ".*")
        elif part == "*":
            # A title in words may follow a number, another number may not: which is meant?
            out.append(f"(?![0-9]+(?:/|$)){within}" if out and out[-1] == "\\-" and number else within)
        elif part == "[":
            out.append("(?:")
        elif part == "]":
            out.append(")?")
        else:
            out.append(part if part == "/" else _literal(part))
        before = None
    if position != len(pattern):
        raise PatternError(f"pattern {pattern!r}: not understood from character {position}")
    return "".join(out)


def _is_plain(pattern: str) -> bool:
    """Say whether all that a pattern matches can stand in a URL as it is, so that no value need be looked at."""
    plain = re.sub(r"\(\?[!=<][^()]*(?:\([^()]*\)[^()]*)*\)", "", pattern)  # what only looks ahead or behind
    # Character classes of plain characters, repeated, in alternatives.
    return (
        re.fullmatch(
            r"(?:\[[A-Za-z0-9._~@:-]+\]|\(\?:|[)|?]|[A-Za-z0-9_:@-]|\\\\\.|\{[0-9,]+\}|[*+])*", plain
        )
        is not None
    )


def _literal(text: str) -> str:
    return f"(?i:{re.escape(text)})" if any(c.isalpha() for c in text) else re.escape(text)


def _template(text: str, known: Iterable[str], pattern: str) -> str:
    """Turn ``{x}`` into the %-form that formats fastest."""
    missing = set(_TEMPLATE.findall(text)) - set(known) - {"host"}
    if missing:
        raise PatternError(f"template {text!r}: pattern {pattern!r} does not give {sorted(missing)}")
    return _TEMPLATE.sub(r"%(\1)s", text.replace("%", "%%"))


def _free(url: str, hosts: Sequence[str]) -> str:
    """The value that stands first in the path of a canonical URL, hence may not be a reserved word there."""
    found = _FIRST.match(url)
    return found[2] if found and found[1].removeprefix("www.") in hosts else ""


def compile_route(
    link: str, item: Mapping[str, str], types: Mapping[str, Type], subdomain: str | None, hosts: Sequence[str]
) -> Route:
    """Compile one link (without its group) of an item of a platform file.

    ``subdomain`` is the name that the hosts of the group capture, ``hosts`` are those of the group "main".
    Raises PatternError with the pattern and what is wrong with it.
    """
    kind, key, url = item["kind"], item["key"], item["url"]
    rest, _, fragment = link.partition("#") if "#" in link else (link, "", "")
    path, _, query = rest.partition("?")
    names: list[tuple[str, str]] = []
    prefix = ""
    if subdomain is not None:
        if subdomain not in types:
            raise PatternError(f"host variable {subdomain!r} has no type; declare it under [types]")
        names.append((subdomain, subdomain))
        prefix = f"({types[subdomain].pattern})"
    expression = prefix + _expression(path, types, names, "[^/]*")
    if kind in _HOLDERS and ("}" in path or subdomain is not None) and path.endswith(("/**", "/*")):
        # An item of the holder in a form that no rule reads stays apart from it (when in doubt, apart).
        ending = "(?:/.*)?" if path.endswith("/**") else "/[^/]*"
        expression = expression.removesuffix(ending) + (
            _BELOW if path.endswith("/**") else rf"/(?!(?i:{_CUT_OFF})/*\Z){_PAGE}"
        )
    expression += "" if path.endswith("**") else "/*"
    path_names = tuple(name for name, _ in names)
    wanted = _parameters(query, types, names)
    fragment_regex = None
    if fragment:
        inner: list[tuple[str, str]] = []
        fragment_regex = Regex(_expression(fragment, types, inner, "[^/]*", named=True), re.ASCII | re.DOTALL)
        names += inner
    known = [name for name, _ in names]
    if len(set(known)) != len(known):
        raise PatternError(f"pattern {link!r}: a name is used twice")
    first = path.lstrip("/").split("/", 1)[0]
    if subdomain is not None or re.search(r"[{*\[]", first):
        first = ""
    return Route(
        kind,
        _template(key, known, link),
        _template(url, known, link),
        expression,
        "" if subdomain is not None else first.lower() if path.strip("/") else "/",
        path_names,
        tuple((name, types[type_].case) for name, type_ in names if types[type_].case != "exact"),
        wanted,
        fragment_regex,
        frozenset(known) - frozenset(path_names),
        _free(url, hosts),
        link,
        tuple(
            (name, types[type_], Regex(types[type_].pattern, re.ASCII))
            for name, type_ in names
            if types[type_].short
        ),
        tuple(name for name, type_ in names if not _is_plain(types[type_].pattern)),
        "{host}" in key + url,
    )


def _parameters(
    query: str, types: Mapping[str, Type], names: list[tuple[str, str]]
) -> tuple[tuple[str, tuple[str, ...], Regex], ...]:
    """Compile the parameters that a link names, and add to ``names`` what they capture."""
    wanted = []
    for part in query.split("&") if query else []:
        name, _, value = part.partition("=")
        if part.startswith("{"):  # the parameter's name is the value, as in mediafire.com/?KEY
            name, value = "", part
        inner: list[tuple[str, str]] = []
        regex = Regex(_expression(value, types, inner, ".*") if value else ".*", re.ASCII | re.DOTALL)
        names += inner
        wanted.append((name, tuple(inner_name for inner_name, _ in inner), regex))
    return tuple(wanted)


def chunks(routes: Sequence[Route]) -> tuple[Chunk, ...]:
    """Join routes that depend on the path alone into one expression each run; keep the order of the file."""
    out: list[Chunk] = []
    run: list[Route] = []

    def close() -> None:
        if not run:
            return
        parts = []
        table = {}
        index = 1
        for route in run:
            table[index] = (route, tuple((name, index + 1 + n) for n, name in enumerate(route.names)))
            index += 1 + len(route.names)
            parts.append(f"({route.path})")
        out.append(Chunk(Regex("|".join(parts), re.ASCII | re.DOTALL), table, bool(run[0].query)))
        run.clear()

    for route in routes:
        if route.query or route.fragment:
            close()
            run.append(route)
            close()
        else:
            run.append(route)
    close()
    return tuple(out)


class _Given(NamedTuple):
    """The parameters of an address: their values, which have two, and which are there in a shape that no route knows."""

    values: Mapping[str, str]
    doubled: set[str]
    misread: set[str]


class AmbiguousError(Exception):
    """An address gives two different values for a parameter that carries identity."""


class TooShortError(Exception):
    """An identifier is not as long as any that its platform gives out."""


def match(
    candidates: tuple[Chunk, ...], reserved: frozenset[str], subject: str, address: Address
) -> Match | None:
    """Return what the first route that fits makes of an address, or None. Raises AmbiguousError, TooShortError.

    ``subject`` is the path, after the subdomain where the hosts capture one; ``reserved`` are the words that
    are no name where a canonical URL begins with one.
    """
    given: _Given | None = None
    for regex, routes, needs_query in candidates:
        if needs_query and not address.search:
            continue
        found = regex.fullmatch(subject)
        if found is None:
            continue
        route, captures = routes[found.lastindex or 1]
        values = {}
        for name, index in captures:  # a comprehension costs a call
            values[name] = found[index]
        if route.query:
            given = given or _given(address.search)
            if not _match_query(route, given, values):
                continue
        if route.fragment is not None:
            inside = route.fragment.fullmatch(decode_fragment(address.fragment))
            if inside is None:
                continue
            values.update(inside.groupdict())
        if route.free and values[route.free].lower() in reserved:
            continue
        if given and given.misread and not given.misread <= {name for name, _, _ in route.query}:
            # ?v=ID,ID2&list=… is not the list: a parameter that names an item is there and cannot be read.
            continue
        return _made(route, values, address.host)
    return None


def _given(search: str) -> _Given:
    """Return the parameters of an address: of each the first value, and which have two."""
    values: dict[str, str] = {}
    doubled = set()
    for name, value in pairs(search):
        if values.setdefault(name, value) != value:
            doubled.add(name)
    return _Given(values, doubled, set())


def _made(route: Route, values: dict[str, str], host: str) -> Match:
    """Return what a route that fits makes of its values. Raises TooShortError."""
    notes: tuple[str, ...] = ()
    for name, type_, whole in route.shapes:
        until = type_.lengths.get(len(values[name]))
        if until is None and (type_.lengths or not whole.fullmatch(values[name])):
            raise TooShortError(name)
        if until:
            notes = ("short_id",)
    for name, case in route.folds:
        value = values[name]
        if value:
            values[name] = value.lower() if case == "lower" else value.upper()
    if route.names_host:
        values["host"] = host.removeprefix("www.")
    key = route.key % values
    if not key.isascii():
        key = compose(key)
    for name in route.quoted:
        value = values[name]
        if not _PLAIN.fullmatch(value):
            values[name] = (quote_value if name in route.decoded else quote_path)(compose(value))
    return _NEW(Match, (route.kind, key, route.url % values, "", notes))


def _match_query(route: Route, given: _Given, values: dict[str, str]) -> bool:
    """Read the parameters that a route wants into ``values``; add to ``misread`` those that are there in another shape.

    Raises AmbiguousError where one that carries identity has two values.
    """
    for wanted, names, regex in route.query:
        found = None
        if not wanted:
            bare = (regex.fullmatch(name) for name, value in given.values.items() if not value)
            found = next(filter(None, bare), None)
        elif text := given.values.get(wanted):
            if wanted in given.doubled:
                raise AmbiguousError(wanted)
            found = regex.fullmatch(text) if f"{wanted}=" not in text else _named_again(text, wanted, regex)
            if found is None:
                given.misread.add(wanted)
        elif wanted in given.values:
            found = regex.fullmatch("")
        if found is None:
            return False
        values.update(zip(names, found.groups(), strict=True))
    return True


def _named_again(text: str, name: str, regex: Regex) -> re.Match[str] | None:
    """Match a value that holds its parameter once more (``?v=v=ID``, ``?v=ID?v=ID``); it may name only one thing."""
    parts = filter(None, text.split(f"{name}="))
    found = [hit for part in parts if (hit := regex.fullmatch(part.rstrip("?&;")))]
    if len({hit.groups() for hit in found}) > 1:
        raise AmbiguousError(name)
    return found[0] if found else None
