"""The pages on which a coordinator records what platforms answered."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.referrals.apply import apply_to_all
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.reference import reference_of
from tests.web.conftest import SignedIn, Work

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
    with asking_as(SYSTEM):
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
    with asking_as(SYSTEM):
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


def test_the_selected_of_a_platform_are_answered_together(referred: list[UUID], coordinator: Client) -> None:
    page = coordinator.get(ANSWERS, {"platform": "youtube", "select": "all"}).content.decode()
    ticked = re.findall(r'name="referral" value="([^"]+)"[^>]* checked', page)
    assert len(ticked) == 2
    sent = {"referral": ticked, "answer": "decline", "decline_reason": "journalistic", "at": now()}
    result = plain(coordinator.post(ANSWERS, sent).content.decode())
    assert "2 recorded" in result
    assert sorted(statuses(referred)) == ["declined", "declined", "referred", "referred"]


def test_a_pasted_list_says_row_by_row_what_became_of_it(referred: list[UUID], coordinator: Client) -> None:
    with asking_as(SYSTEM):
        first = (
            Referral.objects.filter(pk__in=referred)
            .exclude(platform="youtube")
            .values_list("pk", flat=True)[0]
        )
    pasted = f"{reference_of('RAD19', first)}\nyoutu.be/demoVIDEO02?t=4\nhttps://t.me/demo_nobody\nnonsense"
    sent = {"pasted": pasted, "answer": "acknowledge", "at": now()}
    result = plain(coordinator.post(ANSWERS, sent).content.decode())
    assert "2 recorded , 2 not" in result
    assert "It names no referral of RAD19." in result
    assert "This is not a web address." in result
    assert statuses(referred).count("acknowledged") == 2


def test_the_returned_file_gives_each_row_its_own_answer(referred: list[UUID], coordinator: Client) -> None:
    names = [reference_of("RAD19", one) for one in referred]
    content = (
        f"reference;answer;action\n{names[0]};removed;account_suspended\n{names[1]};;\n{names[2]};vanished;\n"
    )
    file = SimpleUploadedFile("returned.csv", content.encode("utf-16"))
    result = plain(coordinator.post(ANSWERS, {"file": file, "answer": "", "at": now()}).content.decode())
    assert "1 recorded , 1 not, 1 without an answer yet" in result
    assert "“vanished” is no answer" in result
    assert statuses(referred)[:3] == ["removed", "referred", "referred"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "acknowledge"}, "Nothing is named yet"),
        ({"answer": "remove", "pasted": "x"}, "Choose what it did."),
        ({"answer": "", "file": b"PK\x03\x04\x00\x00"}, "Save the spreadsheet as CSV"),
    ],
)
def test_many_answers_that_lack_something_record_nothing(
    referred: list[UUID], coordinator: Client, sent: dict, said: str
) -> None:
    if "file" in sent:
        sent = sent | {"file": SimpleUploadedFile("answers.xlsx", sent["file"])}
    response = coordinator.post(ANSWERS, {"at": now(), **sent})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert statuses(referred) == ["referred"] * 4


def test_with_nothing_at_a_platform_the_page_says_what_to_do(work: Work, coordinator: Client) -> None:
    page = plain(coordinator.get(ANSWERS).content.decode())
    assert "Nothing waits for an answer in RAD19." in page
