"""Answers at the desk: one, many at once with a preview, a filled list, and a wrong one put right."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.answers.models import Batch
from takedowns.referrals.models import Referral
from takedowns.referrals.reference import reference_of
from tests.clients import SignedIn
from tests.desk.conftest import Desk

REMOVED = {"answer": "remove", "action": "visibility_removed"}


def page_of(desk: Desk, name: str, page: str = "desk-referral") -> str:
    return reverse(f"web:{page}", args=["telegram", desk.by_name[name]])


def select(desk: Desk, names: list[str], **sent: str) -> str:
    """Select in the inbox; return the address of the preview that follows."""
    answer = desk.responder.post(
        reverse("web:desk-answers", args=["telegram"]),
        {"selected": "", "referral": [str(desk.by_name[name]) for name in names], **sent},
    )
    return str(answer["Location"])


def confirm(desk: Desk, address: str) -> str:
    page = desk.responder.get(address).content.decode()
    expected = re.search(r'name="expected" value="(\d+)"', page)
    assert expected is not None, "nothing would be recorded"
    answer = desk.responder.post(address + "confirm/", {"expected": expected[1]}, follow=True)
    return str(answer.content.decode())


def test_one_is_acknowledged_asked_about_and_decided_in_the_name_of_the_person(desk: Desk) -> None:
    address = page_of(desk, "demo_second")
    desk.responder.post(address, {"answer": "acknowledge"})
    assert desk.status("demo_second") == "acknowledged"
    desk.responder.post(address, {"answer": "request_information", "text": "Which post?"})
    assert "Which post?" in desk.responder.get(address).content.decode()
    desk.manager.post(address, {**REMOVED, "note": "Removed in the Union.", "puid": "case-1"})
    assert desk.status("demo_second") == "removed"
    event = desk.last("demo_second", "remove")
    assert event.actor == desk.people.platform_manager
    assert (event.agency_id, event.details["platform"]) == (None, "telegram")
    assert (event.details["explanation"], event.details["puid"]) == ("Removed in the Union.", "case-1")
    assert "note" not in event.details


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "Choose your answer."),
        ({"answer": "remove"}, "Choose what it did."),
        ({"answer": "decline"}, "Choose why it does not act."),
        ({"answer": "request_information"}, "Write what belongs to Ask for information."),
        ({**REMOVED, "at": "2099-01-01T00:00"}, "This moment lies ahead of now."),
        ({**REMOVED, "at": "2001-01-01T00:00"}, "lies before the moment it was referred"),
        ({**REMOVED, "puid": "case 1"}, "Your own reference"),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_recorded(
    desk: Desk, sent: dict[str, str], says: str
) -> None:
    answer = desk.responder.post(page_of(desk, "demo_second"), sent)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert desk.status("demo_second") == "referred"


def test_a_wrong_answer_is_put_right_with_the_reason(desk: Desk) -> None:
    desk.responder.post(page_of(desk, "demo_second"), {"answer": "report_unavailable"})
    address = page_of(desk, "demo_second", "desk-correct")
    assert desk.responder.post(address, {"answer": "decline"}).status_code == 422
    sent = {
        "answer": "decline",
        "decline_reason": "journalistic",
        "reason": "A slip.",
        "note": "It is a museum.",
    }
    desk.responder.post(address, sent)
    assert desk.status("demo_second") == "declined"
    event = desk.last("demo_second", "correct_answer")
    assert event.details["explanation"] == "It is a museum."
    assert event.details["platform"] == "telegram"
    assert event.actor == desk.people.platform_contact


def test_many_are_looked_at_first_then_recorded_once(desk: Desk) -> None:
    address = select(desk, ["demo_second", "demo_first"], answer="acknowledge")
    assert "Record 2 answers" in desk.responder.get(address).content.decode()
    assert desk.status("demo_first") == "referred", "looking changes nothing"
    assert "2 of 2 recorded" in confirm(desk, address)
    assert (desk.status("demo_first"), desk.status("demo_second")) == ("acknowledged", "acknowledged")


def test_the_answer_to_many_is_chosen_in_the_preview_and_says_what_would_not_work(desk: Desk) -> None:
    desk.responder.post(page_of(desk, "demo_first"), {"answer": "report_unavailable"})
    address = select(desk, ["demo_second", "demo_first", "demo_third"])
    assert "Nothing would be recorded" in desk.responder.get(address).content.decode()
    desk.responder.post(address + "rest/", {"answer": "decline", "decline_reason": "other", "note": "Ours."})
    page = desk.responder.get(address).content.decode()
    assert "Record 2 answers" in page
    assert "Something else is recorded" in page
    confirm(desk, address)
    assert desk.status("demo_first") == "unavailable"
    assert desk.last("demo_third", "decline").details["explanation"] == "Ours."
    assert desk.last("demo_third", "decline").details["batch"] in address


def test_all_of_a_filtered_list_are_answered_whether_shown_or_not(desk: Desk) -> None:
    sent = {"selected": "kind=message", "everything": "1", "answer": "acknowledge"}
    answer = desk.responder.post(reverse("web:desk-answers", args=["telegram"]), sent)
    confirm(desk, answer["Location"])
    assert {name: desk.status(name) for name in desk.by_name} == {
        "demo_first": "referred",
        "demo_second": "acknowledged",
        "demo_third": "acknowledged",
        "demo_order": "acknowledged",
        "demoVIDEO01": "referred",
    }


def test_all_of_a_list_that_holds_nothing_any_more_are_none(desk: Desk) -> None:
    before = {name: desk.status(name) for name in desk.by_name}
    sent = {"selected": "status=acknowledged", "everything": "1", "answer": "decline"}
    answer = desk.responder.post(reverse("web:desk-answers", args=["telegram"]), sent, follow=True)
    assert answer.status_code < 500
    assert {name: desk.status(name) for name in desk.by_name} == before
    file = desk.responder.get(reverse("web:desk-list", args=["telegram", "csv"]) + "?operation=OTHER")
    assert len(file.content.decode().splitlines()) == 1, "the file has its header alone"


def test_another_platforms_referral_is_named_by_nobody(desk: Desk, signed_in: SignedIn) -> None:
    address = select(desk, ["demo_second", "demoVIDEO01"], answer="acknowledge")
    page = confirm(desk, address)
    assert "1 of 2 recorded" in page
    assert "demoVIDEO01" not in page
    assert desk.status("demoVIDEO01") == "referred"
    mine = reference_of("RAD19", desk.foreign)
    lines = f"{mine} removed\nhttps://www.youtube.com/watch?v=demoVIDEO01 removed\n"
    answer = desk.responder.post(reverse("web:desk-answers", args=["telegram"]), {"pasted": lines})
    told = desk.responder.get(answer["Location"]).content.decode()
    assert told.count("Nothing of this reference or address was referred to Telegram.") == 2


def test_a_filled_list_is_read_as_everywhere(desk: Desk) -> None:
    with acting_as(SYSTEM):
        [order] = Referral.objects.filter(pk=desk.by_name["demo_first"]).values_list("pk", flat=True)
    content = (
        "reference;url;answer;reason\n"
        f"{reference_of('RAD19', order)};;entfernt;\n"
        ";telegram.me/demo_second/7;declined: not found;\n"
        ";https://t.me/demo_third/8;perhaps;\n"
    )
    file = SimpleUploadedFile("filled.csv", content.encode(), "text/csv")
    answer = desk.responder.post(reverse("web:desk-answers", args=["telegram"]), {"file": file})
    page = desk.responder.get(answer["Location"]).content.decode()
    assert "“perhaps” is not understood as an answer." in page
    assert "2 of 3 recorded" in confirm(desk, answer["Location"])
    assert (desk.status("demo_first"), desk.status("demo_second")) == ("removed", "declined")


def test_a_batch_is_the_platforms_own(desk: Desk, signed_in: SignedIn) -> None:
    address = select(desk, ["demo_second"], answer="acknowledge")
    assert desk.manager.get(address).status_code == 200, "a colleague goes on with it"
    batch = address.split("/")[-2]
    for person in ("coordinator", "officer", "administrator"):
        assert signed_in(person).get(address).status_code == 403, person
        in_operation = signed_in(person).get(reverse("web:answers-batch", args=["RAD19", batch]))
        assert in_operation.status_code in (403, 404), person
    with acting_as(desk.people.actor("coordinator")):
        assert not Batch.objects.exists()
    with acting_as(desk.people.actor("platform_contact")):
        assert Batch.objects.count() == 1
    confirm(desk, address)
    desk.manager.post(address + "take-back/", {"reason": "Wrong list."})
    assert desk.status("demo_second") == "acknowledged", "what is no decision stays"
    select(desk, ["demo_second"])


def test_recording_more_takes_no_more_statements(desk: Desk) -> None:
    def statements(names: list[str]) -> int:
        address = select(desk, names, answer="acknowledge")
        with CaptureQueriesContext(connection) as queries:
            desk.responder.post(address + "confirm/", {"expected": str(len(names))})
        assert {desk.status(name) for name in names} == {"acknowledged"}
        return len(queries)

    assert statements(["demo_first"]) == statements(["demo_second", "demo_third"])


def test_nothing_selected_says_so(desk: Desk) -> None:
    answer = desk.responder.post(
        reverse("web:desk-answers", args=["telegram"]), {"selected": ""}, follow=True
    )
    assert "Nothing is selected." in answer.content.decode()
    empty = desk.responder.post(reverse("web:desk-answers", args=["telegram"]), {"pasted": ""})
    assert "Nothing is named yet" in empty.content.decode()
