"""Complaints at the desk: told, decided, and what was wrong put back."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.models import Complaint
from takedowns.complaints.services import Complained, record_complaints
from takedowns.referrals.transitions import apply_to_all
from tests.desk.conftest import Desk

REMOVED = {"action": "visibility_removed"}


@pytest.fixture
def removed(desk: Desk) -> str:
    """Have the platform remove one; return the address of its complaints."""
    apply_to_all("remove", [desk.by_name["demo_first"]], by=SYSTEM, **REMOVED)
    return reverse("web:desk-complain", args=["telegram", desk.by_name["demo_first"]])


def tell(desk: Desk, address: str) -> UUID:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    sent = {"complainant": "content_provider", "received_at": now, "explanation": "A museum.", "puid": "c-1"}
    assert desk.responder.post(address, sent).status_code == 302
    with acting_as(SYSTEM):
        return Complaint.objects.latest("recorded_at").pk


def test_a_complaint_is_told_and_upheld_and_the_item_put_back(desk: Desk, removed: str) -> None:
    complaint = tell(desk, removed)
    assert "A museum." in desk.manager.get(removed).content.decode()
    assert desk.last("demo_first", "complaint").details["platform"] == "telegram"
    decided = {
        f"{complaint}-verdict": "upheld",
        f"{complaint}-reinstates": "on",
        f"{complaint}-reason": "It is one.",
    }
    decided[f"{complaint}-at"] = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    desk.manager.post(f"{removed}{complaint}/", decided)
    assert desk.status("demo_first") == "reinstated"
    assert desk.last("demo_first", "complaint_decided").actor == desk.people.platform_manager
    listed = desk.responder.get("/desk/telegram/complaints/").content.decode()
    assert "Upheld" in listed


def test_the_platform_reinstates_of_its_own_accord(desk: Desk, removed: str) -> None:
    page = reverse("web:desk-referral", args=["telegram", desk.by_name["demo_first"]])
    assert desk.responder.post(page, {"answer": "reinstate"}).status_code == 422
    desk.responder.post(page, {"answer": "reinstate", "text": "Our mistake."})
    assert desk.status("demo_first") == "reinstated"
    assert desk.last("demo_first", "reinstate").details["reason"] == "Our mistake."


def test_nothing_is_complained_about_that_was_not_acted_on_or_is_anothers(desk: Desk) -> None:
    page = reverse("web:desk-complain", args=["telegram", desk.by_name["demo_second"]])
    assert "nothing can be complained about" in desk.responder.get(page).content.decode()
    apply_to_all("remove", [desk.foreign], by=SYSTEM, **REMOVED)
    [other] = record_complaints([Complained(desk.foreign, timezone.now())], by=SYSTEM).complaints
    foreign = reverse("web:desk-complain", args=["telegram", desk.foreign])
    assert desk.responder.get(foreign).status_code == 404
    assert desk.responder.post(f"{foreign}{other}/", {f"{other}-verdict": "dismissed"}).status_code == 404
    assert "demoVIDEO01" not in desk.responder.get("/desk/telegram/complaints/").content.decode()
