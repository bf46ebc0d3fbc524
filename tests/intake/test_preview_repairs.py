"""What the preview asks, and what can be put right there: on the page, and in what is then handed in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.models import Repair, Submission, SubmissionRow
from takedowns.referrals.models import Event, Referral
from tests import workbooks
from tests.clients import SignedIn
from tests.people import People

FILES = Path(__file__).parent.parent / "intake" / "files"


class Brought:
    """A list on its preview page."""

    def __init__(self, client: Client, people: People, content: bytes, name: str = "list.csv") -> None:
        self.client = client
        file = SimpleUploadedFile(name, content)
        sent = {"file": file, "agency": people.agency.pk}
        response = client.post(reverse("web:hand-in", args=["RAD19"]), sent, follow=True)
        self.page = response.content.decode()
        with acting_as(SYSTEM):
            self.pk = Submission.objects.get().pk
        self.content = content

    def send(self, what: str, given: dict[str, Any]) -> str:
        address = reverse("web:preview-repair", args=["RAD19", self.pk])
        response = self.client.post(address, {"what": what, **given}, follow=True)
        assert response.status_code == 200
        self.page = response.content.decode()
        return self.page

    def can_be_handed_in(self) -> bool:
        return "preview/confirm/" in self.page

    def hand_in(self) -> str:
        address = reverse("web:preview-confirm", args=["RAD19", self.pk])
        return self.client.post(address, follow=True).content.decode()

    def outcomes(self) -> dict[int, str]:
        with acting_as(SYSTEM):
            return dict(SubmissionRow.objects.order_by("place").values_list("line", "outcome"))


def test_dates_that_nothing_decides_are_asked_for_and_read_as_said(
    people: People, signed_in: SignedIn
) -> None:
    brought = Brought(signed_in("officer"), people, (FILES / "dates" / "open.csv").read_bytes())
    for shown in (
        "11/05/2019 9:00 = 11 May 2019",
        "11/05/2019 9:00 = 5 November 2019",
        "03/04/2019 = 3 April 2019",
    ):
        assert shown in brought.page
    assert not brought.can_be_handed_in()
    assert "Decide first" in brought.hand_in()
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 0
    brought.send("questions", {"dates": "month"})
    assert brought.can_be_handed_in()
    assert "The month stands first in the dates." in brought.hand_in()
    with acting_as(SYSTEM):
        found = sorted(Event.objects.filter(kind="submit").values_list("details__found_at", flat=True))
    assert [one[:10] for one in found] == [
        "2019-01-01",
        "2019-03-03",
        "2019-11-05",
        "2019-11-30",
    ]


def test_hidden_rows_are_asked_for_and_left_out_by_name(people: People, signed_in: SignedIn) -> None:
    def shape(book: Any, sheet: Any) -> None:
        sheet.autofilter(0, 0, 3, 0)
        sheet.filter_column("A", "x == x")
        sheet.set_row(2, None, None, {"hidden": True})

    rows: list[list[object]] = [["URL"], *([f"https://t.me/demo_hidden/{n}"] for n in range(1, 4))]
    brought = Brought(signed_in("officer"), people, workbooks.written(rows, shape), "list.xlsx")
    assert "1 row is hidden by a filter in the workbook." in brought.page
    assert not brought.can_be_handed_in()
    brought.send("questions", {"hidden": "out"})
    report = brought.hand_in()
    assert brought.outcomes() == {2: "new", 3: "left_out", 4: "new"}
    assert "Hidden rows are left out." in report


def test_sheets_are_chosen_and_one_file_is_enough(people: People, signed_in: SignedIn) -> None:
    brought = Brought(
        signed_in("officer"), people, (FILES / "workbooks" / "de_messy.xlsx").read_bytes(), "list.xlsx"
    )
    assert "Archiv 2025" in brought.page
    assert "hidden in the workbook" in brought.page
    given = {"sheets": ["Nachmeldungen"], "platform-facebook": "out"}
    brought.send("questions", given)
    assert brought.can_be_handed_in()
    brought.hand_in()
    with acting_as(SYSTEM):
        keys = sorted(Referral.objects.values_list("item__key", flat=True))
    assert keys == ["uxmess_n01", "uxmess_n02"]


@pytest.mark.parametrize(("said", "outcome"), [("out", "left_out"), ("in", "new")])
def test_a_platform_outside_the_operation_is_named_and_not_taken_silently(
    people: People, signed_in: SignedIn, said: str, outcome: str
) -> None:
    text = b"URL\nhttps://t.me/demo_in/1\nhttps://www.facebook.com/demo.out\n"
    brought = Brought(signed_in("officer"), people, text)
    assert "Facebook takes no part in the operation (1 row)." in brought.page
    assert not brought.can_be_handed_in()
    brought.send("questions", {"platform-facebook": said})
    brought.hand_in()
    assert brought.outcomes()[3] == outcome


def test_a_message_pasted_whole_is_stored_without_its_sender(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    text = (FILES / "mail" / "german.txt").read_text(encoding="utf-8")
    sent = {"pasted": text, "agency": people.agency.pk}
    page = client.post(reverse("web:hand-in", args=["RAD19"]), sent, follow=True).content.decode()
    assert "A pasted e-mail" in page
    assert "https://t.me/mailde_01" in page or "Telegram" in page
    with acting_as(SYSTEM):
        stored = Submission.objects.get()
    content = stored.content.read().decode()
    assert "https://t.me/mailde_01" in content
    for personal in ("polizei.example", "Muster", "Lagezentrum", "2345678"):
        assert personal not in content
        assert personal not in page


def test_a_word_is_said_once_for_every_row(people: People, signed_in: SignedIn) -> None:
    text = "URL;Dringlichkeit;Art;Sprache\n" + "".join(
        f"https://t.me/demo_word/{n};sofort!;Leaflet;Klingonisch\n" for n in range(1, 4)
    )
    brought = Brought(signed_in("officer"), people, text.encode())
    for name in ("word-tier:sofort", "word-kind:leaflet", "word-language:klingonisch"):
        assert f'name="{name}"' in brought.page
    assert "3 rows" in brought.page
    assert "is not a number from 1 to 5" not in brought.page, "not row by row"
    brought.send(
        "words", {"word-tier:sofort": "1", "word-kind:leaflet": "-", "word-language:klingonisch": "ar"}
    )
    brought.hand_in()
    with acting_as(SYSTEM):
        assert set(Referral.objects.values_list("tier", "language")) == {(1, "ar")}


def test_refused_rows_are_put_right_left_out_and_told_with_who_did_it(
    people: People, signed_in: SignedIn
) -> None:
    content = b"URL;Art;Datum\nhttps//t.me demo_one;video;21.11.2019\nnothing here;;\nhttps://t.me/demo_two/2;;soon\n"
    brought = Brought(signed_in("officer"), people, content)
    places = {
        line: int(place)
        for place, line in re.findall(
            r'name="row-(\d+)-url".*?aria-label="Address \(URL\), line (\d+)"', brought.page
        )
    }
    assert set(places) == {"2", "3", "4"}
    first, second, third = (f"row-{places[line]}" for line in ("2", "3", "4"))
    shown = {
        f"{second}-url": "nothing here",
        f"{third}-url": "https://t.me/demo_two/2",
        f"{third}-found_at": "22.11.2019 10:00",
        f"{first}-url": "https://t.me/demo_one/1",
        f"{first}-kind": "video",
        f"{first}-found_at": "2019-11-21 00:00",
        f"{second}-leave_out": "on",
    }
    page = brought.send("rows", shown)
    assert "Line 2, Address (URL): “https//t.me demo_one” became “https://t.me/demo_one/1”" in page
    assert "Line 3 was left out: “nothing here”" in page
    report = brought.hand_in()
    assert brought.outcomes() == {2: "new", 3: "left_out", 4: "new"}
    assert "Line 3 was left out" in report
    assert "Officer" in report, "by whom"
    with acting_as(SYSTEM):
        stored = Submission.objects.get()
        assert stored.content.read() == content, "byte for byte"
        assert set(Repair.objects.values_list("by", flat=True)) == {people.officer.pk}


@pytest.mark.parametrize("meant", ["https://t.me/uxlink_old", "https://t.me/uxlink_04"])
def test_of_two_addresses_in_a_cell_the_one_that_is_chosen_counts(
    people: People, signed_in: SignedIn, meant: str
) -> None:
    content = (FILES / "workbooks" / "links.xlsx").read_bytes()
    brought = Brought(signed_in("officer"), people, content, "list.xlsx")
    brought.send("questions", {"sheets": ["Lijst"]})
    assert "Which address is meant?" in brought.page
    (place,) = set(re.findall(r'name="row-(\d+)-url"', brought.page))
    brought.send("rows", {f"row-{place}-url": meant})
    brought.hand_in()
    assert brought.outcomes() == {2: "new", 3: "new", 4: "new", 5: "new"}
    with acting_as(SYSTEM):
        assert Referral.objects.filter(item__key=meant.rpartition("/")[2]).count() == 1


def test_a_repair_can_be_taken_back(people: People, signed_in: SignedIn) -> None:
    brought = Brought(signed_in("officer"), people, b"URL\nhttps://t.me/demo_one/1\nwrong\n")
    (place,) = re.findall(r'name="row-(\d+)-url"', brought.page)
    assert "Decided and put right" in brought.send("rows", {f"row-{place}-url": "https://t.me/demo_two/2"})
    page = brought.send("back", {"back": f"cell:{place}:url"})
    assert "Decided and put right" not in page
    assert f'name="row-{place}-url"' in page


def test_a_nul_is_refused_with_a_sentence_and_nothing_is_changed(people: People, signed_in: SignedIn) -> None:
    brought = Brought(signed_in("officer"), people, b"URL\nhttps://t.me/demo_one/1\nwrong\n")
    (place,) = re.findall(r'name="row-(\d+)-url"', brought.page)
    address = reverse("web:preview-repair", args=["RAD19", brought.pk])
    refused = brought.client.post(address, {"what": "rows", f"row-{place}-url": "https://t.me/\0"})
    assert refused.status_code == 422
    assert "Null characters are not allowed." in refused.content.decode()
    assert not Repair.objects.exists()


@pytest.mark.parametrize("bad", ["x" * 5000])
def test_what_cannot_be_kept_is_a_sentence(people: People, signed_in: SignedIn, bad: str) -> None:
    brought = Brought(signed_in("officer"), people, b"URL\nhttps://t.me/demo_one/1\nwrong\n")
    (place,) = re.findall(r'name="row-(\d+)-url"', brought.page)
    address = reverse("web:preview-repair", args=["RAD19", brought.pk])
    response = brought.client.post(address, {"what": "rows", f"row-{place}-url": f"https://t.me/{bad}"})
    assert response.status_code == 422
    assert 'class="errors"' in response.content.decode()
