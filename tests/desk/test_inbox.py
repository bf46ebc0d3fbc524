"""The inbox: what waits first, what is shown of it, and what is not."""

from __future__ import annotations

import re

from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn
from tests.desk.conftest import Desk

INBOX = "/desk/telegram/"


def references(page: str) -> list[str]:
    """Return the addresses of a list in their order, without what marks them up."""
    cells = re.findall(r'<a class="address-link"[^>]*>(.*?)</a>', page)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in cells]


def shown(desk: Desk, query: str = "") -> str:
    answer = desk.responder.get(INBOX + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_start_page_leads_to_the_desk(desk: Desk) -> None:
    assert desk.responder.get("/")["Location"] == INBOX


def test_orders_come_first_then_the_gravest_tier_then_the_longest_waiting(desk: Desk) -> None:
    page = shown(desk)
    assert references(page) == [
        "https://t.me/demo_order/1",
        "https://t.me/demo_second/7",
        "https://t.me/demo_first",
        "https://t.me/demo_third/8",
    ]
    assert "demoVIDEO01" not in page


def test_an_order_whose_hour_ends_first_comes_before_others(desk: Desk) -> None:
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=desk.by_name["demo_third"]).update(instrument="removal_order", tier=1)
        Referral.objects.filter(pk=desk.order).update(tier=2)
    assert references(shown(desk))[:2] == ["https://t.me/demo_third/8", "https://t.me/demo_order/1"]
    apply_to_all("acknowledge", [desk.order], by=desk.people.actor("platform_contact"))
    page = shown(desk)
    assert references(page)[0] == "https://t.me/demo_order/1", "its hour runs"
    assert "min left" in page


def test_filters_narrow_the_list_and_offer_only_what_occurs(desk: Desk) -> None:
    assert references(shown(desk, "?kind=channel")) == ["https://t.me/demo_first"]
    assert references(shown(desk, "?instrument=removal_order")) == ["https://t.me/demo_order/1"]
    assert len(references(shown(desk, "?operation=RAD19"))) == 4
    for not_here in (
        "kind=nonsense",
        "operation=OTHER",
        "status=removed",
        "status=submitted",
        "instrument=x",
    ):
        assert references(shown(desk, f"?{not_here}")) == [], "what does not occur is not left out"
    page = shown(desk)
    assert 'value="channel"' in page
    assert 'value="video"' not in page, "the kind occurs at another platform alone"
    apply_to_all("decline", [desk.by_name["demo_first"]], by=SYSTEM, decline_reason="other")
    assert references(shown(desk, "?show=answered")) == ["https://t.me/demo_first"]
    assert len(references(shown(desk, "?show=all"))) == 4


def test_pages_follow_each_other_without_a_gap_whatever_is_answered_meanwhile(
    desk: Desk, monkeypatch: object
) -> None:
    monkeypatch.setattr("takedowns.desk.inbox.page.__kwdefaults__", {"after": None, "size": 2})  # type: ignore[attr-defined]
    first = shown(desk)
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    apply_to_all("acknowledge", [desk.by_name["demo_second"]], by=SYSTEM)
    second = shown(desk, link[1].replace("&amp;", "&"))
    assert references(first) + references(second) == [
        "https://t.me/demo_order/1",
        "https://t.me/demo_second/7",
        "https://t.me/demo_first",
        "https://t.me/demo_third/8",
    ]


def test_one_is_found_by_its_reference_and_by_any_spelling_of_its_address(desk: Desk) -> None:
    assert references(shown(desk, "?q=telegram.me/s/demo_first")) == ["https://t.me/demo_first"]
    reference = re.search(r"<code>(RAD19-[^<]+)</code>", shown(desk))
    assert reference is not None
    assert references(shown(desk, f"?q={reference[1]}")) == ["https://t.me/demo_order/1"]
    for other in ("https://www.youtube.com/watch?v=demoVIDEO01", "nonsense"):
        assert "Nothing of this address or reference" in shown(desk, f"?q={other}")


def test_a_referral_shows_what_the_api_shows_and_nothing_of_the_agencies_talk(desk: Desk) -> None:
    with acting_as(SYSTEM):
        Operation.objects.update(default_ground="x")
    page = desk.responder.get(
        reverse("web:desk-referral", args=["telegram", desk.by_name["demo_second"]])
    ).content.decode()
    assert "North Unit" in page, "who asks is told"
    assert "Directive (EU) 2017/541" in page
    for hidden in (
        "officer@example.org",
        "list.csv",
        "exemptions",
        "Submitted",
        "Approved",
        "Coordinator",
        "South Unit",
    ):
        assert hidden not in page, hidden


def test_another_platforms_referral_and_one_that_was_not_made_do_not_exist(desk: Desk) -> None:
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=desk.by_name["demo_third"]).update(referred_at=None)
    for one in (desk.foreign, desk.by_name["demo_third"]):
        for name in ("desk-referral", "desk-leave"):
            assert desk.responder.get(reverse(f"web:{name}", args=["telegram", one])).status_code == 404
    assert desk.responder.get(reverse("web:desk-referral", args=["youtube", desk.foreign])).status_code == 404


def test_history_names_the_colleague_and_no_one_of_the_agencies(desk: Desk, signed_in: SignedIn) -> None:
    second = desk.by_name["demo_second"]
    apply_to_all("acknowledge", [second], by=desk.people.actor("platform_contact"))
    apply_to_all("decline", [second], by=desk.people.actor("coordinator"), decline_reason="other")
    address = reverse("web:desk-referral", args=["telegram", second])
    page = desk.responder.get(address).content.decode()
    assert "· Platform Contact" in page
    assert "Coordinator" not in page
    assert desk.last("demo_second", "acknowledge").details["platform"] == "telegram"
    assert "platform" not in desk.last("demo_second", "decline").details
    agencies = reverse("web:referral", args=["RAD19", second])
    assert "Platform Contact" not in signed_in("officer").get(agencies).content.decode()
    assert "Platform Contact, Telegram" in signed_in("auditor").get(agencies).content.decode()
