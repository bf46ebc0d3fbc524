"""The reviewer's pages: what is in front, what a decision does, what is said when it is refused."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.writing import write_orders
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY
from tests.people import People

REVIEW = reverse("web:review", args=["RAD19"])
MANY = reverse("web:review-many", args=["RAD19"])
FACTS = {"kind": "channel", "tier": "2", "outlet": "Amber Lantern", "listed_group": "", "ground": "Art. 5"}


@pytest.fixture
def ids(people: People) -> list[UUID]:
    urls = [*(f"https://t.me/demo_channel_{number}" for number in range(3)), "https://youtu.be/demoVIDEO01"]
    return make_referrals(people.operation, people.agency, urls, submitted_by=people.officer)


@pytest.fixture
def reviewer(signed_in: SignedIn) -> Client:
    return signed_in("reviewer")


def statuses(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def in_front(page: str) -> str:
    found = re.search(r"In front</span> <a[^>]*><code>([^<]+)", page)
    return found[1] if found else ""


def named(one: UUID) -> str:
    return reference_of("RAD19", one)


def test_the_next_one_stands_in_front_and_passing_over_it_shows_the_one_after(
    ids: list[UUID], reviewer: Client
) -> None:
    page = reviewer.get(REVIEW).content.decode()
    assert "<strong>4</strong> wait for you" in page
    assert in_front(page) == named(ids[0])
    following = re.search(r'href="(\?after=[^"]+)"', page)
    assert following
    assert in_front(reviewer.get(REVIEW + following[1]).content.decode()) == named(ids[1])
    last = reviewer.get(f"{REVIEW}?after=4.{ids[3]}").content.decode()
    assert "4 that you passed over still wait" in last


def test_approving_corrects_records_the_check_and_goes_on_behind_what_was_passed_over(
    ids: list[UUID], reviewer: Client
) -> None:
    sent = {
        "decision": "approve",
        "referral": ids[1],
        "after": f"4.{ids[0]}",
        "exemptions_checked": "on",
        **FACTS,
    }
    response = reviewer.post(REVIEW, sent, follow=True)
    page = response.content.decode()
    assert f"{named(ids[1])} approved." in page
    assert in_front(page) == named(ids[2]), "not back to the one that was passed over"
    with acting_as(SYSTEM):
        found = Referral.objects.select_related("item__outlet").get(pk=ids[1])
        assert (found.status, found.tier, found.item.kind, str(found.item.outlet), found.ground) == (
            "approved",
            2,
            "channel",
            "Amber Lantern",
            "Art. 5",
        )
        assert Event.objects.get(kind="approve").details["exemptions_checked"] is True
    history = reviewer.get(reverse("web:referral", args=["RAD19", ids[1]])).content.decode()
    assert "Corrected" in history
    assert "Priority: 4 → 2" in history
    assert "Kind: unknown → channel" in history


def test_without_the_check_nothing_is_approved_and_what_was_typed_is_kept(
    ids: list[UUID], reviewer: Client
) -> None:
    response = reviewer.post(REVIEW, {"decision": "approve", "referral": ids[0], **FACTS})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Look for this first, then tick the box." in page
    assert 'value="Amber Lantern"' in page
    assert statuses(ids) == ["submitted"] * 4


def test_a_rejection_needs_a_reason_and_keeps_it(ids: list[UUID], reviewer: Client) -> None:
    sent = {"decision": "reject", "referral": ids[0]}
    assert reviewer.post(REVIEW, sent).status_code == 422
    assert reviewer.post(REVIEW, {**sent, "reason": "A film review."}).status_code == 302
    assert statuses(ids)[0] == "rejected"
    with acting_as(SYSTEM):
        assert Event.objects.get(kind="reject").details == {"reason": "A film review."}


def test_of_two_reviewers_the_second_is_told_that_it_is_decided(ids: list[UUID], reviewer: Client) -> None:
    apply_to_all("approve", ids[:1], by=SYSTEM, exemptions_checked=True)
    response = reviewer.post(REVIEW, {"decision": "reject", "referral": ids[0], "reason": "r"}, follow=True)
    assert "Somebody else decided on it meanwhile" in response.content.decode()
    assert statuses(ids)[0] == "approved"


def test_ones_own_are_not_in_the_queue_and_the_page_says_why(people: People, reviewer: Client) -> None:
    own = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_own"], submitted_by=people.reviewer
    )
    page = reviewer.get(REVIEW).content.decode()
    assert "Nothing waits for you in RAD19." in page
    assert "submitted by yourself: somebody else must decide on it" in page
    shown = reviewer.get(f"{REVIEW}?referral={own[0]}").content.decode()
    assert "You submitted this yourself." in shown
    assert 'value="approve"' not in shown
    sent = {"decision": "approve", "referral": own[0], "exemptions_checked": "on", **FACTS}
    assert "somebody else must decide" in reviewer.post(REVIEW, sent, follow=True).content.decode()
    assert statuses(own) == ["submitted"]


def test_another_agencys_referral_cannot_be_decided_on(people: People, reviewer: Client) -> None:
    theirs = make_referrals(people.operation, people.other_agency, ["https://t.me/demo_south"])
    for address in (REVIEW, MANY):
        sent = {"decision": "approve", "referral": theirs[0], "exemptions_checked": "on", **FACTS}
        reviewer.post(address, sent, follow=True)
        assert statuses(theirs) == ["submitted"]


def test_many_are_decided_on_at_once_by_platform(ids: list[UUID], reviewer: Client) -> None:
    page = reviewer.get(MANY, {"platform": "telegram", "select": "all"}).content.decode()
    ticked = re.findall(r'name="referral" value="([^"]+)"[^>]* checked', page)
    assert ticked == [str(one) for one in ids[:3]]
    sent = {"decision": "approve", "referral": ticked, "exemptions_checked": "on"}
    response = reviewer.post(f"{MANY}?platform=telegram", sent, follow=True)
    assert "3 approved." in response.content.decode()
    assert statuses(ids) == ["approved"] * 3 + ["submitted"]


def test_a_removal_order_is_not_approved_among_many(
    people: People, ids: list[UUID], reviewer: Client
) -> None:
    """It is approved on its text, which nobody reads in a list."""
    [order] = make_referrals(
        people.operation,
        people.agency,
        ["https://t.me/demo_order"],
        submitted_by=people.officer,
        instrument="removal_order",
    )
    sent = {"decision": "approve", "referral": [ids[0], order], "exemptions_checked": "1"}
    page = reviewer.post(MANY, sent, follow=True).content.decode()
    assert statuses([ids[0], order]) == ["approved", "submitted"]
    assert f"{named(order)} was not approved: It is a removal order: open it" in page
    everything = {"decision": "approve", "matching": "4", "exemptions_checked": "1"}
    reviewer.post(MANY + "?select=matching", everything, follow=True)
    assert statuses([*ids, order]) == ["approved"] * 4 + ["submitted"]
    write_orders([order], EMERGENCY, by=people.actor("officer"))
    one_by_one = reviewer.get(f"{REVIEW}?referral={order}").content.decode()
    version = re.search(r'name="version" value="([^"]+)"', one_by_one)
    assert version
    reviewer.post(
        REVIEW,
        {
            **FACTS,
            "decision": "approve",
            "referral": order,
            "exemptions_checked": "1",
            "version": version[1],
        },
    )
    assert statuses([order]) == ["approved"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "approve", "exemptions_checked": "on"}, "Nothing is selected yet"),
        ({"decision": "approve", "referral": "x"}, "Look for this in each of them first"),
        ({"decision": "reject", "referral": "x"}, "Say why they are not to be referred"),
        ({"decision": "withdraw", "referral": "x"}, "Nothing is selected yet"),
    ],
)
def test_a_decision_on_many_that_lacks_something_decides_nothing(
    ids: list[UUID], reviewer: Client, sent: dict, said: str
) -> None:
    sent = {name: str(ids[0]) if value == "x" else value for name, value in sent.items()}
    response = reviewer.post(MANY, sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    if "referral" in sent:
        assert re.search(rf'value="{ids[0]}"[^>]* checked', response.content.decode()), (
            "the selection is kept"
        )
    assert statuses(ids) == ["submitted"] * 4


def test_refusals_among_many_are_named_and_the_rest_is_done(ids: list[UUID], reviewer: Client) -> None:
    apply_to_all("reject", ids[:1], by=SYSTEM, reason="r")
    sent = {"decision": "approve", "referral": ids, "exemptions_checked": "on"}
    page = reviewer.post(MANY, sent, follow=True).content.decode()
    assert "3 approved." in page
    assert f"{named(ids[0])} was not approved: It is rejected in review" in page


def test_the_referrals_page_leads_to_its_assessment_for_whom_it_is(
    ids: list[UUID], signed_in: SignedIn
) -> None:
    address = reverse("web:referral", args=["RAD19", ids[2]])
    link = f"{REVIEW}?referral={ids[2]}"
    assert link in signed_in("reviewer").get(address).content.decode()
    assert in_front(signed_in("reviewer").get(link).content.decode()) == named(ids[2])
    for other in ("officer", "coordinator", "auditor"):
        assert link not in signed_in(other).get(address).content.decode()
