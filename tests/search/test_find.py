"""Find anything: an address, a reference, a handle, words; as far as one may see it."""

from __future__ import annotations

import html
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Item, Operation, Outlet, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

FIND = reverse("web:find")


@pytest.fixture
def ids(people: People) -> list[UUID]:
    """A channel, a post in it, a video."""
    made = make_referrals(
        people.operation,
        people.agency,
        [
            "https://t.me/Demo_Lantern_12",
            "https://t.me/demo_quay/77",
            "https://www.youtube.com/watch?v=demoVIDEO02",
        ],
    )
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Al-Ámber Média (demo)")
        Item.objects.filter(referrals=made[1]).update(outlet=outlet)
        Referral.objects.filter(pk=made[2]).update(listed_group="Demo Group of the North")
    apply_to_all("reject", made[:1], by=SYSTEM, reason="It is a museum’s own catalogue; Музей")
    return made


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    return signed_in("officer")


def page_of(one: UUID) -> str:
    return reverse("web:referral", args=["RAD19", one])


def found_by(client: Client, text: str) -> str:
    """Return the page that the box leads to."""
    response = client.post(FIND, {"q": text}, follow=True)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/demo_quay/77",
        "telegram.me/s/DEMO_quay/77?single",
        "t[.]me/demo_quay/77",
        " tg://resolve?domain=demo_quay&post=77 ",
    ],
)
def test_an_address_in_any_spelling_leads_to_its_referral_at_once(
    officer: Client, ids: list[UUID], text: str
) -> None:
    response = officer.post(FIND, {"q": text})
    assert response.status_code == 302
    assert response["Location"] == page_of(ids[1]), "and the address stands in none of ours"


def test_a_reference_as_it_is_read_out_leads_to_its_referral(officer: Client, ids: list[UUID]) -> None:
    said = reference_of("RAD19", ids[2]).lower().replace("0", "o")
    assert officer.post(FIND, {"q": f" {said} "})["Location"] == page_of(ids[2])


def test_an_address_nobody_handed_in_says_what_it_names(officer: Client, ids: list[UUID]) -> None:
    page = found_by(officer, "https://t.me/demo_unseen/5")
    assert "Nobody has handed it in yet." in page
    assert "Telegram" in page


@pytest.mark.parametrize(
    ("text", "which"),
    [
        ("@demo_lantern_12", 0),
        ("@Lantern_Demo", 0),
        ("demo lantern", 0),
        ("LANTERN", 0),
        ("lant", 0),
        ("quay 77", 1),
        ("amber", 1),
        ("ámber média", 1),
        ("Ámb", 1),
        ("MEDIA", 1),
        ("Äl médiä", 1),
        ("group north", 2),
        ("museum's catalogue", 0),
        ("museum catalogue", 0),
        ("МУЗЕЙ", 0),
        ("museu'm", None),
        ("lantern quay", None),
        ("%", None),
        ("' | 'demo", 0),
        ("!!", None),
    ],
)
def test_words_find_keys_outlets_groups_and_what_was_written(
    officer: Client, ids: list[UUID], text: str, which: int | None
) -> None:
    page = found_by(officer, text)
    listed = [place for place, one in enumerate(ids) if page_of(one) in page]
    if which is None:
        assert listed == []
        assert "<code>RAD19" not in page
    else:
        assert which in listed


def test_an_outlet_is_named_itself(officer: Client, ids: list[UUID]) -> None:
    page = found_by(officer, "média")
    with acting_as(SYSTEM):
        assert reverse("web:outlet", args=[Outlet.objects.get().pk]) in page


def test_a_handle_also_finds_who_goes_by_the_same_name_elsewhere(
    officer: Client, people: People, ids: list[UUID]
) -> None:
    [elsewhere] = make_referrals(people.operation, people.agency, ["https://tt.me/demolantern"])
    assert page_of(elsewhere) in found_by(officer, "@Demo_Lantern")


@pytest.mark.parametrize(
    "text", ["https://t.me/demo_quay/77", "quay 77", "@demo_quay", "média", "group north", "museum catalogue"]
)
def test_what_one_may_not_see_is_not_found(signed_in: SignedIn, ids: list[UUID], text: str) -> None:
    page = found_by(signed_in("absent_officer"), text)
    assert "RAD19-" not in page.replace("RAD19-7F3K-22QX5", "")
    assert "Ámber" not in page
    found = signed_in("auditor").post(FIND, {"q": text}, follow=True).content.decode()
    assert "RAD19-" in found


def test_a_reference_of_others_is_not_found(signed_in: SignedIn, ids: list[UUID]) -> None:
    page = found_by(signed_in("absent_officer"), reference_of("RAD19", ids[0]))
    assert page_of(ids[0]) not in page


def test_others_referrals_do_not_crowd_out_ones_own(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("takedowns.search.queries.MOST", 50)
    other = Operation.objects.create(reference="LATER", name="Later", starts=people.operation.starts)
    other.refresh_from_db()
    other.agencies.set([people.absent_agency])
    [own] = make_referrals(people.operation, people.agency, ["https://t.me/demo_crowd"])
    make_referrals(other, people.absent_agency, [f"https://t.me/demo_other_{one}" for one in range(20)])
    assert page_of(own) in found_by(signed_in("officer"), "demo")


def test_finding_takes_as_many_statements_for_much_as_for_little(
    officer: Client, people: People, ids: list[UUID]
) -> None:
    def statements(text: str) -> int:
        officer.get(FIND, {"q": text})
        with CaptureQueriesContext(connection) as queries:
            officer.get(FIND, {"q": text})
        return len(queries)

    asked = (
        "quay",
        "@demo_quay",
        reference_of("RAD19", ids[0]),
        "https://t.me/demo_quay/77",
        "nothing at all",
    )
    before = [statements(text) for text in asked]
    make_referrals(people.operation, people.agency, [f"https://t.me/quay_{one}" for one in range(80)])
    assert [statements(text) for text in asked] == before
    assert max(before) <= MOST_OF_ANY + OF_THE_TEST
    assert "These are the 50 newest of more" in found_by(officer, "quay")
