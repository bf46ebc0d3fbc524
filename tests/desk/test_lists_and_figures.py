"""The list as a file that is filled in and brought back; figures with their picture, and the platform's own totals."""

from __future__ import annotations

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Membership
from takedowns.figures.models import SelfReport
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.hand_off import ANSWERED, TOLD
from tests.desk.conftest import Desk
from tests.desk.test_answers import confirm

FIGURES = "/desk/telegram/figures/"


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=","))


def test_the_list_is_the_one_that_is_shown_with_room_for_the_answers(desk: Desk) -> None:
    sent = desk.responder.get("/desk/telegram/list.csv?kind=message").content
    found = rows(sent)
    assert tuple(found[0]) == (*TOLD, *ANSWERED)
    assert [one["url"] for one in found] == [
        "https://t.me/demo_order/1",
        "https://t.me/demo_second/7",
        "https://t.me/demo_third/8",
    ]
    assert b"demoVIDEO01" not in sent
    assert desk.responder.get("/desk/telegram/list.pdf").status_code == 404


def test_the_filled_list_is_taken_back_as_it_was_given(desk: Desk) -> None:
    answers = {
        "demo_first": "removed",
        "demo_second": "declined: not found",
        "demo_third": "",
        "demo_order": "",
    }
    found = rows(desk.responder.get("/desk/telegram/list.csv").content)
    for one in found:
        one["answer"] = next(said for name, said in answers.items() if name in one["url"])
    written = io.StringIO()
    writer = csv.DictWriter(written, found[0])
    writer.writeheader()
    writer.writerows(found)
    assert "2 of 4 recorded" in confirm(desk, bring(desk, "filled.csv", written.getvalue().encode()))
    assert {name: desk.status(name) for name in answers} == {
        "demo_first": "removed",
        "demo_second": "declined",
        "demo_third": "referred",
        "demo_order": "referred",
    }


def test_the_list_has_the_hashes_that_were_given_with_an_address(desk: Desk) -> None:
    sha256 = "0a" * 32
    receive(
        operation=desk.people.operation,
        agency=desk.people.agency,
        user=desk.people.officer,
        source=Submission.Source.FILE,
        filename="hashes.csv",
        content=f"url,sha256\nhttps://t.me/demo_second/7,{sha256}\n".encode(),
        loading=Loading.HERE,
    )
    found = rows(desk.responder.get("/desk/telegram/list.csv").content)
    assert tuple(found[0]) == (*TOLD, "sha256", "md5", "pdq", *ANSWERED)
    assert {one["url"]: one["sha256"] for one in found if one["sha256"]} == {
        "https://t.me/demo_second/7": sha256
    }


def test_the_workbook_is_read_with_every_row_left_open(desk: Desk) -> None:
    sent = desk.responder.get("/desk/telegram/list.xlsx").content
    page = desk.responder.get(bring(desk, "list.xlsx", sent)).content.decode()
    assert page.count("No answer stands in this row, so nothing is recorded for it.") == 4


def bring(desk: Desk, name: str, content: bytes) -> str:
    """Bring a file; return the address of its preview."""
    sent = {"file": SimpleUploadedFile(name, content)}
    return str(desk.responder.post(reverse("web:desk-answers", args=["telegram"]), sent)["Location"])


def test_figures_are_the_platforms_own_with_a_picture(desk: Desk) -> None:
    apply_to_all("remove", [desk.by_name["demo_first"]], by=SYSTEM, action="visibility_removed")
    page = desk.responder.get(FIGURES).content.decode()
    assert "<svg" in page
    assert "RAD19: 4 referred" in page
    assert "In review" not in page, "what agencies do before is not told"
    assert "YouTube" not in page


def test_a_total_of_ones_own_is_kept_replaced_and_shown_to_agencies(desk: Desk) -> None:
    sent = {"day": "2019-11-22", "what": "accounts and bots", "count": "2096"}
    assert desk.responder.post(FIGURES, {**sent, "count": "-1"}).status_code == 422
    desk.responder.post(FIGURES, sent)
    desk.manager.post(FIGURES, {**sent, "count": "2097"})
    [kept] = SelfReport.objects.all()
    assert (kept.platform_id, kept.count, kept.recorded_by) == (
        "telegram",
        2097,
        desk.people.platform_manager,
    )
    assert "2,097" in desk.responder.get(FIGURES + "?operation=RAD19").content.decode()


def test_a_platform_without_referrals_is_told_so(desk: Desk) -> None:

    Membership.objects.filter(user=desk.people.platform_contact).update(platform_id="hoop")
    assert (
        "Nothing was referred to the platform yet."
        in desk.responder.get("/desk/hoop/figures/").content.decode()
    )
    assert "Nothing waits for an answer." in desk.responder.get("/desk/hoop/").content.decode()


def test_a_total_that_a_colleague_kept_meanwhile_is_not_replaced_unseen(desk: Desk) -> None:
    opened = _version(desk.responder.get(FIGURES).content.decode())
    mine = {"day": "2026-05-04", "what": "accounts", "count": "12"}
    assert desk.manager.post(FIGURES, {**mine, "count": "40", "version": opened}).status_code == 302
    other = {**mine, "what": "bots", "version": opened}
    assert desk.responder.post(FIGURES, other).status_code == 302, "another thing is in nobody's way"
    refused = desk.responder.post(FIGURES, {**mine, "version": opened})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "2026-05-04 accounts" in page
    assert str(desk.people.platform_manager) in page
    same = desk.responder.post(FIGURES, {**mine, "count": "40", "version": opened})
    assert same.status_code == 302, "two who say the same are in no conflict"
    with acting_as(SYSTEM):
        assert set(SelfReport.objects.values_list("what", "count")) == {("accounts", 40), ("bots", 12)}
    assert desk.responder.post(FIGURES, {**mine, "version": _version(page)}).status_code == 302


def _version(page: str) -> str:
    found = re.search(r'name="version" value="([^"]*)"', page)
    assert found is not None
    return found[1]
