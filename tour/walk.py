"""Finding the pages a person can reach from where sign-in leads, one address for each page's name.

A page nobody links to is not found, and tests/browser/test_axe.py says so: a page that cannot be reached is a defect.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Membership, User

START = "/"
#: So many addresses of one page are opened in search of further links; what a referral offers hangs on its status.
LOOKED_AT = 6
#: So many of them from each place that is hinted at.
LOOKED_AT_FROM_A_HINT = 2
#: Places that no link on the way leads to in so few steps: referrals in each status offer other actions.
HINTS = (
    "",
    "referrals/?status=submitted",
    "referrals/?status=approved",
    "referrals/?status=referred",
    "referrals/?status=removed",
    "referrals/?status=information_requested",
    "referrals/?instrument=removal_order",
    "orders/",
)


@dataclass(frozen=True)
class Stop:
    """One page as one person reaches it: the page's name in the address table, and an address of it."""

    page: str
    address: str
    person: str


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a" and attributes.get("href"):
            self.found.append(str(attributes["href"]))


@dataclass(frozen=True)
class Page:
    """What came when an address was asked for: where one arrived, and its HTML; None where it is no page."""

    address: str
    html: str | None


def walk(fetch: Callable[[str], Page], person: str, *, operation: str | None = None) -> list[Stop]:
    """Return a stop for each page that ``person`` reaches by links, asked for with ``fetch``.

    ``operation`` is the reference of one whose referrals are looked at in each status. Files to download and addresses
    of other sites are no pages; an answer other than 200 is none either.
    """
    hints = [f"/operations/{operation}/{hint}" for hint in HINTS] if operation else []
    waiting = deque([*hints, START])
    known = set(waiting)
    led_from: dict[str, str] = {}
    looked: Counter[tuple[str, frozenset[str], str]] = Counter()
    stops: dict[str, Stop] = {}
    while waiting:
        address = waiting.popleft()
        name = _name_of(address)
        hint = led_from.get(address, "")
        kind = (name or "", frozenset(key for key, _ in parse_qsl(urlsplit(address).query)), hint)
        if name is None or looked[kind] >= (LOOKED_AT_FROM_A_HINT if hint else LOOKED_AT):
            continue
        looked[kind] += 1
        page = fetch(address)
        if page.html is None:
            continue
        arrived = page.address
        stops.setdefault(_name_of(arrived) or name, Stop(_name_of(arrived) or name, arrived, person))
        links = _Links()
        links.feed(page.html)
        for link in links.found:
            target = urljoin(arrived, link).partition("#")[0]
            if target not in known and not urlsplit(target).netloc:
                known.add(target)
                led_from[target] = address if address in hints else ""
                waiting.append(target)
    return sorted(stops.values(), key=lambda stop: stop.page)


def everybody(operation: str, host: str = "testserver") -> Iterator[tuple[Client, list[Stop]]]:
    """Yield, for one person of each role, a client that is signed in as that person and the pages reached."""
    people: dict[str, User] = {}
    with acting_as(SYSTEM):
        for membership in Membership.objects.order_by("role", "user__email").select_related("user"):
            people.setdefault(membership.role, membership.user)
    if not people:
        raise LookupError("Nobody has a role in this database: there is nobody to walk as.")
    for person in people.values():
        client = Client(HTTP_HOST=host)
        client.force_login(person)
        with _refusals_are_no_news():
            reached = walk(_fetching(client), person.email, operation=operation)
        yield client, reached


@contextmanager
def _refusals_are_no_news() -> Iterator[None]:
    """Trying every door means being refused at some: keep that out of the log meanwhile."""
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _fetching(client: Client) -> Callable[[str], Page]:
    def fetch(address: str) -> Page:
        response: Any = client.get(address, follow=True)
        arrived: str = response.redirect_chain[-1][0] if response.redirect_chain else address
        is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
        return Page(arrived, b"".join(response).decode() if is_page else None)

    return fetch


def _name_of(address: str) -> str | None:
    """Return the page's name with its namespace, or None where the address is none of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
