"""A platform's desk: in how many statements each page is shown."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.desk.conftest import Desk
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("desk_query_counts.json")
#: With the name of the referral in the address, where there is one.
PAGES: dict[str, str] = {
    "desk": "",
    "desk-referral": "demo_order",
    "desk-leave": "demo_first",
    "desk-correct": "demo_first",
    "desk-answers": "",
    "desk-complaints": "",
    "desk-complain": "demo_first",
    "desk-figures": "",
    "desk-list": "",
    "desk-alerts": "",
    "desk-help": "",
    "desk-orders": "",
    "desk-order": "demo_order",
    "desk-order-pdf": "demo_order",
    "desk-order-record": "demo_order",
    "desk-people": "",
}
#: What the address of a page names besides.
MORE = {"desk-list": ["csv"], "desk-order-record": ["receipt"]}


def _count(desk: Desk) -> dict[str, int]:
    counts = {}
    client = desk.manager
    for page, name in PAGES.items():
        address = reverse(
            f"web:{page}", args=["telegram", *([desk.by_name[name]] if name else []), *MORE.get(page, [])]
        )
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        assert response.status_code == 200, page
        counts[page] = len(queries)
    return counts


def test_each_page_runs_as_many_statements_as_pinned(desk: Desk) -> None:
    counts = _count(desk)
    if os.environ.get("PIN_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(PINNED.read_text())


def test_no_page_runs_more_than_the_limit() -> None:
    for page, count in json.loads(PINNED.read_text()).items():
        assert count - OF_THE_TEST <= MOST_OF_ANY, page
