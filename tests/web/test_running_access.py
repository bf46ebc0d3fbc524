"""Running the place, asked for by the whole cast: who may open each page, who may act, and in how many statements."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.directory import keys
from takedowns.directory.hosts import declare
from tests.factories import number_of_rows
from tests.web.conftest import SignedIn, Work
from tests.web.test_access import EVERYBODY, RUNNING, SIGN_IN
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("running_query_counts.json")
STAFF = ("officer", "reviewer", "other_officer", "coordinator", "auditor", "administrator")
RUN = dict.fromkeys(STAFF, 403) | {"coordinator": 200, "administrator": 200}
#: Who prepares may not see the operation; who may not see it is told there is none.
PREPARES = RUN | {"absent_officer": 403}
RUNS = RUN | {"absent_officer": 404}
DECLARES = PREPARES
ADMINISTERS = DECLARES | {"coordinator": 403}
LOOKS_OVER = ADMINISTERS | {"auditor": 200}

PAGES: dict[str, dict[str, int]] = {
    "operation-prepare": PREPARES,
    "operation-set-up": RUNS,
    "operation-close": RUNS,
    "platforms": DECLARES,
    "platform": DECLARES,
    "platform-make": DECLARES,
    "agencies": ADMINISTERS,
    "agency": ADMINISTERS,
    "keys": ADMINISTERS,
    "key": ADMINISTERS,
    "key-make": ADMINISTERS,
    "retention": LOOKS_OVER,
}
#: Taken by POST only.
POSTED: dict[str, dict[str, int]] = {
    "operation-reopen": RUNS, "host-take-back": DECLARES, "key-rotate": ADMINISTERS, "key-revoke": ADMINISTERS,
}  # fmt: skip
#: What is sent to act; whoever may not open a page may not act on it either.
OPERATION = {
    "reference": "RAD20", "name": "n", "starts": "2020-01-01", "default_instrument": "referral", "agencies": [],
}  # fmt: skip
ACTS: dict[str, dict[str, Any]] = {
    "operation-prepare": OPERATION,
    "operation-set-up": OPERATION,
    "operation-close": {},
    "operation-reopen": {},
    "platform": {"name": "n"},
    "platform-make": {"hosts": "files.example.org", "name": "n"},
    "host-take-back": {},
    "agencies": {"name": "n", "slug": "new"},
    "agency": {"name": "n"},
    "key-make": {"name": "n", "scopes": ["referrals:read"], "requests_per_minute": "1"},
    "key-rotate": {"overlap": "0"},
    "key-revoke": {},
}
TABLES = (
    "referrals_operation",
    "referrals_operationchange",
    "directory_directorychange",
    "directory_platformhost",
    "directory_agency",
    "directory_apikey",
)
NO_OPERATION = {"operation-prepare": [], "platforms": [], "platform-make": [], "platform": ["rocketchat"],
                "host-take-back": ["chat.example.org"], "agencies": [], "agency": ["north"], "keys": [], "key-make": [],
                "retention": []}  # fmt: skip


def address_of(page: str, work: Work) -> str:
    """Return the address of a page, of the work's operation where it is about one."""
    if page in ("platform", "host-take-back"):
        declare("chat.example.org", "rocketchat")
    query, arguments = "", NO_OPERATION.get(page, ["RAD19"])
    if page in ("key", "key-rotate", "key-revoke"):
        made, _ = keys.create(name="Case system", agency=work.people.agency)
        arguments = [made.prefix]
    if page == "key-make":
        query = "?platform=telegram"
    return reverse(f"web:{page}", args=arguments) + query


def expected_of(allowed: dict[str, int], person: str) -> int:
    return allowed.get(person, SIGN_IN if person == "anonymous" else 403)


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_whom_it_is_meant(
    page: str, person: str, work: Work, signed_in: SignedIn
) -> None:
    response = signed_in(person).get(address_of(page, work))
    assert response.status_code == expected_of(PAGES[page], person)
    if response.status_code == 200:
        assert "no-store" in response["Cache-Control"]


ALLOWED = PAGES | POSTED


@pytest.mark.parametrize(
    ("page", "person"), [(page, one) for page in ACTS for one in EVERYBODY if ALLOWED[page].get(one) != 200]
)
def test_nobody_else_can_act(page: str, person: str, work: Work, signed_in: SignedIn) -> None:
    address, before = address_of(page, work), {name: number_of_rows(name) for name in TABLES}
    sent = {**ACTS[page], "agencies": [str(work.people.agency.pk)]}
    response = signed_in(person).post(address, sent)
    assert response.status_code == expected_of(ALLOWED[page], person)
    assert {name: number_of_rows(name) for name in before} == before


@pytest.mark.parametrize("page", POSTED)
def test_what_acts_is_not_done_by_following_a_link(page: str, work: Work, signed_in: SignedIn) -> None:
    assert signed_in("administrator").get(address_of(page, work)).status_code == 405


def _count(work: Work, signed_in: SignedIn) -> dict[str, int]:
    counts = {}
    for page in PAGES:
        person = "coordinator" if PAGES[page]["coordinator"] == 200 else "administrator"
        client, address = signed_in(person), address_of(page, work)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, page
        counts[page] = len(queries)
    return counts


def test_each_page_runs_as_many_statements_as_pinned(work: Work, signed_in: SignedIn) -> None:
    counts = _count(work, signed_in)
    if os.environ.get("PIN_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(PINNED.read_text())


def test_no_page_runs_more_than_the_limit() -> None:
    for page, count in json.loads(PINNED.read_text()).items():
        assert count - OF_THE_TEST <= MOST_OF_ANY, page


def test_the_table_names_every_page_of_running_the_place() -> None:
    assert PAGES.keys() | POSTED.keys() == RUNNING
