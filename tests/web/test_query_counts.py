"""How many statements each page runs, pinned as data. A page that needs more must say so here, in the same commit.

BEGIN, COMMIT and savepoints count too; the transaction that a test runs in costs each page one statement more. To pin anew: PIN_QUERY_COUNTS=1 pytest tests/web/test_query_counts.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.web.views.board import LIVE_PARTS
from tests.web.conftest import SignedIn, Work
from tests.web.test_access import PAGES, address_of

PINNED = Path(__file__).with_name("query_counts.json")
#: The board's own limit, and that of every other page.
MOST = {"board": 12, "board-live": 12}
MOST_OF_ANY = 15
OF_THE_TEST = 1
FILTERED = {
    "referrals, filtered": "?status=submitted&platform=telegram",
    "referrals, last page": "?last=1",
    "referrals, by address": "?q=https://t.me/demo_lantern/12",
    "referrals, no item": "?q=nonsense",
}


def _count(work: Work, signed_in: SignedIn) -> dict[str, int]:
    client = signed_in("officer")
    list_page = address_of("referrals", work)
    pages = {page: address_of(page, work) for page in PAGES} | {
        name: list_page + query for name, query in FILTERED.items()
    }
    counts = {}
    for name, address in sorted(pages.items()):
        client.get(address)  # what is remembered in the process is read by the first visit
        LIVE_PARTS.forget()  # but a part made for another viewer saves nothing that is pinned
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
            b"".join(response)  # a streamed page queries while it is read
        assert response.status_code == 200, name
        counts[name] = len(queries)
    return counts


def test_each_page_runs_as_many_statements_as_pinned(work: Work, signed_in: SignedIn) -> None:
    counts = _count(work, signed_in)
    if os.environ.get("PIN_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(PINNED.read_text())


def test_no_page_runs_more_than_its_limit() -> None:
    for page, count in json.loads(PINNED.read_text()).items():
        assert count - OF_THE_TEST <= MOST.get(page, MOST_OF_ANY), page


def test_more_work_does_not_mean_more_statements(work: Work, signed_in: SignedIn) -> None:
    before = _count(work, signed_in)
    for agency, user in (
        (work.people.agency, work.people.officer),
        (work.people.other_agency, work.people.other_officer),
    ):
        lines = [f"https://t.me/demo_more/{number}" for number in range(120)] + [
            "https://t.me/demo_lantern/12"
        ]
        receive(
            operation=work.people.operation,
            agency=agency,
            user=user,
            source=Submission.Source.PASTE,
            filename="",
            content="\n".join(lines).encode(),
        )
    assert _count(work, signed_in) == before


def test_identifying_stays_within_the_limit(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    client.get("/identify/")  # the first visit also writes that the session is used
    with CaptureQueriesContext(connection) as queries:
        client.post("/identify/", {"url": "https://t.me/demo_lantern/12"})
    assert len(queries) - OF_THE_TEST <= MOST_OF_ANY
