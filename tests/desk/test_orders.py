"""Removal orders at the desk: the hour, the document, and what the platform says of an order."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import RemovalOrder
from tests.desk.conftest import Desk

LIST = "/desk/telegram/orders/"


def address(desk: Desk, page: str = "desk-order", *more: str) -> str:
    return reverse(f"web:{page}", args=["telegram", desk.order, *more])


def minutes_ago(number: int) -> str:
    return timezone.localtime(timezone.now() - timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M")


def order_of(desk: Desk) -> RemovalOrder:
    with acting_as(SYSTEM):
        return RemovalOrder.objects.select_related("referral").get(pk=desk.order)


def test_an_order_is_received_and_its_hour_runs(desk: Desk) -> None:
    assert "Receipt not known" in desk.responder.get(LIST).content.decode()
    desk.responder.post(address(desk, "desk-order-record", "receipt"), {"at": minutes_ago(0)})
    order = order_of(desk)
    assert order.referral.status == "acknowledged"
    assert order.referral.due_at is not None
    page = desk.responder.get(LIST).content.decode()
    assert "min left" in page
    assert desk.last("demo_order", "receipt").details["platform"] == "telegram"


def test_annex_ii_decides_it_in_the_name_of_the_person(desk: Desk) -> None:
    told = {
        "outcome": "removed",
        "at": minutes_ago(0),
        "received_at": minutes_ago(0),
        "signatory": "R. Esponder, T&S",
    }
    assert (
        desk.responder.post(
            address(desk, "desk-order-record", "feedback"), {**told, "signatory": ""}
        ).status_code
        == 422
    )
    desk.responder.post(address(desk, "desk-order-record", "feedback"), told)
    assert desk.status("demo_order") == "removed"
    event = desk.last("demo_order", "remove")
    assert event.actor == desk.people.platform_contact
    assert event.details["signatory"] == "R. Esponder, T&S"
    assert "No removal order waits for you." in desk.responder.get(LIST).content.decode()


def test_annex_iii_stops_the_hour_and_it_runs_again(desk: Desk) -> None:
    desk.responder.post(address(desk, "desk-order-record", "receipt"), {"at": minutes_ago(0)})
    said = {"impediment": "force_majeure", "explanation": "Our data centre floods.", "at": minutes_ago(0)}
    desk.responder.post(address(desk, "desk-order-record", "impediment"), said)
    page = desk.responder.get(address(desk)).content.decode()
    assert "Our data centre floods." in page
    assert order_of(desk).referral.due_at is None
    desk.manager.post(address(desk, "desk-order-record", "resume"), {"at": minutes_ago(0)})
    assert order_of(desk).referral.due_at is not None
    assert desk.last("demo_order", "impediment_ended").actor == desk.people.platform_manager


def test_missing_information_asks_the_agency(desk: Desk) -> None:
    said = {"impediment": "insufficient_information", "explanation": "Which post?", "at": minutes_ago(0)}
    desk.responder.post(address(desk, "desk-order-record", "impediment"), said)
    assert desk.status("demo_order") == "information_requested"
    page = desk.responder.get(address(desk)).content.decode()
    assert "The one-hour deadline begins anew" in page
    assert address(desk, "desk-order-record", "resume") not in page


def test_the_document_is_sent_as_it_was_issued(desk: Desk) -> None:
    sent = desk.responder.get(address(desk, "desk-order-pdf"))
    assert sent.content == bytes(order_of(desk).document or b"")
    assert sent.content.startswith(b"%PDF")
    assert address(desk, "desk-order-pdf") in desk.responder.get(address(desk)).content.decode()


def test_what_the_order_keeps_from_the_platform_is_not_shown(desk: Desk) -> None:
    with acting_as(SYSTEM):
        RemovalOrder.objects.filter(pk=desk.order).update(
            content_provider_told=False,
            not_told_reason="An investigation runs.",
            not_told_until=timezone.now() + timedelta(days=7),
            emergency_reason="Quick.",
        )
    page = desk.responder.get(address(desk)).content.decode()
    assert "is not to be informed until" in page
    assert "An investigation runs." not in page
    assert "Quick." not in page


def test_no_order_of_another_platform_and_no_page_for_what_is_none(desk: Desk) -> None:
    for page, more in (("desk-order", ()), ("desk-order-pdf", ()), ("desk-order-record", ("receipt",))):
        for name in ("demo_first", "demoVIDEO01"):
            there = reverse(f"web:{page}", args=["telegram", desk.by_name[name], *more])
            assert desk.responder.get(there).status_code == 404
    assert desk.responder.get(address(desk, "desk-order-record", "nonsense")).status_code == 404
