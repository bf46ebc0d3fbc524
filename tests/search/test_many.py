"""Many at once: found by a list's filters or ticked, shown first, changed, undone; and views that people keep."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event, Item, Operation, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.search import bulk_changes, long_changes
from takedowns.search.models import BulkChange, SavedView
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.intake.test_load import hand_in
from tests.people import People

CHANGE = reverse("web:bulk", args=["RAD19"])
LIST = reverse("web:referrals", args=["RAD19"])
CORRECT = {"kind_of_change": "correct"}


@pytest.fixture
def ids(people: People) -> list[UUID]:
    """Four referrals of the officer's agency, the last a video; one of the other agency."""
    own = make_referrals(
        people.operation,
        people.agency,
        [f"https://t.me/demo_{number}" for number in range(3)]
        + ["https://www.youtube.com/watch?v=demoVIDEO02"],
        submitted_by=people.officer,
        tier=3,
    )
    return [
        *own,
        *make_referrals(people.operation, people.other_agency, ["https://t.me/demo_theirs"], tier=3),
    ]


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    return signed_in("officer")


def tiers(ids: list[UUID]) -> list[int]:
    with acting_as(SYSTEM):
        return [Referral.objects.get(pk=one).tier for one in ids]


def kept() -> list[BulkChange]:
    with acting_as(SYSTEM):
        return list(BulkChange.objects.order_by("at"))


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def carry_out(client: Client, query: str, given: dict[str, str]) -> Any:
    """Ask what would change, then do what the page offers to do."""
    shown = client.post(f"{CHANGE}?{query}", given)
    assert shown.status_code == 200
    sent = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', shown.content.decode()))
    sent.pop("csrfmiddlewaretoken", None)
    return client.post(f"{CHANGE}?{query}", sent, follow=True)


def test_all_that_a_filter_finds_are_shown_changed_and_undone(officer: Client, ids: list[UUID]) -> None:
    page = officer.get(LIST, {"platform": "telegram"}).content.decode()
    assert "Change all 4 found" in page
    shown = officer.post(f"{CHANGE}?platform=telegram", {**CORRECT, "tier": "1"})
    assert "3 referrals would change" in said(shown)
    assert "1 : Correcting is for the referral's agency" in said(shown)
    assert tiers(ids) == [3] * 5, "a look changes nothing"
    with acting_as(SYSTEM):
        assert not Event.objects.filter(kind="correct").exists()
    done = carry_out(officer, "platform=telegram", {**CORRECT, "tier": "1"})
    assert "3 referrals were corrected" in said(done)
    assert tiers(ids) == [1, 1, 1, 3, 3]
    [change] = kept()
    undo = reverse("web:bulk-undo", args=["RAD19", change.pk])
    assert "3 referrals are what they were before." in said(officer.post(undo, follow=True))
    assert tiers(ids) == [3] * 5
    assert "taken back already" in said(officer.post(undo, follow=True))


def test_nothing_is_changed_where_a_filter_means_nothing(officer: Client, ids: list[UUID]) -> None:
    query = "?platform=telegrm&status=submitted"
    for sent in ({}, CORRECT | {"tier": "1", "expected": "4"}):
        told = officer.post(CHANGE + query, sent, follow=True)
        assert told.redirect_chain[0][0].startswith(LIST + "?platform=telegrm")
        assert "left out" in told.content.decode()
    assert tiers(ids) == [3] * 5
    assert kept() == []


def test_the_ticked_ones_alone(officer: Client, ids: list[UUID]) -> None:
    page = officer.get(LIST).content.decode()
    assert f'name="one" value="{ids[1]}"' in page
    done = carry_out(
        officer, f"one={ids[1]}&one={ids[3]}&one=nonsense", {**CORRECT, "listed_group": "Demo Group"}
    )
    assert "2 referrals were corrected" in said(done)
    with acting_as(SYSTEM):
        assert set(Referral.objects.filter(listed_group="Demo Group").values_list("pk", flat=True)) == {
            ids[1],
            ids[3],
        }


def test_what_somebody_changed_again_since_is_not_undone(
    officer: Client, people: People, ids: list[UUID]
) -> None:
    carry_out(officer, f"one={ids[0]}&one={ids[1]}", {**CORRECT, "tier": "1", "outlet": "Lantern"})
    again = bulk_changes.Change(BulkChange.Kind.CORRECT, {"tier": 2, "outlet": "Other"})
    bulk_changes.carry_out(again, ids[:1], people.operation, by=people.actor("reviewer"), expected=1)
    first = kept()[0]
    page = said(officer.post(reverse("web:bulk-undo", args=["RAD19", first.pk]), follow=True))
    assert "1 referral is what it was before." in page
    assert "1: Somebody changed it again since" in page
    assert tiers(ids[:2]) == [2, 3]
    with acting_as(SYSTEM):
        assert str(Item.objects.get(referrals=ids[0]).outlet) == "Other"
        assert Item.objects.get(referrals=ids[1]).outlet is None


def test_a_hyphen_empties_and_an_empty_field_stays(officer: Client, ids: list[UUID]) -> None:
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Lantern")
        Item.objects.filter(referrals__in=ids[:1]).update(outlet=outlet)
        Referral.objects.filter(pk=ids[0]).update(listed_group="Demo Group")
    carry_out(officer, f"one={ids[0]}", {**CORRECT, "outlet": "-", "kind": "account"})
    with acting_as(SYSTEM):
        found = Referral.objects.select_related("item").get(pk=ids[0])
    assert (found.item.outlet, found.item.kind, found.listed_group) == (None, "account", "Demo Group")


def test_withdrawing_says_that_it_cannot_be_undone_and_who_is_refused(
    officer: Client, ids: list[UUID]
) -> None:
    given = {"kind_of_change": "withdraw", "reason": "submitted by mistake"}
    assert officer.post(f"{CHANGE}?platform=telegram", {**given, "reason": " "}).status_code == 422
    apply_to_all("reject", ids[:1], by=SYSTEM, reason="r")
    shown = said(officer.post(f"{CHANGE}?platform=telegram", given))
    assert "2 referrals would be withdrawn" in shown
    assert "A withdrawal cannot be undone." in shown
    page = carry_out(officer, "platform=telegram", given)
    assert "2 referrals were withdrawn" in said(page)
    assert "Undo this change" not in said(page)
    undo = reverse("web:bulk-undo", args=["RAD19", kept()[0].pk])
    assert "cannot be taken back" in said(officer.post(undo, follow=True))
    with acting_as(SYSTEM):
        assert Referral.objects.filter(status="withdrawn").count() == 2


def test_withdrawing_says_what_goes_on_as_another_agencys(
    officer: Client, people: People, signed_in: SignedIn
) -> None:
    hand_in(people, "url\nhttps://t.me/demo_both\nhttps://t.me/demo_ours\n")
    hand_in(people, "url\nhttps://t.me/demo_both\n", by=people.other_officer)
    given = {"kind_of_change": "withdraw", "reason": "submitted by mistake"}
    shown = said(officer.post(f"{CHANGE}?status=submitted", given))
    assert "2 referrals would be withdrawn" in shown
    assert "Another agency asks for 1 of them too" in shown
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 2, "a rehearsal leaves nothing"
    carry_out(officer, "status=submitted", given)
    with acting_as(SYSTEM):
        ours, theirs = Referral.objects.filter(item__key="demo_both").order_by("round")
    assert (ours.status, theirs.status, theirs.agency) == ("withdrawn", "submitted", people.other_agency)
    page = said(signed_in("other_officer").get(reverse("web:referral", args=["RAD19", theirs.pk])))
    assert "The agency before withdrew; this one asks for it still." in page


def test_what_changed_meanwhile_is_shown_anew_before_anything_is_done(
    officer: Client, people: People, ids: list[UUID]
) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_late"], tier=3)
    page = officer.post(f"{CHANGE}?platform=telegram", {**CORRECT, "tier": "1", "expected": "3"})
    assert "Meanwhile somebody else changed some of these." in said(page)
    assert "4 referrals would change" in said(page)
    assert tiers(ids) == [3] * 5
    assert kept() == []


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (CORRECT, "choose at least one new value"),
        ({**CORRECT, "tier": "9"}, "Select a valid choice"),
        ({"kind_of_change": "sing"}, "Select a valid choice"),
    ],
)
def test_what_makes_no_sense_is_told_and_kept(
    officer: Client, ids: list[UUID], given: dict[str, str], sentence: str
) -> None:
    response = officer.post(
        f"{CHANGE}?platform=telegram", {**given, "listed_group": "" if given == CORRECT else "Kept"}
    )
    assert response.status_code == 422
    assert sentence in said(response)
    assert given == CORRECT or 'value="Kept"' in response.content.decode()


def test_nothing_found_or_too_much_leads_back_to_the_list(
    officer: Client, ids: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nothing is selected." in said(officer.get(f"{CHANGE}?q=nonsense"))
    assert "Nothing is selected" in said(officer.post(f"{CHANGE}?q=nonsense", {**CORRECT, "tier": "1"}))
    monkeypatch.setattr(long_changes, "MOST", 3)
    assert "More than 3 referrals are found" in said(officer.get(CHANGE))
    assert "More than 3 at once" in said(officer.post(CHANGE, {**CORRECT, "tier": "1"}))


def test_a_change_of_many_is_as_many_statements_as_of_one(people: People) -> None:
    def statements(ids: list[UUID], tier: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            change = bulk_changes.Change(BulkChange.Kind.CORRECT, {"tier": tier, "outlet": "Lantern"})
            bulk_changes.carry_out(
                change, ids, people.operation, by=people.actor("officer"), expected=len(ids)
            )
        return len(queries)

    first, few = (
        make_referrals(people.operation, people.agency, [f"https://t.me/demo_{one}"], tier=3)
        for one in ("first", "few")
    )
    many = make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_m{one}" for one in range(200)], tier=3
    )
    statements(first, 1)  # makes the cell that all enter
    assert statements(few, 1) == statements(many, 1)


def test_a_coordinator_undoes_another_agencys_change(
    people: People, ids: list[UUID], signed_in: SignedIn
) -> None:
    change = bulk_changes.Change(BulkChange.Kind.CORRECT, {"tier": 1})
    done = bulk_changes.carry_out(change, ids[:1], people.operation, by=people.actor("officer"), expected=1)
    assert tiers(ids[:1]) == [1]
    undo = reverse("web:bulk-undo", args=["RAD19", done.pk])
    assert signed_in("coordinator").post(undo).status_code == 302
    assert tiers(ids[:1]) == [3]


def test_a_view_is_kept_by_name_shown_to_its_owner_alone_and_dropped(
    officer: Client, people: People, signed_in: SignedIn, ids: list[UUID]
) -> None:
    keep, drop = (reverse(f"web:{name}", args=["RAD19"]) for name in ("view-keep", "view-drop"))
    query = f"platform=youtube&columns=outlet&columns=status&after={ids[0]}"
    page = said(officer.post(keep, {"name": "Videos", "query": query}, follow=True))
    assert "The view “Videos” is kept" in page
    shown = html.unescape(officer.get(LIST).content.decode())
    assert f'{LIST}?platform=youtube&columns=outlet&columns=status"' in shown
    assert "Videos" not in signed_in("reviewer").get(LIST).content.decode()
    with acting_as(people.actor("administrator")):
        assert not SavedView.objects.exists(), "the database says so too"
    officer.post(keep, {"name": "Videos", "query": "platform=telegram"})
    assert 'platform=telegram">Videos' in officer.get(LIST).content.decode()
    assert "Give the view a name." in said(officer.post(keep, {"name": " ", "query": ""}, follow=True))
    assert "too long" in said(officer.post(keep, {"name": "n" * 61, "query": ""}, follow=True))
    officer.post(drop, {"name": "Videos", "query": ""})
    assert "Videos" not in officer.get(LIST).content.decode()


def test_a_view_of_one_operation_is_not_one_of_another(officer: Client, people: People) -> None:
    other = Operation.objects.create(reference="LATER", name="Later", starts=people.operation.starts)
    other.refresh_from_db()
    other.agencies.set([people.agency])
    officer.post(reverse("web:view-keep", args=["LATER"]), {"name": "Elsewhere", "query": ""}, follow=True)
    assert "Elsewhere" not in officer.get(LIST).content.decode()


def _heads(page: str) -> list[str]:
    """Return the words of the column heads, of which some are links that sort."""
    cells = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one).split("\n")[0].strip() for one in cells]


def test_columns_are_chosen_in_the_address_and_survive_the_filters(officer: Client, ids: list[UUID]) -> None:
    page = officer.get(
        LIST, {"columns": ["group", "tier", "nonsense"], "platform": "telegram"}
    ).content.decode()
    assert _heads(page) == ["Ticked", "Address", "Priority", "Listed group"]
    assert page.count('<input type="hidden" name="columns"') == 3
    assert '<input type="hidden" name="platform" value="telegram">' in page
    usual = _heads(officer.get(LIST).content.decode())
    assert usual[:4] == ["Ticked", "Address", "Status", "Seen"]
