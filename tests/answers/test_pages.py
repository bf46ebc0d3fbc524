"""The pages on which a coordinator records what platforms answered."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.reference import reference_of
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work

ANSWERS = reverse("web:answers", args=["RAD19"])


@pytest.fixture
def coordinator(signed_in: SignedIn) -> Client:
    return signed_in("coordinator")


@pytest.fixture
def referred(work: Work) -> list[UUID]:
    """The work's referrals, oldest first, all with their platforms."""
    ids = work.referral_ids[::-1]
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    return ids


def now() -> str:
    return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


def page_of(one: UUID) -> str:
    return reverse("web:answer", args=["RAD19", one])


def statuses(ids: list[UUID]) -> list[str]:
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_one_answer_is_recorded_from_the_referrals_page(
    work: Work, referred: list[UUID], coordinator: Client, signed_in: SignedIn
) -> None:
    referral = reverse("web:referral", args=["RAD19", referred[0]])
    assert page_of(referred[0]) in coordinator.get(referral).content.decode()
    assert page_of(referred[0]) not in signed_in("officer").get(referral).content.decode()
    sent = {
        "answer": "remove",
        "action": "account_suspended",
        "decision_ground": "illegal_content",
        "at": now(),
        "note": "By mail.",
    }
    page = coordinator.post(page_of(referred[0]), sent, follow=True).content.decode()
    assert f"The answer to {reference_of('RAD19', referred[0])} is recorded." in page
    assert "Account suspended" in page
    with acting_as(SYSTEM):
        event = Event.objects.get(kind="remove")
        assert event.actor_id == work.people.coordinator.pk
        assert event.details["note"] == "By mail."


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose what the platform answered."),
        ({"answer": "remove"}, "Choose what it did. With Removed: "),
        ({"answer": "remove", "action": "visibility_labelled"}, "Choose what it did. With Removed: "),
        ({"answer": "restrict", "action": "account_terminated"}, "Choose what it did. With Restricted: "),
        ({"answer": "decline"}, "Choose why it does not act."),
        ({"answer": "request_information"}, "Write what belongs to Ask for information."),
        ({"answer": "acknowledge", "at": "2099-01-01T00:00"}, "This moment lies ahead of now."),
        ({"answer": "acknowledge", "at": "2019-01-01T00:00"}, "before the moment it was referred"),
        ({"answer": "acknowledge", "at": ""}, "When it answered"),
        ({"answer": "approve"}, "Answer"),
    ],
)
def test_an_answer_that_lacks_something_is_said_and_kept(
    referred: list[UUID], coordinator: Client, sent: dict, said: str
) -> None:
    response = coordinator.post(page_of(referred[0]), {"at": now(), "note": "As I typed it", **sent})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page
    assert "As I typed it" in page
    assert statuses(referred)[0] == "referred"


def test_only_answers_that_fit_the_status_are_offered(
    work: Work, referred: list[UUID], coordinator: Client
) -> None:
    apply_to_all("decline", referred[:1], by=SYSTEM, decline_reason="other")
    offered = re.findall(
        r'name="answer" value="(\w*)"', coordinator.get(page_of(referred[0])).content.decode()
    )
    assert offered == ["remove", "restrict"]
    apply_to_all("report_unavailable", referred[1:2], by=SYSTEM)
    assert "There is no answer to record" in coordinator.get(page_of(referred[1])).content.decode()


def look(coordinator: Client, sent: dict) -> tuple[str, str]:
    """Bring answers; return the address of the page that says what would be recorded, and what it says."""
    response = coordinator.post(ANSWERS, {"at": now(), **sent})
    assert response.status_code == 302
    return response["Location"], plain(coordinator.get(response["Location"]).content.decode())


def confirm(coordinator: Client, address: str) -> str:
    """Press the button of that page."""
    [expected] = re.findall(r'name="expected" value="(\d+)"', coordinator.get(address).content.decode())
    response = coordinator.post(f"{address}confirm/", {"expected": expected})
    assert response["Location"] == address
    return plain(coordinator.get(address).content.decode())


def test_the_selected_of_a_platform_are_answered_together(referred: list[UUID], coordinator: Client) -> None:
    page = coordinator.get(ANSWERS, {"platform": "youtube", "select": "all"}).content.decode()
    ticked = re.findall(r'name="referral" value="([^"]+)"[^>]* checked', page)
    assert len(ticked) == 2
    sent = {"referral": ticked, "answer": "decline", "decline_reason": "journalistic"}
    address, said = look(coordinator, sent)
    assert "Record 2 answers" in said
    assert "Declined, Journalistic, research, artistic or educational 2" in said
    assert statuses(referred) == ["referred"] * 4
    assert "2 of 2 recorded" in confirm(coordinator, address)
    assert sorted(statuses(referred)) == ["declined", "declined", "referred", "referred"]


def test_a_pasted_list_says_row_by_row_what_would_become_of_it(
    referred: list[UUID], coordinator: Client
) -> None:
    with acting_as(SYSTEM):
        first = (
            Referral.objects.filter(pk__in=referred)
            .exclude(platform="youtube")
            .values_list("pk", flat=True)[0]
        )
    pasted = f"{reference_of('RAD19', first)}\nyoutu.be/demoVIDEO02?t=4\nhttps://t.me/demo_nobody\nno_address"
    address, said = look(coordinator, {"pasted": pasted, "answer": "acknowledge"})
    assert "It names no referral of RAD19." in said
    assert "This is not a web address." in said
    assert "2 of 4 recorded" in confirm(coordinator, address)
    assert statuses(referred).count("acknowledged") == 2


def test_what_a_row_says_is_never_overruled_by_the_answer_for_all(
    referred: list[UUID], coordinator: Client
) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    pasted = f"{names[0]} declined\n{names[1]} not found\n{names[2]} perhaps\n{names[3]}"
    sent = {"pasted": pasted, "answer": "remove", "action": "visibility_removed", "decline_reason": "other"}
    address, said = look(coordinator, sent)
    assert "“perhaps” is not understood as an answer." in said
    assert "3 of 4 recorded" in confirm(coordinator, address)
    assert statuses(referred) == ["declined", "unavailable", "referred", "removed"]


def test_loading_the_result_again_or_confirming_twice_repeats_nothing(
    referred: list[UUID], coordinator: Client
) -> None:
    address, _said = look(
        coordinator, {"pasted": reference_of("RAD19", referred[0]), "answer": "acknowledge"}
    )
    first = confirm(coordinator, address)
    coordinator.post(f"{address}confirm/", {"expected": "1"})
    assert plain(coordinator.get(address).content.decode()) == first
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="acknowledge").count() == 1


def test_the_returned_file_gives_each_row_its_own_answer(referred: list[UUID], coordinator: Client) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    content = (
        f"reference;answer;action\n{names[0]};removed;account_suspended\n{names[1]};;\n{names[2]};vanished;\n"
    )
    file = SimpleUploadedFile("returned.csv", content.encode("utf-16"))
    address, said = look(coordinator, {"file": file, "answer": ""})
    assert "“vanished” is not understood as an answer." in said
    assert "Removed, Account suspended 1" in said
    assert "1 of 3 recorded" in confirm(coordinator, address)
    assert statuses(referred)[:3] == ["removed", "referred", "referred"]
    shown = plain(coordinator.get(address, {"outcome": "left_open"}).content.decode())
    assert names[1] in shown
    assert names[0] not in shown


def test_a_word_nobody_knows_is_given_a_meaning_on_the_page(
    referred: list[UUID], coordinator: Client
) -> None:
    name = reference_of("RAD19", referred[0])
    file = SimpleUploadedFile("returned.csv", f"reference;zzz\n{name};vanished\n".encode())
    address, said = look(coordinator, {"file": file, "answer": ""})
    assert "The column “zzz” is not known, and this row says “vanished” in it." in said
    page = coordinator.get(address).content.decode()
    assert re.search(r"<details[^>]* open>\s*<summary>Say how it is read", page)
    coordinator.post(f"{address}read/", {"column-0": "reference", "column-1": "answer"})
    assert "“vanished” is not understood as an answer." in plain(coordinator.get(address).content.decode())
    sent = {"column-0": "reference", "column-1": "answer", "word-0": "report_unavailable"}
    coordinator.post(f"{address}read/", sent)
    assert "1 of 1 recorded" in confirm(coordinator, address)
    assert statuses(referred)[0] == "unavailable"


def test_what_is_meant_where_a_row_says_nothing_is_changed_on_the_page(
    referred: list[UUID], coordinator: Client
) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    address, said = look(coordinator, {"pasted": "\n".join(names), "answer": ""})
    assert "The row says no answer, and none was chosen for such rows." in said
    wrong = coordinator.post(f"{address}rest/", {"answer": "decline", "at": now()})
    assert wrong.status_code == 422
    assert "Choose why it does not act." in wrong.content.decode()
    coordinator.post(f"{address}rest/", {"answer": "decline", "decline_reason": "other", "at": now()})
    assert "4 of 4 recorded" in confirm(coordinator, address)


def test_a_batch_recorded_by_mistake_is_taken_back_with_a_reason(
    referred: list[UUID], coordinator: Client
) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    address, _said = look(
        coordinator, {"pasted": "\n".join(names), "answer": "remove", "action": "visibility_removed"}
    )
    confirm(coordinator, address)
    assert coordinator.post(f"{address}take-back/", {"reason": " "}).status_code == 422
    page = plain(
        coordinator.post(f"{address}take-back/", {"reason": "Wrong list."}, follow=True).content.decode()
    )
    assert "4 answers were taken back." in page
    assert statuses(referred) == ["referred"] * 4
    referral = plain(coordinator.get(reverse("web:referral", args=["RAD19", referred[0]])).content.decode())
    assert "Answer corrected" in referral
    assert "Wrong list." in referral


def test_what_was_answered_otherwise_is_corrected_only_with_a_reason(
    referred: list[UUID], coordinator: Client
) -> None:
    name = reference_of("RAD19", referred[0])
    apply_to_all("remove", referred[:1], by=SYSTEM, action="visibility_removed")
    address, said = look(coordinator, {"pasted": f"{name} declined", "answer": "", "decline_reason": "other"})
    assert "1 row says something else than what is recorded." in said
    assert "Something else is recorded: Removed." in said
    coordinator.post(f"{address}correct/", {"reason": "The desk misread the mail."})
    assert "1 of 1 recorded" in confirm(coordinator, address)
    assert statuses(referred)[0] == "declined"


def test_nothing_is_recorded_of_what_is_discarded(referred: list[UUID], coordinator: Client) -> None:
    address, _said = look(
        coordinator, {"pasted": reference_of("RAD19", referred[0]), "answer": "acknowledge"}
    )
    page = coordinator.post(f"{address}discard/", follow=True).content.decode()
    assert "Nothing of it was recorded." in page
    assert coordinator.get(address).status_code == 404
    assert statuses(referred) == ["referred"] * 4


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "acknowledge"}, "Nothing is named yet"),
        ({"answer": "remove", "pasted": "x"}, "Choose what it did."),
    ],
)
def test_many_answers_that_lack_something_record_nothing(
    referred: list[UUID], coordinator: Client, sent: dict, said: str
) -> None:
    response = coordinator.post(ANSWERS, {"at": now(), **sent})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert statuses(referred) == ["referred"] * 4


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"%PDF-1.7", b"\x00\x01\x02" * 400, b""])
def test_a_file_that_is_no_list_is_refused_in_words(
    referred: list[UUID], coordinator: Client, content: bytes
) -> None:
    file = SimpleUploadedFile("answers.xlsx", content)
    _address, said = look(coordinator, {"file": file, "answer": "", "at": now()})
    assert "It cannot be read like this" in said
    assert "Record " not in said.replace("Record the", "")


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({}, "removed", "Say why the answer is corrected."),
        ({"reason": "r"}, "removed", "Choose the right answer."),
        ({"reason": "r", "answer": "decline"}, "removed", "Choose why it does not act."),
        (
            {"reason": "r", "answer": "decline", "decline_reason": "other", "at": "0001-01-01T00:00"},
            "removed",
            "The year is not between 1990 and 2100.",
        ),
        (
            {"reason": "r", "answer": "decline", "decline_reason": "other", "at": "1995-01-01T00:00"},
            "removed",
            "The time of the answer lies before the moment it was referred.",
        ),
        (
            {"reason": "r", "answer": "remove", "action": "visibility_removed"},
            "removed",
            "This is what is recorded already.",
        ),
        ({"reason": "r", "answer": "decline", "decline_reason": "other"}, "declined", "is corrected."),
        ({"reason": "r", "answer": "none"}, "referred", "is corrected."),
    ],
)
def test_one_answer_is_corrected_from_its_page(
    referred: list[UUID], coordinator: Client, sent: dict, status: str, said: str
) -> None:
    apply_to_all("remove", referred[:1], by=SYSTEM, action="visibility_removed")
    address = reverse("web:correct-answer", args=["RAD19", referred[0]])
    assert said in plain(coordinator.post(address, sent, follow=True).content.decode())
    assert statuses(referred)[0] == status


def test_correcting_is_offered_to_coordinators_where_there_is_a_decision(
    referred: list[UUID], coordinator: Client, signed_in: SignedIn
) -> None:
    apply_to_all("remove", referred[:1], by=SYSTEM, action="visibility_removed")
    decided, open_ = (reverse("web:referral", args=["RAD19", one]) for one in referred[:2])
    assert "answer/correct/" in coordinator.get(decided).content.decode()
    assert "answer/correct/" not in coordinator.get(open_).content.decode()
    assert "answer/correct/" not in signed_in("officer").get(decided).content.decode()


def test_with_nothing_at_a_platform_the_page_says_what_to_do(work: Work, coordinator: Client) -> None:
    page = plain(coordinator.get(ANSWERS).content.decode())
    assert "Nothing waits for an answer in RAD19." in page
