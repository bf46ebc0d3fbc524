"""Every name that a view reads is sent something hostile, as everybody who may open it: nothing fails, and nothing of elsewhere is told.

A sample in the suite, the same each time; all of it by hand, for as long as one says: ``make attack ARGS="--seconds 3600"``.
"""

from __future__ import annotations

import logging
import os
import random
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.attack.elsewhere import Elsewhere, make_elsewhere
from tests.attack.hostile import (
    BODIES,
    FILES,
    HEADERS,
    TEXTS,
    Form,
    changed,
    encoded,
    forms_of,
    multipart,
)
from tests.attack.sending import Attacker, Sent
from tests.clients import SignedIn, Work
from tests.web import access
from tests.web.test_access_table import arguments  # noqa: F401 - a fixture

#: What many pages read, for whoever acts on them.
_USUAL: Final = {"back": "/", "note": "n", "expected": "0", "query": "tier=1"}
#: Names of a page that are tried in the suite.
AT_ONCE: Final = 3
#: As many names as the pages read at the least; fewer, and the test does not see any more what it should.
NAMES_AT_LEAST: Final = 300
#: End the session that the others ask with.
_LEAVES: Final = {"sign-out", "logout", "account_logout"}
FORM: Final = "application/x-www-form-urlencoded"


@dataclass
class Route:
    """A page as one of the cast may open it: where it stands, and what is sent to act on it."""

    name: str
    who: str
    address: str
    sent: dict[str, list[str]]
    takes: bool
    known: bool = False
    names: set[str] = field(default_factory=set)
    fields: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


def _as_lists(sent: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        name: [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
        for name, value in sent.items()
    }


class Fuzz:
    """All of the pages, with dice."""

    def __init__(self, attacker: Attacker, elsewhere: Elsewhere, seed: str, most: int) -> None:
        self.attacker = attacker
        self.dice = random.Random(seed)
        self.values: list[str | bytes] = [*TEXTS, *elsewhere.uuids, elsewhere.reference]
        self.elsewhere = elsewhere
        self.most = most
        self.forms: dict[tuple[str, str, str], Form] = {}

    def look(self, route: Route) -> None:
        """Open a page, for the names that are read of its address, and for what its forms send, wherever to."""
        opened = self.attacker.send(Sent(route.who, "GET", route.address))
        route.names |= opened.read[0]
        if route.names:  # what is read only where the first names are there
            names = encoded([(name, "1") for name in sorted(route.names)])
            route.names |= self.attacker.send(Sent(route.who, "GET", f"{_bare(route)}?{names}")).read[0]
        for form in forms_of(opened.page):
            try:
                target = resolve(urlsplit(urljoin(route.address, form.action)).path)
            except Resolver404:
                continue
            self.forms[route.who, str(target.url_name), form.method] = form
        if form := self.forms.get((route.who, route.name, "get")):
            route.names |= form.fields.keys()

    def act(self, route: Route) -> None:
        """Act on a page as one should, for the names that are read of the form."""
        if form := self.forms.get((route.who, route.name, "post")):
            usual = {name: values for name, values in form.fields.items() if values}
            route.sent = {**usual, **route.sent}
            route.fields |= form.fields.keys()
            route.files |= form.files
        route.fields |= route.sent.keys()
        for _ in range(2):  # the second time, what is read only where the first names are there
            sent = {name: route.sent.get(name, ["1"]) for name in route.fields}
            pairs = [(name, one) for name, values in sorted(sent.items()) for one in values]
            kind, body = multipart(pairs)
            answer = self.attacker.send(Sent(route.who, "POST", route.address, body, kind))
            route.fields |= answer.read[1]
            route.files |= answer.read[2]
        route.fields -= {"csrfmiddlewaretoken"}

    def ask_oddly(self, route: Route, name: str) -> None:
        """Put something hostile into one name of the address."""
        given = {one: ["1"] for one in route.names if self.dice.random() < 0.1}
        pairs = changed(given, name, self.dice.choice(self.values), self.dice)
        self.attacker.send(Sent(route.who, "GET", f"{_bare(route)}?{encoded(pairs)}"))

    def act_oddly(self, route: Route, name: str) -> None:
        """Put something hostile into one field of the form, or a file where text is meant, and text where a file is."""
        files: Sequence[tuple[str, str, bytes]] = ()
        is_file = name in route.files
        if (is_file and self.dice.random() < 0.8) or self.dice.random() < 0.05:
            files = [(name, *self.dice.choice(FILES))] * self.dice.choice((1, 1, 3))
        pairs = changed(route.sent, name, self.dice.choice(self.values), self.dice)
        if is_file or files or self.dice.random() < 0.2:
            kind, body = multipart([one for one in pairs if not (files and one[0] == name)], files)
        else:
            kind, body = FORM, encoded(pairs).encode()
        self.attacker.send(Sent(route.who, "POST", route.address, body, kind))

    def odd_request(self, route: Route) -> None:
        """Send a header, a body or a method that is odd."""
        method = self.dice.choice(("GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"))
        kind, body = (
            self.dice.choice(BODIES) if method != "GET" or self.dice.random() < 0.2 else ("text/plain", b"")
        )
        headers = self.dice.choice(HEADERS) if self.dice.random() < 0.7 else {}
        self.attacker.send(Sent(route.who, method, route.address, body, kind, headers))

    def odd_address(self, route: Route) -> None:
        """Name something else in the address: what is elsewhere, or nothing at all."""
        parts = urlsplit(route.address).path.split("/")
        known = [
            place
            for place, part in enumerate(parts)
            if (part and place > 1) or (part and self.dice.random() < 0.05)
        ]
        if not known:
            return
        with_uuid = [place for place in known if len(parts[place]) == 36]
        place = self.dice.choice(with_uuid or known)
        if with_uuid and self.dice.random() < 0.8:
            parts[place] = self.dice.choice(self.elsewhere.uuids)
            if "RAD19" in parts and self.dice.random() < 0.5:
                parts[parts.index("RAD19")] = self.elsewhere.reference
        elif "RAD19" in parts and self.dice.random() < 0.5:
            parts[parts.index("RAD19")] = self.elsewhere.reference
        else:
            parts[place] = quote(self.dice.choice(self.values) or "-", safe="%")
        method = "POST" if route.takes and self.dice.random() < 0.5 else "GET"
        body = encoded([(name, one) for name, values in route.sent.items() for one in values]).encode()
        self.attacker.send(Sent(route.who, method, "/".join(parts), body if method == "POST" else b"", FORM))

    def round(self, route: Route) -> None:
        """Send each name of a page one hostile value, and some odd requests."""
        if not route.known:
            route.known = True
            self.look(route)
            if route.takes:
                self.act(route)
        for name in self.some_of(route.names):
            self.ask_oddly(route, name)
        if route.takes:
            for name in self.some_of(route.fields | route.files):
                self.act_oddly(route, name)
        self.all_at_once(route)
        odd = [self.odd_request, self.odd_address]
        for one in odd if self.most > AT_ONCE else [self.dice.choice(odd)]:
            one(route)

    def all_at_once(self, route: Route) -> None:
        """Put something hostile into each name of the address, or into each field of the form."""
        names = sorted(route.fields if route.takes else route.names)
        sent = encoded([(name, self.dice.choice(self.values)) for name in names])
        if route.takes:
            self.attacker.send(Sent(route.who, "POST", route.address, sent.encode(), FORM))
        elif names:
            self.attacker.send(Sent(route.who, "GET", f"{_bare(route)}?{sent}"))

    def some_of(self, names: set[str]) -> list[str]:
        """Return some of the names, by the dice; all of them in a long run."""
        return self.dice.sample(sorted(names), min(len(names), self.most))


def _bare(route: Route) -> str:
    return route.address.partition("?")[0]


def routes_of(
    work: Work,
    of: Mapping[str, list[Any]],
) -> Iterator[list[Route]]:
    """Yield each page of the table, as each of the cast who may open it or act there."""
    common = {"agency": str(work.people.agency.pk), "referral": [str(work.referral_ids[0])]}
    for name in access.pages():
        told = access.pinned()[name]
        address = reverse(f"web:{name}", args=of[name]) + access.QUERIES.get(name, "")
        found = []
        for who in access.COLUMNS:
            acts = told.get("POST", {}).get(who) == "yes"
            if acts or told.get("GET", {}).get(who) == "yes":
                action = access.ACTIONS[name][1] if acts else {}
                sent = _as_lists({**_USUAL, **action, **common}) if acts else {}
                found.append(Route(name, who, address, sent, acts))
        yield found


#: What stands in the holes of addresses that are the same for everybody, or another program's own.
_HOLES: Final = {
    "token": "a" * 43,
    "pk": "1",
    "key": "a-b",
    "uidb36": "1",
    "provider_id": "nobody",
    "object_id": "1",
    "content_type_id": "1",
    "url": "nowhere",
    "app_label": "directory",
    "link_id": "00000000-0000-0000-0000-000000000000",
}


def routes_beside() -> Iterator[list[Route]]:
    """Yield each other page: those that are open to all, those about accounts, the administration's."""

    def walk(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[tuple[str, str]]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, before + str(one.pattern))
            elif one.name:
                yield str(one.name), before + str(one.pattern)

    for name, pattern in walk(get_resolver().url_patterns, "/"):
        if pattern.startswith(("/api/", "/components/")) or name in access.pages() or name in _LEAVES:
            continue
        address = re.sub(
            r"\(\?P<(\w+)>(?:[^()]|\(\?:[^()]*\))*\)", r"<\1>", pattern.replace("^", "").replace("$", "")
        )
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda hole: _HOLES.get(hole[1], "x"), address).replace(
            "\\", ""
        )
        people = ["administrator"] if address.startswith("/admin/") else ["anonymous", "officer"]
        yield [Route(name, who, address, {}, takes=True) for who in people]


@contextmanager
def _quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def test_no_page_fails_at_what_is_hostile_or_tells_of_elsewhere(
    work: Work,
    signed_in: SignedIn,
    arguments: dict[str, list[Any]],  # noqa: F811
) -> None:
    seconds, seed = float(os.environ.get("ATTACK_SECONDS", "0")), os.environ.get("ATTACK_SEED", "1")
    elsewhere = make_elsewhere(work.people)
    clients = {who: signed_in(who) for who in access.COLUMNS}
    for client in clients.values():
        client.raise_request_exception = False
    attacker = Attacker(clients)
    fuzz = Fuzz(attacker, elsewhere, seed, 99 if seconds else AT_ONCE)
    start = time.monotonic()
    routes = []
    for found in (*routes_of(work, arguments), *routes_beside()):
        routes += found if seconds else [fuzz.dice.choice(found)] if found else []
    if seconds:
        fuzz.dice.shuffle(routes)
    with _quiet():
        again = True
        while again:
            for route in routes:
                if seconds and time.monotonic() - start > seconds:
                    break
                fuzz.round(route)
            again = time.monotonic() - start < seconds
    took = time.monotonic() - start
    print(f"Seed {seed}: {attacker.number} requests to {len(routes)} pages in {took:.0f} s")
    assert not attacker.failed, "\n".join(f"{what}\n    {sent}" for what, sent in attacker.failed.items())
    if not seconds:
        assert sum(len(route.names) for route in routes) > NAMES_AT_LEAST
        assert sum(len(route.fields | route.files) for route in routes if route.takes) > NAMES_AT_LEAST
