"""How many statements each page runs, pinned as data. A page that needs more must say so here, in the same commit.

BEGIN, COMMIT and savepoints count too; the transaction that a test runs in costs each page one statement more. To pin anew: PIN_QUERY_COUNTS=1 pytest tests/web/test_query_counts.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Submission
from takedowns.intake.receive import receive
from takedowns.referrals.models import Item, Outlet
from takedowns.web.views.dashboard import LIVE_PARTS
from tests.clients import SignedIn, Work
from tests.web import access

PINNED = Path(__file__).with_name("query_counts.json")
#: What an officer reads.
PAGES = (
    "home",
    "operations",
    "identify",
    "news",
    "messages",
    "board",
    "board-live",
    "places-waiting",
    "shortcuts",
    "guide",
    "export-csv",
    "export-json",
    "figures",
    "figures-across",
    "figures-definitions",
    "figures-dictionary",
    "figures-compare",
    "came-back",
    "figures-closer",
    "referrals",
    "referral",
    "leave",
    "still-online",
    "bulk-changes",
    "morning-after",
    "complaints",
    "find",
    "outlets",
    "outlet",
    "hand-in",
    "hand-in-template",
    "submissions",
    "submission",
    "submission-csv",
)
#: Pinned in these files by the tests of case work, of running the place and of orders.
PINNED_ELSEWHERE = (
    "case_work_query_counts.json",
    "running_query_counts.json",
    "../orders/order_query_counts.json",
    "../desk/desk_query_counts.json",
)
#: Counted by tests of their own, or parts of a page that is counted.
COUNTED_ON_THEIR_OWN = {
    "submission-progress",
    "preview",
    "bulk-change",
    "bulk-long",
    "bulk-long-progress",
    "wall",
    "wall-live",
    "wall-links",
    "comments",
    "mentions",
    "information",
    "complain",
    "evidence",
    "evidence-one",
    "evidence-picture",
    "evidence-file",
    "people",
    "person",
    "people-log",
    "people-requests",
    "people-invite",
    "figures-report",
    "figures-chart",
    "publication",
    "publications",
    "publish",
    "publication-file",
    "referrals-file",
    "webhooks",
    "webhook",
    "answers-batch",
    "desk-answers-batch",
    "submission-withdraw",
    "sealed",
    "statements-compared",
    "looks",
    "looks-file",
    "my-looks",
    "looked",
    "alarms",
    "check-file",
    "ledger",
    "disclosures",
    "statements-lines-csv",
    "exchange-file",
    "exchange-all",
    "duties",
    "duty-take-back",
    "other-host",
    "host-promote",
    "session",
    "session-live",
    "typed",
}
#: The board's own limit, and that of every other page.
MOST = {"board": 12, "board-live": 12}
MOST_OF_ANY = 15
#: What no page asks for: the savepoint of the test's own transaction, and the entry of who looked.
OF_THE_TEST = 2
FILTERED = {
    "referrals, filtered": "?status=submitted&platform=telegram",
    "referrals, last page": "?last=1",
    "referrals, by address": "?q=https://t.me/demo_lantern/12",
    "referrals, no item": "?q=nonsense",
}


def address_of(page: str, work: Work) -> str:
    """Return the address of a page, with the work's referral or submission where it is about one."""
    arguments: list[Any] = (
        []
        if page
        in (
            "home",
            "operations",
            "identify",
            "find",
            "news",
            "outlets",
            "outlet",
            "figures-across",
            "figures-definitions",
            "shortcuts",
            "guide",
        )
        else [work.people.operation.reference]
    )
    if page in ("referral", "leave"):
        arguments.append(work.referral_ids[0])
    if page.startswith("submission-") or page == "submission":
        arguments.append(work.submission.pk)
    if page == "outlet":
        arguments.append(_outlet_of(work).pk)
    return reverse(f"web:{page}", args=arguments)


def _outlet_of(work: Work) -> Outlet:
    """Return the outlet of the work's items, named if need be."""
    with acting_as(SYSTEM):
        outlet, _ = Outlet.objects.get_or_create(name="Amber Lantern")
        Item.objects.filter(referrals__in=work.referral_ids).update(outlet=outlet)
    return outlet


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


def test_each_page_that_opens_is_counted_somewhere() -> None:
    opens = {name for name, told in access.pinned().items() if "yes" in told.get("GET", {}).values()}
    pinned = (json.loads((PINNED.parent / name).read_text()) for name in PINNED_ELSEWHERE)
    assert opens == {*PAGES, *COUNTED_ON_THEIR_OWN}.union(*pinned)


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


#: How often an agency asks of others' addresses is counted.
COUNTING_WHO_ASKS = 1


def test_identifying_stays_within_the_limit(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    client.get("/identify/")  # the first visit also writes that the session is used
    with CaptureQueriesContext(connection) as queries:
        client.post("/identify/", {"url": "https://t.me/demo_lantern/12"})
    assert len(queries) - OF_THE_TEST - COUNTING_WHO_ASKS <= MOST_OF_ANY
