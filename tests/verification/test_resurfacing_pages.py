"""Who is back: outlets and their presence, what an item replaces, the morning after."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Platform
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Event, Item, Operation, Outlet, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.models import Succession
from takedowns.verification.recording import record_checks
from takedowns.verification.returns import Refuge, ReturnedOutlet, refuges
from tests.clients import SignedIn
from tests.factories import MORNING, make_referrals
from tests.people import People
from tests.verification.conftest import answered
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

HOUR = timedelta(hours=1)
MORNING_AFTER = reverse("web:morning-after", args=["RAD19"])
OUTLETS = reverse("web:outlets")
BEFORE, AFTER = "https://t.me/demo_lantern_12", "https://tt.me/demo_lantern2"


@pytest.fixture
def ids(people: People) -> list[UUID]:
    """A channel that Telegram removed and that was seen gone, and one of like name that came to TamTam two days later."""
    people.operation.platforms.add(Platform.objects.get(pk="tamtam"))
    [before] = answered(people, [BEFORE])
    look(before, Availability.OFFLINE, 5)
    [after] = make_referrals(
        people.operation, people.agency, [AFTER], submitted_by=people.officer, at=MORNING + 48 * HOUR
    )
    return [before, after]


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    return signed_in("officer")


def look(referral_id: UUID, seen: Availability, hours: float) -> None:
    with acting_as(SYSTEM):
        item_id = Referral.objects.get(pk=referral_id).item_id
    record_checks([Look(item_id, seen, MORNING + hours * HOUR)], by=SYSTEM, robot="probe")


def name_outlet(ids: list[UUID], name: str = "Lantern <Media>") -> Outlet:
    with acting_as(SYSTEM):
        outlet, _ = Outlet.objects.get_or_create(name=name)
        Item.objects.filter(referrals__in=ids).update(outlet=outlet)
    return outlet


def origin_of(one: UUID) -> str:
    return reverse("web:origin", args=["RAD19", one])


def text_of(response: object) -> str:
    return html.unescape(re.sub("<[^>]+>", "", response.content.decode()))  # type: ignore[attr-defined]


def test_a_likely_predecessor_is_offered_never_ticked_and_linked_when_confirmed(
    officer: Client, ids: list[UUID]
) -> None:
    page = officer.get(origin_of(ids[1])).content.decode()
    assert "same name" in page
    [box] = re.findall(r'<input type="checkbox"[^>]*name="predecessor"[^>]*>', page)
    assert "checked" not in box
    with acting_as(SYSTEM):
        before = Referral.objects.get(pk=ids[0]).item_id
    name_outlet(ids[:1])
    response = officer.post(origin_of(ids[1]), {"predecessor": str(before), "outlet": ""}, follow=True)
    assert "1 link is kept." in text_of(response)
    assert f"Replaces {BEFORE}" in text_of(response)
    assert "Lantern <Media>" in text_of(response), "it takes the outlet of what it replaces"
    assert f"Replaced by {AFTER}" in text_of(officer.get(origin_of(ids[0])))
    history = text_of(officer.get(reverse("web:referral", args=["RAD19", ids[1]])))
    assert f"Successor of: none → {BEFORE}" in history
    response = officer.post(
        origin_of(ids[1]), {"unlink": str(before), "outlet": "Lantern <Media>"}, follow=True
    )
    assert "The link is taken back" in text_of(response)
    with acting_as(SYSTEM):
        assert not Succession.objects.exists()


def test_an_address_in_any_spelling_and_an_outlet_can_be_given(officer: Client, ids: list[UUID]) -> None:
    response = officer.post(
        origin_of(ids[1]), {"url": "telegram.me/s/Demo_Lantern_12", "outlet": "Lantern Two"}, follow=True
    )
    assert "1 link is kept." in text_of(response)
    assert "The outlet is kept." in text_of(response)
    with acting_as(SYSTEM):
        assert str(Referral.objects.get(pk=ids[1]).item.outlet) == "Lantern Two"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "nonsense"),
        ("https://t.me/demo_never_seen", "submit it first"),
        (AFTER, "does not replace itself"),
    ],
)
def test_an_address_that_will_not_do_is_told_and_kept(
    officer: Client, ids: list[UUID], url: str, said: str
) -> None:
    response = officer.post(origin_of(ids[1]), {"url": url, "outlet": ""})
    assert response.status_code == 422
    assert said in html.unescape(response.content.decode())
    assert f'value="{url}"' in response.content.decode()
    with acting_as(SYSTEM):
        assert not Event.objects.filter(kind="correct").exists()


def test_outlets_are_found_and_their_presence_is_told_in_words_too(officer: Client, ids: list[UUID]) -> None:
    assert "No outlet is named yet." in text_of(officer.get(OUTLETS))
    outlet = name_outlet(ids)
    page = officer.get(f"{OUTLETS}?q=LANTERN").content.decode()
    assert reverse("web:outlet", args=[outlet.pk]) in page
    assert "Lantern &lt;Media&gt;" in page
    assert "No outlet of that name" in text_of(officer.get(f"{OUTLETS}?q=quay"))
    page = officer.get(reverse("web:outlet", args=[outlet.pk])).content.decode()
    assert 'role="img"' in page
    description = re.search(r'<desc id="presence-desc">([^<]+)', page)
    assert description
    assert "Telegram: since 21 November 2019 09:00 CET; 1 items, 0 up at the last check." in description[1]
    assert "TamTam: since 23 November 2019 09:00 CET; 1 items, 1 up at the last check." in description[1]
    assert "<strong>1 d 19 h</strong>" in page, "43 hours after it was seen gone on Telegram"


def test_an_outlet_of_others_does_not_exist(signed_in: SignedIn, ids: list[UUID]) -> None:
    outlet = name_outlet(ids)
    assert signed_in("absent_officer").get(reverse("web:outlet", args=[outlet.pk])).status_code == 404
    assert "No outlet is named yet." in text_of(signed_in("absent_officer").get(OUTLETS))


def test_the_morning_after_answers_what_is_asked(people: People, officer: Client, ids: list[UUID]) -> None:
    page = text_of(officer.get(MORNING_AFTER))
    assert "Nothing that a platform said it removed was seen online." in page
    assert "No outlet was submitted on a further platform" in page
    [lying] = answered(people, ["https://t.me/demo_lying"])
    look(lying, Availability.ONLINE, 30)
    name_outlet(ids)
    page = text_of(officer.get(MORNING_AFTER))
    assert "https://t.me/demo_lying" in page
    assert "1 d 6 h" in page, "seen online thirty hours after it was said to be removed"
    back = page.partition("Who is back?")[2]
    assert "Lantern <Media>" in back
    assert "TamTam" in back
    assert "1 d 19 h" in back
    assert "Telegram" not in back


def test_where_outlets_went_is_summed_up_before_they_are_listed() -> None:
    gone = [("A", "TamTam", 5, 1), ("B", "TamTam", 50, 0), ("C", "TamTam", 20, 2), ("A", "Hoop", 200, 1)]
    found = [
        ReturnedOutlet(uuid4(), name, where, 1, up, MORNING, hours * HOUR) for name, where, hours, up in gone
    ]
    assert refuges(found) == [
        Refuge("TamTam", 3, 2, 5 * HOUR, 20 * HOUR),
        Refuge("Hoop", 1, 1, 200 * HOUR, 200 * HOUR),
    ]


def test_a_list_that_is_cut_says_so(
    people: People, officer: Client, ids: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takedowns.web.views.morning_after.BACK_SHOWN", 1)
    hoop = make_referrals(
        people.operation,
        people.agency,
        ["https://web.hoopmessenger.com/channel/demo_lantern"],
        at=MORNING + 72 * HOUR,
    )
    name_outlet([*ids, *hoop])
    page = text_of(officer.get(MORNING_AFTER)).partition("Who is back?")[2]
    summary, _, latest = page.partition("The latest 1 of 2")
    assert ("TamTam" in summary, "Hoop" in summary) == (True, True)
    assert ("TamTam" in latest, "Hoop" in latest) == (False, True)


def test_who_is_back_in_another_operation_is_told_where_it_may_be_seen(
    people: People, officer: Client, signed_in: SignedIn, ids: list[UUID]
) -> None:
    other = Operation.objects.create(reference="LATER", name="Later", starts=people.operation.starts)
    other.refresh_from_db()
    other.agencies.set([people.agency])
    elsewhere = make_referrals(
        other, people.agency, ["https://web.hoopmessenger.com/channel/demo_lantern"], at=MORNING + 72 * HOUR
    )
    name_outlet([*ids, *elsewhere])
    assert "Hoop" in text_of(officer.get(MORNING_AFTER))
    assert "Hoop" not in text_of(signed_in("coordinator").get(MORNING_AFTER))


def test_more_items_cost_no_more_statements(people: People, officer: Client, ids: list[UUID]) -> None:
    outlet = name_outlet(ids)
    addresses = [OUTLETS, reverse("web:outlet", args=[outlet.pk]), MORNING_AFTER, origin_of(ids[1])]

    def statements() -> list[int]:
        counts = []
        for address in addresses:
            officer.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert officer.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = statements()
    more = answered(people, [f"https://t.me/demo_lantern_{number}" for number in range(100, 140)])
    name_outlet([*ids, *more])
    assert statements() == before
    assert max(before) <= MOST_OF_ANY + OF_THE_TEST
