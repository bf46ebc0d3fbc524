"""The pages of removal orders and bundles: the number of statements, and what a coordinator does there."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.services import place_on_address
from takedowns.orders import queries
from takedowns.orders.models import Addressee, PriorNotice, RemovalOrder
from takedowns.orders.services import CannotComply, Receipt, record_impediments, record_receipts
from takedowns.orders.vocabulary import HOUR
from takedowns.orders.writing import write_orders
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import HandOff, Sending
from tests.clients import SignedIn
from tests.factories import make_referrals, undone
from tests.orders.test_orders import TEXT
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

PINNED = Path(__file__).with_name("order_query_counts.json")
PAGES = (
    "orders",
    "order",
    "order-pdf",
    "order-write",
    "order-issue",
    "order-record",
    "orders-preserved",
    "order-preservation",
    "order-parties",
    "order-authority",
    "order-addressee",
    "order-notice",
    "hand-off-zip",
    "hand-off-sent",
)
AUTHORITY = {
    "name": "A",
    "kind": "other",
    "member_state": "NL",
    "address": "x",
    "email": "a@example.org",
    "redress_body": "c",
    "redress_deadline": "d",
}


@pytest.fixture
def issued(people: People) -> UUID:
    """An order that was issued an hour ago, and of which nobody knows yet that it was received."""
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_order", text=EMERGENCY)
    dispatch(people.operation, by=people.actor("coordinator"), at=timezone.now() - HOUR)
    return one


def address_of(page: str, order: UUID) -> str:
    if page == "orders-preserved":
        return reverse("web:orders-preserved")
    with acting_as(SYSTEM):
        made = HandOff.objects.values_list("dispatch_id", flat=True).first()
    rest: dict[str, list[Any]] = {
        "order-record": [order, "receipt"],
        "order-authority": ["north"],
        "order-addressee": ["telegram"],
        "order-notice": ["north", "telegram"],
        "hand-off-zip": [made, "telegram"],
        "hand-off-sent": [made, "telegram"],
        "orders": [],
        "order-parties": [],
    }
    return reverse(f"web:{page}", args=["RAD19", *rest.get(page, [order])])


def _count(issued: UUID, client: Client) -> dict[str, int]:
    counts = {}
    for page in PAGES:
        address = address_of(page, issued)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200, page
        counts[page] = len(queries)
    return counts


def test_each_page_runs_as_many_statements_as_pinned_however_many_orders_there_are(
    people: People, issued: UUID, signed_in: SignedIn
) -> None:
    make_orders_of_each_kind(people, "a")
    client = signed_in("coordinator")
    counts = _count(issued, client)
    if os.environ.get("PIN_QUERY_COUNTS"):
        PINNED.write_text(json.dumps(counts, indent=2) + "\n")
    assert counts == json.loads(PINNED.read_text())
    for name in ("b", "c", "d"):
        make_orders_of_each_kind(people, name)
    assert _count(issued, client) == counts


def test_no_page_runs_more_than_the_limit() -> None:
    for page, count in json.loads(PINNED.read_text()).items():
        assert count - OF_THE_TEST <= MOST_OF_ANY, page


def make_orders_of_each_kind(people: People, name: str) -> None:
    """Make an unwritten order in review, one that cannot go, one received."""
    make_referrals(
        people.operation, people.agency, [f"https://t.me/demo_{name}_review"], instrument="removal_order"
    )
    [one] = approved(people, f"https://t.me/demo_{name}_received")
    dispatch(people.operation, by=SYSTEM)
    record_receipts([Receipt(one, timezone.now())], by=SYSTEM)
    approved(people, f"https://t.me/demo_{name}_bare", text=None)


@pytest.fixture
def coordinator(signed_in: SignedIn) -> Client:
    return signed_in("coordinator")


def shown(client: Client, page: str, order: UUID) -> str:
    return " ".join(client.get(address_of(page, order)).content.decode().split())


def record(client: Client, order: UUID, kind: str, **given: Any) -> Any:
    return client.post(reverse("web:order-record", args=["RAD19", order, kind]), given)


def told(minutes_ago: float) -> str:
    return f"{timezone.localtime(timezone.now() - timedelta(minutes=minutes_ago)):%Y-%m-%dT%H:%M:%S}"


def test_an_officer_in_a_hurry_fills_two_fields_and_what_is_missing_keeps_what_was_typed(
    people: People, signed_in: SignedIn
) -> None:
    [order] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], instrument="removal_order"
    )
    officer, address = signed_in("officer"), reverse("web:order-write", args=["RAD19", order])
    wrong = officer.post(address, {"reasons": "It calls for attacks."})
    assert wrong.status_code == 422
    assert "Tick at least one type of material." in wrong.content.decode()
    assert "It calls for attacks." in wrong.content.decode()
    unexplained = officer.post(address, {"material": ["incites"], "reasons": "It calls.", "emergency": "on"})
    assert "Say why it is an emergency" in unexplained.content.decode()
    done = officer.post(address, {"material": ["incites", "threatens"], "reasons": "It calls for attacks."})
    assert done.status_code == 302
    with acting_as(SYSTEM):
        written = RemovalOrder.objects.get(pk=order)
    assert (written.material, written.reasons) == (["incites", "threatens"], "It calls for attacks.")
    again = officer.get(address).content.decode()
    assert "It calls for attacks." in again
    assert again.count("checked") == 2


def test_the_hour_from_receipt_to_the_act(coordinator: Client, issued: UUID) -> None:
    assert "Receipt not known" in shown(coordinator, "order", issued)
    assert record(coordinator, issued, "receipt", at=told(20)).status_code == 302
    page = shown(coordinator, "order", issued)
    assert "Running" in page
    assert "39 min left" in page or "40 min left" in page
    assert "data-due=" in page


def test_a_breach_is_said_in_words_on_the_order_and_first_in_the_list(
    people: People, coordinator: Client
) -> None:
    make_authority(people)
    late, soon, unknown = (
        approved(people, f"https://t.me/demo_{name}", text=EMERGENCY)[0]
        for name in ("late", "soon", "unknown")
    )
    dispatch(people.operation, by=SYSTEM, at=timezone.now() - 2 * HOUR)
    record_receipts(
        [
            Receipt(soon, timezone.now() - timedelta(minutes=5)),
            Receipt(late, timezone.now() - 1.5 * HOUR),
        ],
        by=SYSTEM,
    )
    page = shown(coordinator, "order", late)
    assert "Overdue" in page
    assert "overdue by 30 min" in page
    listed = shown(coordinator, "orders", late)
    assert "1 order is overdue." in listed
    places = [listed.index(str(one)) for one in (late, soon, unknown)]
    assert places == sorted(places)


def test_annex_three_stops_the_hour_and_its_end_starts_it_anew(coordinator: Client, issued: UUID) -> None:
    record(coordinator, issued, "receipt", at=told(0))
    missing = record(coordinator, issued, "impediment", at=told(0), impediment="force_majeure")
    assert missing.status_code == 422
    assert "Say what stands in the way" in missing.content.decode()
    done = record(
        coordinator, issued, "impediment", at=told(0), impediment="force_majeure", explanation="Flooded."
    )
    assert done.status_code == 302
    page = shown(coordinator, "order", issued)
    assert "Stopped" in page
    assert "Flooded." in page
    assert "left</span>" not in page
    assert record(coordinator, issued, "resume", at=told(0)).status_code == 302
    assert "Running" in shown(coordinator, "order", issued)


def test_annex_two_is_recorded_with_receipt_and_signature(coordinator: Client, issued: UUID) -> None:
    unreceived = record(
        coordinator, issued, "feedback", outcome="removed", at=told(0), signatory="A. Clerk, Legal"
    )
    assert unreceived.status_code == 422
    assert "Say when the order was received" in unreceived.content.decode()
    done = record(
        coordinator,
        issued,
        "feedback",
        outcome="removed",
        at=told(0),
        received_at=told(0),
        signatory="A. Clerk, Legal",
    )
    assert done.status_code == 302
    assert "Acted within the hour" in shown(coordinator, "order", issued)


def test_while_the_platform_asks_the_page_says_what_starts_the_hour(
    people: People, coordinator: Client, issued: UUID
) -> None:
    asked = CannotComply(issued, "insufficient_information", "Which post?", timezone.now())
    record_impediments([asked], by=SYSTEM)
    page = shown(coordinator, "order", issued)
    assert "begins anew when the agency’s answer has been given" in page
    assert reverse("web:order-record", args=["RAD19", issued, "resume"]) not in page


def test_the_list_and_the_dispatch_say_what_an_order_lacks(people: People, coordinator: Client) -> None:
    [order] = approved(people, "https://t.me/demo_a", text=None)
    assert reverse("web:order-write", args=["RAD19", order]) in shown(coordinator, "orders", order)
    preview = coordinator.get(reverse("web:dispatch", args=["RAD19"])).content.decode()
    assert "1 removal order is approved and cannot go yet" in preview
    assert "Nothing is ready to go." in preview
    write_orders([order], TEXT, by=SYSTEM)
    apply_to_all("approve", [order], by=SYSTEM, exemptions_checked=True)
    authority = reverse("web:order-authority", args=["RAD19", "north"])
    assert authority in shown(coordinator, "orders", order)
    assert coordinator.post(authority, AUTHORITY).status_code == 302
    addressee = reverse("web:order-addressee", args=["RAD19", "telegram"])
    assert addressee in shown(coordinator, "orders", order)
    contact = {"name": "Telegram", "contact_point": "orders@example.com", "member_state": "IE"}
    done = coordinator.post(addressee, contact, follow=True).content.decode()
    assert "1 order had been approved and goes back to review" in done
    apply_to_all("approve", [order], by=SYSTEM, exemptions_checked=True)
    notice = reverse("web:order-notice", args=["RAD19", "north", "telegram"])
    assert notice in shown(coordinator, "orders", order)
    assert coordinator.post(notice, {"given_at": told(-60)}).status_code == 422
    assert coordinator.post(notice, {"given_at": told(13 * 60)}).status_code == 302
    with acting_as(SYSTEM):
        assert PriorNotice.objects.get().recorded_by is not None
    preview = coordinator.get(reverse("web:dispatch", args=["RAD19"])).content.decode()
    assert "1 removal order is approved: " in preview
    assert "Nothing is ready to go." in preview
    assert reverse("web:order-issue", args=["RAD19", order]) in shown(coordinator, "orders", order)


def test_an_order_that_lacks_something_is_never_listed_as_one_to_issue_however_many_do(
    people: People, coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SHOWN", 1)
    make_authority(people)
    urls = [f"https://t.me/demo_{number}" for number in range(3)]
    lacking = approved(people, *urls, text=None)
    [complete] = approved(people, "https://t.me/demo_complete", text=EMERGENCY)
    page = shown(coordinator, "orders", complete)
    assert reverse("web:order-issue", args=["RAD19", complete]) in page
    assert not [one for one in lacking if reverse("web:order-issue", args=["RAD19", one]) in page]


def test_orders_are_issued_one_by_one_on_the_document_that_is_shown(
    people: People, coordinator: Client
) -> None:
    make_authority(people)
    first, second = approved(people, "https://t.me/demo_a", "https://t.me/demo_b", text=EMERGENCY)
    [plain] = make_referrals(people.operation, people.agency, ["https://t.me/demo_c"])
    apply_to_all("approve", [plain], by=SYSTEM, exemptions_checked=True)

    def statuses() -> list[str]:
        with acting_as(SYSTEM):
            found = dict(Referral.objects.values_list("pk", "status"))
        return [found[one] for one in (first, second, plain)]

    send = reverse("web:dispatch", args=["RAD19"])
    assert coordinator.get(f"{send}?first").status_code == 200, "something waits that the button sends"
    coordinator.post(send)
    assert statuses() == ["approved", "approved", "referred"], "one button for all issues no order"
    assert coordinator.get(f"{send}?first").headers["Location"] == reverse("web:orders", args=["RAD19"])
    assert reverse("web:order-issue", args=["RAD19", first]) in shown(coordinator, "order", first)
    page = shown(coordinator, "order-issue", first)
    assert "Example Ltd" in page
    assert "It names a day." in page
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert sha256
    issue = address_of("order-issue", first)
    write_orders([first], replace(EMERGENCY, reasons="Otherwise."), by=SYSTEM)
    assert "not approved" in shown(coordinator, "order-issue", first)
    apply_to_all("approve", [first], by=SYSTEM, exemptions_checked=True)
    said = coordinator.post(issue, {"sha256": sha256[1]}, follow=True).content.decode()
    assert "not the one that you were shown" in said
    assert "Nothing was issued" in coordinator.post(issue, {}, follow=True).content.decode()
    assert statuses()[0] == "approved"
    now = re.search(r'name="sha256" value="([0-9a-f]{64})"', said)
    assert now
    assert coordinator.post(issue, {"sha256": now[1]}).status_code == 302
    assert statuses() == ["referred", "approved", "referred"]
    assert coordinator.get(f"{send}?first").headers["Location"] == address_of("order-issue", second)
    with acting_as(SYSTEM):
        assert RemovalOrder.objects.get(pk=first).sha256 == now[1]


def test_an_order_that_lacks_something_or_is_on_hold_has_no_button(
    people: People, coordinator: Client, signed_in: SignedIn
) -> None:
    authority = make_authority(people)
    [order] = approved(people, "https://t.me/demo_a", text=EMERGENCY)
    assert "Issue this order" in shown(coordinator, "order-issue", order)
    for name in ("officer", "reviewer", "auditor"):
        assert signed_in(name).get(address_of("order-issue", order)).status_code == 403
    with undone():
        place_on_address(
            "https://t.me/demo_a",
            {},
            agency_id=people.agency.pk,
            by=SYSTEM,
            reason="secret",
            ends_at=timezone.now() + HOUR,
        )
        page = shown(coordinator, "order-issue", order)
        assert "There is a hold on it" in page
        assert "secret" not in page
        assert "Issue this order" not in page
    authority.redress_body = ""
    authority.save()
    page = shown(coordinator, "order-issue", order)
    assert "lacks something that Annex I asks for" in page
    assert "Issue this order" not in page
    with acting_as(SYSTEM):
        sha256 = RemovalOrder.objects.get(pk=order).sha256
    coordinator.post(address_of("order-issue", order), {"sha256": sha256})
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=order).status == "approved"


def test_the_document_is_sent_byte_for_byte(coordinator: Client, issued: UUID) -> None:
    response = coordinator.get(address_of("order-pdf", issued))
    with acting_as(SYSTEM):
        kept = RemovalOrder.objects.get(pk=issued)
    assert hashlib.sha256(response.content).hexdigest() == kept.sha256
    assert response["Content-Type"] == "application/pdf"
    assert kept.sha256 in shown(coordinator, "order", issued)


def test_an_order_without_an_authority_has_no_document(people: People, coordinator: Client) -> None:
    [order] = approved(people, "https://t.me/demo_a")
    assert coordinator.get(reverse("web:order-pdf", args=["RAD19", order])).status_code == 404


def test_until_it_is_approved_there_is_a_draft(people: People, coordinator: Client) -> None:
    make_authority(people)
    [order] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_a"], instrument="removal_order"
    )
    write_orders([order], TEXT, by=SYSTEM)
    address = reverse("web:order-pdf", args=["RAD19", order])
    assert address in shown(coordinator, "order", order)
    draft = coordinator.get(address)
    assert draft.status_code == 200
    assert "-draft.pdf" in draft["Content-Disposition"]
    apply_to_all("approve", [order], by=SYSTEM, exemptions_checked=True)
    assert "-draft" not in coordinator.get(address)["Content-Disposition"]


def test_a_voluntary_referral_has_no_page_of_an_order(people: People, coordinator: Client) -> None:
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    assert coordinator.get(reverse("web:order", args=["RAD19", referral])).status_code == 404


def test_a_bundle_is_sent_by_hand_and_the_dispatch_says_so(coordinator: Client, issued: UUID) -> None:
    response = coordinator.get(address_of("hand-off-zip", issued))
    with acting_as(SYSTEM):
        kept = HandOff.objects.get()
    assert hashlib.sha256(response.content).hexdigest() == kept.bundle_sha256
    done = reverse("web:dispatched", args=["RAD19", kept.dispatch_id])
    assert "not sent yet" in coordinator.get(done).content.decode()
    page = address_of("hand-off-sent", issued)
    assert "This installation sends no mail" in coordinator.get(page).content.decode()
    empty = coordinator.post(page, {"at": told(0)})
    assert empty.status_code == 422
    assert "Say to whom it went and how." in empty.content.decode()
    assert coordinator.post(page, {"to": "Upload page", "at": told(0)})["Location"] == done
    assert "Upload page" in coordinator.get(page).content.decode()
    assert "Sent" in coordinator.get(done).content.decode()


def test_a_bundle_is_sent_again_by_mail(coordinator: Client, issued: UUID, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    page = address_of("hand-off-sent", issued)
    assert "No mail address is recorded" in coordinator.get(page).content.decode()
    Addressee.objects.filter(platform_id="telegram").update(mail_to="abuse@example.com")
    assert "Send it by mail to abuse@example.com" in coordinator.get(page).content.decode()
    assert coordinator.post(page, {"again": "1"}).status_code == 302
    with acting_as(SYSTEM):
        assert Sending.objects.get().state == "queued"
    assert "Waiting to be sent" in coordinator.get(page).content.decode()
