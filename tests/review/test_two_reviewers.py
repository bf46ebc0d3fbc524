"""Two reviewers at once, decisions taken back, what is sent back, and all that match."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership, User
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from takedowns.review import leases, queue
from takedowns.review.models import Lease
from takedowns.review.services import assess, undo
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import PASSWORD, People, make_people

REVIEW = reverse("web:review", args=["RAD19"])
MANY = reverse("web:review-many", args=["RAD19"])
RETURNED = reverse("web:returned", args=["RAD19"])


def urls(count: int, name: str = "demo_channel") -> list[str]:
    return [f"https://t.me/{name}_{number}" for number in range(count)]


def second_reviewer(people: People) -> User:
    user = User.objects.create_user("second@example.org", "Second Reviewer", PASSWORD)
    Membership.objects.create(user=user, agency=people.agency, role=Role.REVIEWER)
    return user


@pytest.fixture
def ids(people: People) -> list[UUID]:
    return make_referrals(people.operation, people.agency, urls(3), submitted_by=people.officer)


@pytest.fixture
def second(people: People) -> Client:
    client = Client()
    client.force_login(second_reviewer(people))
    return client


def shown(client: Client, address: str = REVIEW) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def in_front(page: str) -> str:
    found = re.search(r"In front</span> <a[^>]*><code>([^<]+)", page)
    return found[1] if found else ""


def named(one: UUID) -> str:
    return reference_of("RAD19", one)


def status(one: UUID) -> str:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=one).status


def test_two_reviewers_never_get_the_same_and_what_is_left_is_free_at_once(
    ids: list[UUID], signed_in: SignedIn, second: Client
) -> None:
    first = signed_in("reviewer")
    page = shown(first)
    assert in_front(page) == named(ids[0])
    assert in_front(shown(first)) == named(ids[0]), "loading the page again keeps it"
    other = shown(second)
    assert in_front(other) == named(ids[1])
    assert "1 of them is open with a colleague" in other
    named_page = shown(second, f"{REVIEW}?referral={ids[0]}")
    assert "Reviewer has it open." in named_page
    assert 'value="approve"' not in named_page
    until = re.search(r'data-until="([^"]+)"', page)
    assert until is not None
    left = {"until": until[1].replace("&#x2B;", "+")}
    # The page that was loaded after it keeps what it opened: a browser tells late that the earlier one is left.
    first.post(reverse("web:review-leave", args=["RAD19"]), left)
    assert in_front(shown(second)) == named(ids[1])
    until = re.search(r'data-until="([^"]+)"', shown(first))
    assert until is not None
    assert first.post(reverse("web:review-leave", args=["RAD19"]), {"until": until[1]}).status_code == 204
    assert in_front(shown(second)) == named(ids[0])


def test_what_a_colleague_opened_comes_back_when_the_time_is_over(
    ids: list[UUID], signed_in: SignedIn, second: Client
) -> None:
    shown(signed_in("reviewer"))
    with acting_as(SYSTEM):
        Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert in_front(shown(second)) == named(ids[0])


def test_what_a_clock_that_ran_ahead_gave_to_somebody_is_free_once_it_is_set_back(
    ids: list[UUID], signed_in: SignedIn, second: Client
) -> None:
    assert in_front(shown(signed_in("reviewer"))) == named(ids[0])
    clocks_differ = leases.LASTS + timedelta(minutes=4)
    with acting_as(SYSTEM):
        Lease.objects.update(until=timezone.now() + clocks_differ)
    assert in_front(shown(second)) != named(ids[0])
    with acting_as(SYSTEM):
        Lease.objects.all().delete()
    assert in_front(shown(signed_in("reviewer"))) == named(ids[0])
    with acting_as(SYSTEM):
        Lease.objects.update(until=timezone.now() + timedelta(hours=1))
    assert in_front(shown(second)) == named(ids[0])
    with acting_as(SYSTEM):
        kept = Lease.objects.get(referral_id=ids[0])
    assert kept.until <= timezone.now() + leases.LASTS, (
        "it is the second one's now, for as long as a lease lasts"
    )


def test_the_list_of_many_opens_what_it_shows(ids: list[UUID], signed_in: SignedIn, second: Client) -> None:
    assert shown(signed_in("reviewer"), MANY).count('name="referral"') == 3
    assert 'name="referral"' not in shown(second, MANY)
    assert "All that waits for you is open with colleagues now." in shown(second)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_the_same_moment_each_gets_another() -> None:
    people = make_people()
    made = make_referrals(people.operation, people.agency, urls(1))
    actors = [Actor.of(people.reviewer), Actor.of(second_reviewer(people))]

    def take(actor: Actor) -> set[UUID]:
        try:
            with acting_as(actor):
                return leases.take(made, actor, leases.end())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(take, actors))
    assert sorted(map(len, got)) == [0, 1]


@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_decision_is_taken_back_until_it_is_sent(
    people: People, ids: list[UUID], signed_in: SignedIn, decision: str
) -> None:
    reviewer = signed_in("reviewer")
    facts = {
        "kind": "channel",
        "tier": "4",
        "ground": "Art. 5",
        "exemptions_checked": "on",
        "reason": "A film review.",
    }
    page = reviewer.post(
        REVIEW, {"decision": decision, "referral": ids[0], **facts}, follow=True
    ).content.decode()
    assert "Undo the last decision" in page
    back = re.search(r'action="([^"]+)" class="undo".*?name="decided" value="([^"]+)"', page, re.DOTALL)
    assert back is not None
    after = reviewer.post(back[1], {"decided": back[2]}, follow=True).content.decode()
    assert f"{named(ids[0])} waits for review again." in after
    assert in_front(after) == named(ids[0])
    assert "Undo the last decision" not in after
    with acting_as(SYSTEM):
        found = Referral.objects.get(pk=ids[0])
        assert (found.status, found.approved_at) == ("submitted", None)
        kinds = Event.objects.filter(referral=found).order_by("at", "id").values_list("kind", flat=True)
        assert list(kinds)[-2:] == [decision, "undo_review"]


@pytest.mark.django_db(transaction=True)
def test_as_many_as_were_decided_in_one_go_are_taken_back_in_one_go_and_no_others(
    people: People, signed_in: SignedIn, second: Client
) -> None:
    def decided_last(page: str) -> str:
        found = re.search(r'class="undo".*?name="decided" value="([^"]+)"', page, re.DOTALL)
        assert found is not None
        return found[1]

    many, reviewer = 1_200, signed_in("reviewer")
    ids = make_referrals(people.operation, people.agency, urls(many), submitted_by=people.officer)
    facts = {"decision": "approve", "exemptions_checked": "on", "ground": "Art. 5"}
    page = reviewer.post(MANY, {**facts, "referral": ids[0]}, follow=True).content.decode()
    first = decided_last(page)
    ticked = reviewer.post(MANY, {**facts, "exemptions_checked": "", "referral": ids[1:]})
    assert ticked.status_code == 422, "more than a thousand fields are read, and told what is missing"
    left = {**facts, "matching": str(many - 1)}
    page = reviewer.post(MANY, left, follow=True).content.decode()
    assert "Undo the last 1199 decisions" in page
    assert page.count("name=") < 200, "the page does not carry what is taken back"
    take_back = reverse("web:review-take-back", args=["RAD19"])
    for nobodys in ("", "x", "²", "9" * 40, "1"):
        assert reviewer.post(take_back, {"decided": nobodys}).status_code == 302
    second.post(take_back, {"decided": decided_last(page)})
    with acting_as(SYSTEM):
        assert Referral.objects.filter(status="approved").count() == many, "of others nothing is taken back"
    after = reviewer.post(take_back, {"decided": decided_last(page)}, follow=True).content.decode()
    assert "1199 wait for review again." in after
    with acting_as(SYSTEM):
        assert [one.pk for one in Referral.objects.filter(status="approved")] == ids[:1]
    reviewer.post(take_back, {"decided": first})
    with acting_as(SYSTEM):
        assert not Referral.objects.filter(status="approved").exists()


def test_undo_keeps_four_eyes_and_stops_at_what_was_sent_or_referred_again(
    people: People, ids: list[UUID]
) -> None:
    Membership.objects.create(user=people.officer, agency=people.agency, role=Role.REVIEWER)
    reviewer, submitter = people.actor("reviewer"), people.actor("officer")
    assert assess("approve", ids[:2], by=reviewer, exemptions_checked=True).moved == ids[:2]
    assert [one.code for one in undo(ids[:1], by=submitter).refused] == ["four_eyes"]
    assert [one.code for one in undo(ids[:1], by=people.actor("coordinator")).refused] == ["not_your_role"]
    apply_to_all("refer", ids[:1], by=SYSTEM)
    assert [one.code for one in undo(ids[:1], by=reviewer).refused] == ["not_allowed"]
    assert undo(ids[1:2], by=reviewer).moved == ids[1:2]
    assess("reject", ids[2:], by=reviewer, reason="r")
    with acting_as(SYSTEM):
        old = Referral.objects.get(pk=ids[2])
        Referral.objects.create(
            item_id=old.item_id,
            operation_id=old.operation_id,
            agency_id=old.agency_id,
            platform_id=old.platform_id,
            instrument=old.instrument,
            tier=old.tier,
            status="submitted",
            cell_id=old.cell_id,
            submitted_at=old.submitted_at,
            availability=old.availability,
            round=2,
            previous=old,
        )
    assert [one.code for one in undo(ids[2:], by=reviewer).refused] == ["referred_again"]


def test_what_is_sent_back_waits_for_its_submitter_with_the_note(
    people: People, ids: list[UUID], signed_in: SignedIn
) -> None:
    reviewer, officer = signed_in("reviewer"), signed_in("officer")
    refused = reviewer.post(REVIEW, {"decision": "send_back", "referral": ids[0], "note": " "})
    assert refused.status_code == 422
    assert "Say what is missing or wrong" in refused.content.decode()
    sent = {"decision": "send_back", "referral": ids[0], "note": "Which video?"}
    page = reviewer.post(REVIEW, sent, follow=True).content.decode()
    assert f"{named(ids[0])} sent back." in page
    assert "<strong>2</strong> wait for you" in page
    assert in_front(page) == named(ids[1])
    home = shown(officer, reverse("web:home"))
    assert re.search(r'pile returned".*?class="count" href="[^"]*returned/">1<', home, re.DOTALL)
    listed = shown(officer, RETURNED)
    assert "Which video?" in listed
    assert listed.count('<tr id="r-') == 1
    assert '<tr id="r-' not in shown(signed_in("other_officer"), RETURNED)
    # Nobody else submits it again: not a colleague, and not what was never sent back.
    signed_in("other_officer").post(RETURNED, {"referral": [ids[0]]})
    assert '<tr id="r-' in shown(officer, RETURNED)
    again = officer.post(
        RETURNED, {"referral": [ids[0], ids[1]], "answer": "The second."}, follow=True
    ).content.decode()
    assert f"{named(ids[0])} submitted again." in again
    assert in_front(shown(reviewer)) == named(ids[0])
    history = shown(officer, reverse("web:referral", args=["RAD19", ids[0]]))
    assert all(one in history for one in ("Sent back", "Which video?", "Submitted again", "The second."))
    with acting_as(SYSTEM):
        kinds = Event.objects.filter(referral_id=ids[1]).values_list("kind", flat=True)
        assert list(kinds) == ["submit"]


def test_all_that_match_are_decided_and_not_what_came_meanwhile(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from takedowns.review.views import many

    monkeypatch.setattr(many, "MANY", 2)
    urgent = make_referrals(
        people.operation, people.agency, urls(5, "urgent"), tier=1, submitted_by=people.officer
    )
    calm = make_referrals(
        people.operation, people.agency, urls(2, "calm"), tier=4, submitted_by=people.officer
    )
    reviewer = signed_in("reviewer")
    page = shown(reviewer, f"{MANY}?tier=1")
    assert "Select all that match" in page
    address = f"{MANY}?tier=1&select=matching"
    assert "All 5 that match are selected" in shown(reviewer, address)
    late = make_referrals(
        people.operation, people.agency, urls(1, "late"), tier=1, submitted_by=people.officer
    )
    sent = {"decision": "reject", "reason": "r", "matching": "5"}
    refused = reviewer.post(address, sent)
    assert refused.status_code == 422
    assert "Now 6 match" in refused.content.decode()
    assert status(urgent[0]) == "submitted"
    done = reviewer.post(address, {**sent, "matching": "6"}, follow=True).content.decode()
    assert "6 rejected." in done
    assert {status(one) for one in (*urgent, *late)} == {"rejected"}
    assert {status(one) for one in calm} == {"submitted"}
    assert "Undo the last 6 decisions" in done


def test_the_queue_is_narrowed_by_priority_language_and_submission(
    people: People, signed_in: SignedIn
) -> None:
    made = make_referrals(people.operation, people.agency, urls(4), submitted_by=people.officer)
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=made[2]).update(language="ar", submission_id=made[0])
    actor = people.actor("reviewer")
    with acting_as(actor):
        offered = queue.offers(people.operation, actor)
        assert [(one.key, one.waiting) for one in offered["language"]] == [("ar", 1)]
        assert [one.name for one in offered["tier"]] == ["Priority 4: promotional"]
    reviewer = signed_in("reviewer")
    for asked in ("language=ar", f"submission={made[0]}"):
        page = shown(reviewer, f"{REVIEW}?{asked}")
        assert in_front(page) == named(made[2])
        assert "<strong>1</strong> waits for you" in page
        response = reviewer.post(
            f"{REVIEW}?{asked}", {"decision": "reject", "referral": made[2], "reason": " "}
        )
        assert response.status_code == 422
    assert (
        reviewer.post(f"{REVIEW}?language=ar", {"decision": "reject", "referral": made[2], "reason": "r"})
        .headers["Location"]
        .endswith("?language=ar")
    )
    for unreadable in ("tier=9", "outlet=x", "submission=x", "picture=x", "platform=nobody"):
        assert in_front(shown(reviewer, f"{REVIEW}?{unreadable}")) == "", (
            "it is not left out: all of a list can be approved"
        )
    assert in_front(shown(reviewer, f"{REVIEW}?tier=1")) == ""
