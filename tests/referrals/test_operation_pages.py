"""The pages on which an operation is prepared, set up, closed and reopened."""

from __future__ import annotations

from typing import Any

import pytest

from takedowns.referrals.models import Operation
from tests.clients import SignedIn, Work
from tests.factories import make_referrals

PREPARE = "/operations/prepare/"
SET_UP = "/operations/RAD19/set-up/"
CLOSE = "/operations/RAD19/close/"
REOPEN = "/operations/RAD19/reopen/"


def filled(work: Work, **others: Any) -> dict[str, Any]:
    given = {
        "reference": "RAD20",
        "name": "Second day",
        "starts": "2020-05-06",
        "ends": "2020-05-07",
        "scope": "One outlet",
        "default_instrument": "referral",
        "default_ground": "Directive (EU) 2017/541, Art. 5",
        "agencies": [str(work.people.agency.pk), str(work.people.other_agency.pk)],
        "platforms": ["telegram"],
    }
    return given | others


def test_a_prepared_operation_is_set_up_next_and_open(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    assert "Prepare an operation" in client.get("/operations/").content.decode()
    response = client.post(PREPARE, filled(work), follow=True)
    assert response.redirect_chain == [("/operations/RAD20/set-up/", 302)]
    page = response.content.decode()
    assert "RAD20 is prepared and open." in page
    assert "Contact at Telegram" in page
    assert "Contact at YouTube" not in page


def test_whoever_may_not_prepare_is_not_offered_to(work: Work, signed_in: SignedIn) -> None:
    assert "Prepare an operation" not in signed_in("officer").get("/operations/").content.decode()
    assert "set-up" not in signed_in("officer").get("/operations/RAD19/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"reference": "rad 20"}, "Use capital letters, digits and single hyphens"),
        ({"reference": "RAD19"}, "This reference is taken"),
        ({"ends": "2020-05-05"}, "The last day lies before the first"),
        ({"agencies": []}, "Choose at least one agency"),
    ],
)
def test_an_error_says_what_to_do_and_keeps_what_was_typed(
    wrong: dict, says: str, work: Work, signed_in: SignedIn
) -> None:
    response = signed_in("coordinator").post(PREPARE, filled(work, name="Kept as typed", **wrong))
    page = response.content.decode()
    assert response.status_code == 422
    assert says in page
    assert "Kept as typed" in page
    assert not Operation.objects.filter(name="Kept as typed").exists()


def test_what_is_changed_stands_in_the_history(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    sent = filled(
        work,
        reference="RAD19",
        platforms=["telegram", "youtube", "twitter", "vimeo"],
        **{"contact-telegram": "Night desk", "channel-telegram": "file"},
    )
    page = client.post(SET_UP, sent, follow=True).content.decode()
    assert "The operation is changed." in page
    assert (
        "Telegram: – (API where it has a key, otherwise a file) → Night desk (Always a hand-off file)" in page
    )
    assert "Platforms: in: Vimeo" in page
    assert "Name: Action day → Second day" in page


def test_what_was_worked_on_cannot_be_taken_out(work: Work, signed_in: SignedIn) -> None:
    response = signed_in("coordinator").post(SET_UP, filled(work, reference="RAD19", platforms=["vimeo"]))
    assert response.status_code == 422
    assert "submitted, so it stays in the operation." in response.content.decode()


def test_closing_says_first_what_becomes_of_what_was_not_referred(work: Work, signed_in: SignedIn) -> None:
    make_referrals(work.people.operation, work.people.agency, ["https://t.me/demo_more"])
    client = signed_in("coordinator")
    page = client.get(CLOSE).content.decode()
    assert "5 referrals were not sent to a platform. They stay as they are" in page
    assert "is closed. Answers still arrive." in client.post(CLOSE, follow=True).content.decode()
    handed_in = {"pasted": "https://t.me/x_demo", "agency": str(work.people.agency.pk)}
    refused = signed_in("officer").post("/operations/RAD19/hand-in/", handed_in)
    assert refused.status_code == 422
    assert "is closed; ask a coordinator to reopen it." in refused.content.decode()
    assert "is open again" in client.post(REOPEN, follow=True).content.decode()
    taken = signed_in("officer").post("/operations/RAD19/hand-in/", handed_in)
    assert taken.status_code == 302
    history = client.get(SET_UP).content.decode()
    assert history.index("Reopened") < history.index("<strong>Closed</strong>")
    assert "In review: 5" in history
