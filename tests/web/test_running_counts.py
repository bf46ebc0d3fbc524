"""Running the place: in how many statements each page is shown."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.deconfliction.pairing import Facts as Partner
from takedowns.deconfliction.pairing import offer
from takedowns.directory import keys
from takedowns.directory.hosts import declare
from takedowns.directory.listed_groups import Facts, save_group
from takedowns.rights.legal_holds import Covered
from takedowns.rights.legal_holds import place as place_legal_hold
from tests.clients import SignedIn, Work
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("running_query_counts.json")
#: By whose eyes each page's statements are counted.
SEEN_BY = {
    "operation-prepare": "coordinator",
    "operation-set-up": "coordinator",
    "operation-close": "coordinator",
    "operation-checklist": "coordinator",
    "reminders": "coordinator",
    "reminder-times": "coordinator",
    "reminder-recipients": "coordinator",
    "platforms": "coordinator",
    "platform": "coordinator",
    "platform-make": "coordinator",
    "agencies": "administrator",
    "agency": "administrator",
    "listed-groups": "administrator",
    "listed-group": "administrator",
    "listed-group-add": "administrator",
    "listed-groups-import": "administrator",
    "listed-groups-typed": "administrator",
    "keys": "administrator",
    "key": "administrator",
    "key-certificates": "administrator",
    "key-make": "administrator",
    "retention": "administrator",
    "legal-holds": "coordinator",
    "legal-hold-release": "coordinator",
    "pseudonym": "administrator",
    "data-report": "administrator",
    "jobs": "administrator",
    "deconfliction": "administrator",
    "deconfliction-add": "administrator",
    "deconfliction-partner": "administrator",
}
NO_OPERATION = {
    "operation-prepare": [],
    "platforms": [],
    "platform-make": [],
    "platform": ["rocketchat"],
    "host-take-back": ["chat.example.org"],
    "agencies": [],
    "agency": ["north"],
    "listed-groups": [],
    "listed-group-add": [],
    "listed-groups-import": [],
    "listed-groups-typed": [],
    "keys": [],
    "key-make": [],
    "retention": [],
    "legal-holds": [],
    "data-report": [],
    "jobs": [],
    "deconfliction": [],
    "deconfliction-add": [],
}


def address_of(page: str, work: Work) -> str:
    """Return the address of a page, of the work's operation where it is about one."""
    if page in ("platform", "host-take-back"):
        declare("chat.example.org", "rocketchat")
    query = ""
    arguments: list[Any] = [*NO_OPERATION.get(page, ["RAD19"])]
    if page in ("key", "key-certificates", "key-rotate", "key-revoke"):
        made, _ = keys.create(name="Case system", agency=work.people.agency)
        arguments = [made.prefix]
    if page == "listed-group":
        arguments = [save_group(Facts("eu", "E1", "Amber Front"), by=SYSTEM).pk]
    if page == "reminder-recipients":
        arguments = ["RAD19", "telegram"]
    if page == "legal-hold-release":
        with acting_as(SYSTEM):
            arguments = [place_legal_hold(Covered(work.people.operation), "File 12/19", by=SYSTEM).pk]
    if page == "pseudonym":
        arguments = [work.people.officer.pk]
    if page == "deconfliction-partner":
        arguments = [offer(Partner("South", "https://south.example", "desk"), by=SYSTEM)[0].pk]
    if page == "key-make":
        query = "?platform=telegram"
    return reverse(f"web:{page}", args=arguments) + query


def _count(work: Work, signed_in: SignedIn) -> dict[str, int]:
    counts = {}
    for page, person in SEEN_BY.items():
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
