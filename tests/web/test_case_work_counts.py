"""Case work: in how many statements each page is shown, and who released a hold."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import Dispatch
from tests.clients import SignedIn, Work
from tests.factories import make_referrals
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("case_work_query_counts.json")
#: By whose eyes each page's statements are counted.
SEEN_BY = {
    "review": "reviewer",
    "review-many": "reviewer",
    "holds": "officer",
    "hold-referral": "officer",
    "conflicts": "coordinator",
    "hold-override": "coordinator",
    "dispatch": "coordinator",
    "dispatched": "coordinator",
    "hand-off-csv": "coordinator",
    "answer": "coordinator",
    "answers": "coordinator",
    "correct-answer": "coordinator",
    "look-again": "officer",
    "look-again-many": "officer",
    "look-again-schedule": "coordinator",
    "origin": "officer",
    "bulk": "officer",
    "returned": "officer",
    "statements": "coordinator",
    "statements-file": "coordinator",
    "exchange": "coordinator",
    "other-hosts": "coordinator",
}
OF_A_REFERRAL = {"hold-referral", "hold-override", "answer", "origin", "correct-answer"}


def address_of(page: str, work: Work) -> str:
    """Return the address of a page of the work's operation, or of its oldest referral."""
    arguments: list[Any] = [] if page == "holds" else ["RAD19"]
    if page in OF_A_REFERRAL:
        arguments.append(work.referral_ids[0])
    if page in ("dispatched", "hand-off-csv"):
        arguments.append(_dispatched(work).pk)
    if page == "hand-off-csv":
        arguments.append("telegram")
    return reverse(f"web:{page}", args=arguments)


def _dispatched(work: Work) -> Dispatch:
    """Return the dispatch of one of the work's referrals, made if need be."""
    with acting_as(SYSTEM):
        if (made := Dispatch.objects.first()) is not None:
            return made
    one = work.referral("https://t.me/demo_lantern/12").pk
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    return dispatch(work.people.operation, by=work.people.actor("coordinator"))


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


def test_each_page_runs_as_many_statements_as_pinned_however_much_work_there_is(
    work: Work, signed_in: SignedIn
) -> None:
    # There is something to suggest already: a page that suggests nothing asks one statement less.
    _hand_in_alike(work, 2)
    counts = _count(work, signed_in)
    if os.environ.get("PIN_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(PINNED.read_text())
    _hand_in_alike(work, 60)
    assert _count(work, signed_in) == counts


def test_no_page_runs_more_than_the_limit() -> None:
    for page, count in json.loads(PINNED.read_text()).items():
        assert count - OF_THE_TEST <= MOST_OF_ANY, page


@pytest.mark.parametrize("person", ["officer", "reviewer"])
def test_a_hold_is_released_in_the_name_of_who_did_it(person: str, work: Work, signed_in: SignedIn) -> None:
    hold = place(
        agency_id=work.people.agency.pk,
        by=work.people.actor("officer"),
        reason="We read it.",
        item_id=work.referral("https://t.me/demo_lantern/12").item_id,
        ends_at=timezone.now() + timedelta(days=1),
    )
    assert signed_in(person).post(reverse("web:hold-release", args=[hold.pk])).status_code == 302
    with acting_as(SYSTEM):
        hold.refresh_from_db()
        assert hold.released_at is not None
        assert hold.released_by_id == getattr(work.people, person).pk


def _hand_in_alike(work: Work, number: int) -> None:
    """Hand in further items of both agencies that go by the names of the first."""
    for which, agency in enumerate((work.people.agency, work.people.other_agency)):
        make_referrals(
            work.people.operation,
            agency,
            [f"https://t.me/demo_lantern{which}{number}{one:03}" for one in range(number)],
            submitted_by=work.people.officer,
        )
