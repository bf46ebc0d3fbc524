"""Case work, asked for by the whole cast: who may open each page, who may act, and in how many statements."""

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

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.referrals.apply import apply_to_all
from takedowns.referrals.dispatch import dispatch
from takedowns.referrals.holds import place
from takedowns.referrals.models import Dispatch
from tests.factories import make_referrals, number_of_rows
from tests.web.conftest import SignedIn, Work
from tests.web.test_access import CASE_WORK, EVERYBODY, SIGN_IN
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("case_work_query_counts.json")
NOBODY = dict.fromkeys(
    ("officer", "reviewer", "other_officer", "coordinator", "auditor", "administrator"), 403
) | {"absent_officer": 404}
REVIEWERS = NOBODY | {"reviewer": 200}

HOLDERS = NOBODY | dict.fromkeys(("officer", "reviewer", "other_officer", "coordinator"), 200)
COORDINATORS = NOBODY | {"coordinator": 200}
#: Every agency has its holds, also one that takes no part; auditors and administrators read all and act on none.
READS_HOLDS = dict.fromkeys(NOBODY, 200)
ACTS_ON_HOLDS = READS_HOLDS | dict.fromkeys(("auditor", "administrator"), 403)

PAGES: dict[str, dict[str, int]] = {
    "review": REVIEWERS, "review-many": REVIEWERS,
    "holds": READS_HOLDS, "hold-referral": HOLDERS, "conflicts": COORDINATORS,
    "dispatch": COORDINATORS, "dispatched": COORDINATORS, "hand-off-csv": COORDINATORS,
    "answer": COORDINATORS, "answers": COORDINATORS,
    "look-again": HOLDERS, "look-again-many": HOLDERS, "look-again-schedule": COORDINATORS,
    "origin": HOLDERS, "bulk": HOLDERS,
}  # fmt: skip
#: Taken by POST only; who may see less than the page is told there is no such thing.
POSTED: dict[str, dict[str, int]] = {"hold-release": ACTS_ON_HOLDS}
#: By whose eyes each page's statements are counted.
SEEN_BY = {
    "review": "reviewer", "review-many": "reviewer", "holds": "officer", "hold-referral": "officer",
    "conflicts": "coordinator", "dispatch": "coordinator", "dispatched": "coordinator", "hand-off-csv": "coordinator",
    "answer": "coordinator", "answers": "coordinator",
    "look-again": "officer", "look-again-many": "officer", "look-again-schedule": "coordinator", "origin": "officer",
    "bulk": "officer",
}  # fmt: skip
HOLD = {"reason": "r", "ends_at": "2099-01-01T00:00"}
#: What is sent to act, where a page takes something; everybody who may not open it may not act either.
ACTS: dict[str, dict[str, Any]] = {
    "review": {"decision": "reject", "reason": "r"},
    "review-many": {"decision": "reject", "reason": "r"},
    "hold-referral": {"on": "item", **HOLD},
    "dispatch": {},
    "answer": {"answer": "acknowledge", "at": "2019-11-21T12:00"},
    "answers": {"answer": "acknowledge", "at": "2019-11-21T12:00", "pasted": "https://t.me/demo_lantern/12"},
    "look-again": {"seen": "online"},
    "look-again-many": {"seen": "online", "confirmed": "1"},
    "origin": {"outlet": "Other"},
    "bulk": {"kind_of_change": "correct", "tier": "1", "expected": "2"},
    "look-again-schedule": {"hours": "2 h"},
    "holds": {"url": "https://t.me/demo_held", **HOLD},
}
ALLOWED = PAGES | {"holds": ACTS_ON_HOLDS}
OF_A_REFERRAL = {"hold-referral", "answer", "origin"}
TABLES = (
    "referrals_event",
    "referrals_hold",
    "referrals_dispatch",
    "verification_check",
    "verification_schedule",
)


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
    with asking_as(SYSTEM):
        if (made := Dispatch.objects.first()) is not None:
            return made
    one = work.referral("https://t.me/demo_lantern/12").pk
    apply_to_all("approve", [one], by=SYSTEM, exemptions_checked=True)
    return dispatch(work.people.operation, by=work.people.asker("coordinator"))


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_whom_it_is_meant(
    page: str, person: str, work: Work, signed_in: SignedIn
) -> None:
    expected = PAGES[page].get(person, SIGN_IN if person == "anonymous" else 403)
    response = signed_in(person).get(address_of(page, work))
    assert response.status_code == expected
    if expected == 200:
        assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("page", "person"), [(page, one) for page in ACTS for one in EVERYBODY if ALLOWED[page].get(one) != 200]
)
def test_nobody_else_can_act(page: str, person: str, work: Work, signed_in: SignedIn) -> None:
    address = address_of(page, work)
    before = {name: number_of_rows(name) for name in TABLES}
    sent = {**ACTS[page], "referral": [str(one) for one in work.referral_ids]}
    response = signed_in(person).post(address, sent)
    assert response.status_code == ALLOWED[page].get(person, SIGN_IN if person == "anonymous" else 403)
    assert {name: number_of_rows(name) for name in before} == before


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


def test_the_table_names_every_page_of_case_work() -> None:
    assert PAGES.keys() == SEEN_BY.keys()
    assert PAGES.keys() | POSTED.keys() == CASE_WORK


@pytest.mark.parametrize("person", EVERYBODY)
def test_a_hold_is_released_by_its_own_agency_alone(person: str, work: Work, signed_in: SignedIn) -> None:
    hold = place(
        agency_id=work.people.agency.pk, by=work.people.asker("officer"), reason="We read it.",
        item_id=work.referral("https://t.me/demo_lantern/12").item_id, ends_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    address = reverse("web:hold-release", args=[hold.pk])
    client = signed_in(person)
    assert client.get(address).status_code in (403, 405, SIGN_IN)
    response = client.post(address)
    own = person in ("officer", "reviewer")
    expected = POSTED["hold-release"].get(person, 403)
    if person == "anonymous":
        assert response["Location"].startswith(reverse("web:sign-in"))
    elif expected == 200:
        assert response.status_code == (302 if own else 404)
    else:
        assert response.status_code == expected
    with asking_as(SYSTEM):
        hold.refresh_from_db()
        assert (hold.released_at is not None) == own
        assert hold.released_by_id == (getattr(work.people, person).pk if own else None)


def _hand_in_alike(work: Work, number: int) -> None:
    """Hand in further items of both agencies that go by the names of the first."""
    for which, agency in enumerate((work.people.agency, work.people.other_agency)):
        make_referrals(
            work.people.operation,
            agency,
            [f"https://t.me/demo_lantern{which}{number}{one:03}" for one in range(number)],
            submitted_by=work.people.officer,
        )
