"""Finding the pages a person can reach from where sign-in leads, one address for each page's name.

A page nobody links to is not found, and tests/browser/test_axe.py says so: a page that cannot be reached is a defect.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any, Final
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
#: So many of them with the same filters set, whatever led there: another value shows other rows of the same list.
LOOKED_AT_WITH_FILTERS = 2
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


#: A link of our own pages, which are well formed: taking whole pages apart took a tenth of the time of a walk.
_LINK: Final = re.compile(r'<a\s(?:[^>"]|"[^"]*")*?(?<![\w-])href="([^"]+)"')


def links_of(page: str) -> list[str]:
    """Return where the links of a page lead, in their order."""
    return [unescape(one) for one in _LINK.findall(page)]


@dataclass(frozen=True)
class Page:
    """What came when an address was asked for: where one arrived, and its HTML; None where it is no page, but a file or refused."""

    address: str
    html: str | None
    is_file: bool = False


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
    files: set[str] = set()
    while waiting:
        address = waiting.popleft()
        name = _name_of(address)
        filters = frozenset(key for key, _ in parse_qsl(urlsplit(address).query))
        hint = "" if filters else led_from.get(address, "")
        kind = (name or "", filters, hint)
        enough = LOOKED_AT_WITH_FILTERS if filters else LOOKED_AT_FROM_A_HINT if hint else LOOKED_AT
        if name is None or name in files or (looked[kind] >= enough and address not in hints):
            continue
        looked[kind] += 1
        page = fetch(address)
        if page.is_file:
            files.add(name)
        if page.html is None:
            continue
        arrived = page.address
        stops.setdefault(_name_of(arrived) or name, Stop(_name_of(arrived) or name, arrived, person))
        for link in links_of(page.html):
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
        is_there = response.status_code == 200
        is_page = is_there and response["Content-Type"].startswith("text/html")
        return Page(arrived, b"".join(response).decode() if is_page else None, is_there and not is_page)

    return fetch


def _name_of(address: str) -> str | None:
    """Return the page's name with its namespace, or None where the address is none of ours."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
