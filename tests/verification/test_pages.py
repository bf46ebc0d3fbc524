"""Looking again: the queue, one and many, the schedule, and the list of what is still up."""

from __future__ import annotations

import html
import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.looking import mark
from takedowns.verification.models import Check
from takedowns.verification.recording import NOTHING_SAID, Found, record_checks
from tests.clients import SignedIn
from tests.factories import MORNING
from tests.people import People
from tests.verification.conftest import answered
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

LOOK = reverse("web:look-again", args=["RAD19"])
MANY = reverse("web:look-again-many", args=["RAD19"])
SCHEDULE = reverse("web:look-again-schedule", args=["RAD19"])
STILL = reverse("web:still-online", args=["RAD19"])


@pytest.fixture
def removed(people: People) -> list[UUID]:
    """In the order of the queue."""
    urls = ["https://t.me/demo_first", "https://t.me/demo_second", "https://youtu.be/demoVIDEO01"]
    return sorted(answered(people, urls))


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    return signed_in("officer")


def seen(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "availability"))
    return [found[one] for one in ids]


def text_of(response: object) -> str:
    return html.unescape(response.content.decode())  # type: ignore[attr-defined]


def in_front(page: str) -> str:
    found = re.search(r'id="front-heading">.*?<code>([^<]+)', page, re.DOTALL)
    return found[1] if found else ""


def named(one: UUID) -> str:
    return reference_of("RAD19", one)


def probe(referral_id: UUID, what: Availability, found: Found = NOTHING_SAID) -> None:
    with acting_as(SYSTEM):
        item_id = Referral.objects.get(pk=referral_id).item_id
    record_checks([Look(item_id, what, timezone.now())], by=SYSTEM, robot="probe", found={item_id: found})


def test_what_is_seen_is_kept_and_the_next_one_comes(officer: Client, removed: list[UUID]) -> None:
    page = text_of(officer.get(LOOK))
    assert "<strong>3</strong> items are due" in page
    assert in_front(page) == named(removed[0])
    page = text_of(
        officer.post(LOOK, {"referral": removed[0], "seen": "online", "note": "New name"}, follow=True)
    )
    assert f"{named(removed[0])}: kept what you saw." in page
    assert in_front(page) == named(removed[1])
    assert seen(removed) == ["online", "unknown", "unknown"]
    with acting_as(SYSTEM):
        assert Check.objects.get().note == "New name"


def test_one_passes_over_to_the_next_until_the_end(officer: Client, removed: list[UUID]) -> None:
    address = LOOK
    for one in removed:
        page = text_of(officer.get(address))
        assert in_front(page) == named(one)
        following = re.search(r'href="(\?[^"]+)" data-key="n"', page)
        assert following
        address = LOOK + following[1]
    assert "This is the end of the queue." in text_of(officer.get(address))


def test_a_look_that_says_nothing_is_refused_and_keeps_what_was_typed(
    officer: Client, removed: list[UUID]
) -> None:
    response = officer.post(LOOK, {"referral": removed[0], "note": "half a thought"})
    assert response.status_code == 422
    assert "Say what you see" in text_of(response)
    assert "half a thought" in text_of(response)
    assert seen(removed) == ["unknown"] * 3


def test_what_a_colleague_saw_meanwhile_is_told(people: People, officer: Client, removed: list[UUID]) -> None:
    shown_at = timezone.now().isoformat()
    mark(removed[:1], Availability.OFFLINE, people.operation, by=people.actor("other_officer"))
    page = text_of(
        officer.post(LOOK, {"referral": removed[0], "seen": "online", "shown_at": shown_at}, follow=True)
    )
    assert "Somebody looked after this page was shown: verified offline." in page
    assert seen(removed)[0] == "offline"


def test_any_referral_can_be_looked_at_from_its_page(
    people: People, officer: Client, removed: list[UUID]
) -> None:
    mark(removed, Availability.OFFLINE, people.operation, by=people.actor("officer"))
    page = text_of(officer.get(reverse("web:referral", args=["RAD19", removed[2]])))
    assert f"{LOOK}?referral={removed[2]}" in page
    page = text_of(officer.get(f"{LOOK}?referral={removed[2]}"))
    assert in_front(page) == named(removed[2])


def test_person_and_robot_stand_side_by_side_and_disagreement_is_said(
    people: People, officer: Client, removed: list[UUID]
) -> None:
    mark(removed[:1], Availability.ONLINE, people.operation, by=people.actor("officer"), note="Same channel")
    probe(removed[0], Availability.OFFLINE, Found("gone", 404))
    page = text_of(officer.get(f"{LOOK}?referral={removed[0]}"))
    assert "They disagree." in page
    assert "The platform says that nothing is there (404)" in page
    assert "Same channel" in page
    probe(removed[0], Availability.UNKNOWN, Found("sign_in", 302))
    assert "They disagree." not in text_of(officer.get(f"{LOOK}?referral={removed[0]}"))


def test_many_are_kept_after_a_look_at_what_will_change(
    people: People, officer: Client, removed: list[UUID]
) -> None:
    mark(removed[:1], Availability.ONLINE, people.operation, by=people.actor("officer"), at=MORNING)
    sent = {
        "referral": removed,
        "seen": "offline",
        "shown_at": timezone.now().isoformat(),
        "note": "all dark",
    }
    page = text_of(officer.post(MANY, sent))
    assert "You say that you looked at 3 items" in page
    assert seen(removed) == ["online", "unknown", "unknown"], "nothing is kept before it is confirmed"
    page = text_of(officer.post(MANY, {**sent, "confirmed": "1"}, follow=True))
    assert "Kept what you saw of 3 items." in page
    assert seen(removed) == ["offline"] * 3
    assert "Nothing is due in RAD19." in text_of(officer.get(MANY))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"seen": "offline"}, "Nothing is selected yet"),
        ({}, "Say what you see"),
        ({"seen": "perhaps"}, "perhaps"),
    ],
)
def test_many_want_a_selection_and_a_word(
    officer: Client, removed: list[UUID], sent: dict, said: str
) -> None:
    given = sent if said.startswith("Nothing") else {**sent, "referral": removed}
    response = officer.post(MANY, given)
    assert response.status_code == 422
    assert said in text_of(response)
    ticked = re.findall(r'name="referral"[^>]* checked', text_of(response))
    assert len(ticked) == (0 if said.startswith("Nothing") else 3), "what was ticked stays ticked"
    assert seen(removed) == ["unknown"] * 3


def test_the_queue_narrows_to_one_platform_and_selects_all(officer: Client, removed: list[UUID]) -> None:
    page = text_of(officer.get(f"{MANY}?platform=telegram&select=all"))
    assert page.count(" checked>") == 2
    assert "youtu" not in page.partition("<tbody>")[2]


def test_a_coordinator_says_when_to_look_again(
    signed_in: SignedIn, officer: Client, removed: list[UUID]
) -> None:
    coordinator = signed_in("coordinator")
    assert 'value="1 h, 24 h, 7 d"' in text_of(coordinator.get(SCHEDULE))
    page = text_of(coordinator.post(SCHEDULE, {"hours": "2 h, 3d"}, follow=True))
    assert "The schedule is kept." in page
    assert 'value="2 h, 3 d"' in text_of(coordinator.get(SCHEDULE))
    for wrong, said in (
        ("soon", "“soon” is no time"),
        ("0", "an hour to a year"),
        ("1,2,3,4,5,6,7", "at most 6"),
    ):
        response = coordinator.post(SCHEDULE, {"hours": wrong})
        assert response.status_code == 422
        assert said in text_of(response)
        assert f'value="{wrong}"' in text_of(response)
    assert SCHEDULE not in text_of(officer.get(LOOK))


def test_removed_but_online_is_loud_on_the_board_and_a_list_of_its_own(
    people: People, officer: Client, removed: list[UUID]
) -> None:
    board = reverse("web:board", args=["RAD19"])
    assert 'class="loud"' not in text_of(officer.get(board))
    assert "Nothing that a platform said it removed was seen online." in text_of(officer.get(STILL))
    mark(removed[:1], Availability.ONLINE, people.operation, by=people.actor("officer"))
    mark(removed[1:], Availability.OFFLINE, people.operation, by=people.actor("officer"))
    page = text_of(officer.get(board))
    assert 'class="loud"><strong><a' in page
    assert f'<a href="{STILL}">Follow them up</a>' in page
    page = text_of(officer.get(STILL))
    assert named(removed[0]) in page
    assert named(removed[1]) not in page
    assert f"{LOOK}?referral={removed[0]}" in page


@pytest.mark.parametrize("address", [LOOK, MANY, STILL])
def test_more_that_is_due_costs_no_more_statements(
    people: People, officer: Client, removed: list[UUID], address: str
) -> None:
    mark(removed[:1], Availability.ONLINE, people.operation, by=people.actor("officer"), at=MORNING)

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.get(address).status_code == 200
        return len(queries)

    statements()
    before = statements()
    more = answered(people, [f"https://t.me/demo_more_{number}" for number in range(40)])
    mark(more[:20], Availability.ONLINE, people.operation, by=people.actor("officer"), at=MORNING)
    assert statements() == before <= MOST_OF_ANY + OF_THE_TEST
