"""Handing in, the report, the way of a large file, the identify box."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.intake.load import load
from takedowns.intake.models import Outcome, Progress, Submission
from takedowns.referrals.models import Operation, Referral
from tests.clients import HANDED_IN, SignedIn, Work
from tests.factories import number_of_rows
from tests.people import People

HAND_IN = reverse("web:hand-in", args=["RAD19"])


def _file(content: str = HANDED_IN, name: str = "lantern.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode(), "text/csv")


def _report(work: Work, **query: str) -> str:
    address = reverse("web:submission", args=["RAD19", work.submission.pk])
    return address + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def _hand_in(client: Client, given: dict[str, object]) -> HttpResponse:
    """Bring a list, look at its preview and confirm it; return the page that follows."""
    address = client.post(HAND_IN, given)["Location"]
    return (
        client.post(f"{address}confirm/", follow=True)
        if address.endswith("/preview/")
        else client.get(address)
    )


def test_a_pasted_list_leads_to_its_report(people: People, signed_in: SignedIn) -> None:
    response = _hand_in(
        signed_in("officer"),
        {"pasted": "https://t.me/demo_a/1\r\nhttps://t.me/demo_a/2", "agency": people.agency.pk},
    )
    submission = Submission.objects.none()
    with acting_as(SYSTEM):
        submission = Submission.objects.get()
    assert response.redirect_chain == [(reverse("web:submission", args=["RAD19", submission.pk]), 302)]
    assert submission.counts == {"new": 2}
    assert submission.source == Submission.Source.PASTE


def test_the_same_file_again_changes_nothing_and_says_so(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    _hand_in(client, {"file": _file(), "agency": people.agency.pk})
    before = number_of_rows("referrals_event")
    response = _hand_in(client, {"file": _file(name="other-name.csv"), "agency": people.agency.pk})
    assert "nothing was changed" in response.content.decode()
    assert number_of_rows("referrals_event") == before


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "There is nothing to submit yet"),
        ({"pasted": "  \n "}, "There is nothing to submit yet"),
        ({"pasted": "https://t.me/a/1", "file": "both"}, "Submit either the pasted list or the file"),
        ({"file": "empty"}, "is empty. Check that it was saved"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    people: People, signed_in: SignedIn, given: dict[str, str], sentence: str
) -> None:
    data: dict[str, object] = {**given, "agency": people.agency.pk}
    if "file" in given:
        data["file"] = _file("" if given["file"] == "empty" else HANDED_IN)
    response = signed_in("officer").post(HAND_IN, data)
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert given.get("pasted", "").strip() in page
    assert number_of_rows("intake_submission") == 0


def test_a_closed_operation_takes_nothing_in(people: People, signed_in: SignedIn) -> None:
    people.operation.closed_at = timezone.now()
    people.operation.save()
    response = signed_in("officer").post(
        HAND_IN, {"pasted": "https://t.me/demo_a/1", "agency": people.agency.pk}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "closed" in page
    assert "https://t.me/demo_a/1" in page


def test_a_draft_takes_nothing_in_and_is_not_told_as_closed(people: People, signed_in: SignedIn) -> None:
    people.operation.closed_at, people.operation.is_draft = timezone.now(), True
    people.operation.save()
    client = signed_in("officer")
    for page in (
        client.get(HAND_IN),
        client.post(HAND_IN, {"pasted": "https://t.me/demo_a/1", "agency": people.agency.pk}),
    ):
        told = page.content.decode()
        assert "RAD19 is a draft and takes nothing in yet; ask a coordinator to open it." in told
        assert "is closed" not in told


def test_nobody_hands_in_for_an_agency_not_their_own(people: People, signed_in: SignedIn) -> None:
    response = signed_in("officer").post(
        HAND_IN, {"pasted": "https://t.me/demo_a/1", "agency": people.other_agency.pk}
    )
    assert response.status_code == 422
    assert number_of_rows("intake_submission") == 0


def test_who_works_for_two_agencies_chooses(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert '<select name="agency"' not in client.get(HAND_IN).content.decode()
    Membership.objects.create(user=people.officer, agency=people.other_agency, role=Role.OFFICER)
    assert re.search(r"<select.*North Unit.*South Unit", client.get(HAND_IN).content.decode(), re.DOTALL)
    client.post(HAND_IN, {"pasted": "https://t.me/demo_a/1", "agency": people.other_agency.pk})
    with acting_as(SYSTEM):
        assert Submission.objects.get().agency == people.other_agency


def test_the_report_counts_by_outcome_platform_and_unknown_host(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(_report(work)).content.decode()
    tiles = dict(re.findall(r'<span class="value">(\d+)</span>([^<]+)<', page))
    by_label = {
        label: count for count, label in re.findall(r'<span class="value">(\d+)</span>([^<]+)<', page)
    }
    assert tiles
    assert by_label == {
        "All rows": "9",
        "New": "4",
        "Recorded, on hold": "0",
        "Already in this submission": "1",
        "Already referred": "0",
        "Unknown platform": "2",
        "Not understood": "2",
        "Left out": "0",
    }
    assert re.search(
        r"<strong>YouTube</strong> 2.*?1: Written as it is\..*?1: Written without https", page, re.DOTALL
    )
    assert re.search(r"<code>example\.org</code> 2 rows", page)


def test_each_row_that_was_not_understood_stands_with_its_line_and_a_sentence(
    work: Work, signed_in: SignedIn
) -> None:
    page = signed_in("officer").get(_report(work, outcome="invalid")).content.decode()
    rows = re.findall(
        r'<tr>\s*<td class="number">(\d+)</td>\s*<td[^>]*><div class="raw">(.*?)</div>', page, re.DOTALL
    )
    assert [line for line, _ in rows] == ["9", "10"]
    assert "not an address" in rows[1][1]
    assert "This is a spreadsheet formula" in page
    assert "This is not a web address" in page


def test_walking_the_report_shows_each_line_once(people: People, signed_in: SignedIn) -> None:
    lines = [f"https://t.me/demo_walk/{number}" for number in range(1, 251)]
    client = signed_in("officer")
    response = _hand_in(client, {"pasted": "\n".join(lines), "agency": people.agency.pk})
    address, page, seen = response.redirect_chain[-1][0], response.content.decode(), []
    while True:
        seen += [int(line) for line in re.findall(r'<tr>\s*<td class="number">(\d+)</td>', page)]
        link = re.search(r'rel="next" href="([^"]+)"', page)
        if link is None:
            break
        page = client.get(address + link[1].replace("&amp;", "&")).content.decode()
    assert seen == list(range(1, 251))
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back is not None
    page = client.get(address + back[1].replace("&amp;", "&")).content.decode()
    assert re.findall(r'<tr>\s*<td class="number">(\d+)</td>', page)[-1] == "200"


def test_the_downloaded_report_holds_every_row_and_runs_in_no_spreadsheet(
    work: Work, signed_in: SignedIn
) -> None:
    response = signed_in("officer").get(reverse("web:submission-csv", args=["RAD19", work.submission.pk]))
    assert response.streaming
    text = b"".join(response).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["outcome"] for row in rows] == [
        "new",
        "repeated",
        "new",
        "new",
        "new",
        "unknown_platform",
        "unknown_platform",
        "invalid",
        "invalid",
    ]
    assert rows[0]["canonical_url"] == rows[1]["canonical_url"] == "https://t.me/demo_lantern/12"
    assert rows[1]["first_line"] == rows[0]["line"]
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_a_large_list_is_left_to_the_worker_and_watched(
    people: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SUBMISSION_INLINE_BYTES", 10)
    client = signed_in("officer")
    response = _hand_in(client, {"file": _file(), "agency": people.agency.pk})
    address = response.redirect_chain[-1][0]
    assert "Waiting to be read" in response.content.decode()
    with acting_as(SYSTEM):
        submission = Submission.objects.get()
        Progress.objects.create(submission_id=submission.pk, bytes_read=100, rows_read=3)
    page = client.get(f"{address}progress/", headers={"HX-Request": "true"}).content.decode()
    assert "Reading: 3 rows" in page
    assert re.search(rf'<progress[^>]*max="{submission.size}" value="100"', page)
    load(submission.pk)
    done = client.get(f"{address}progress/", headers={"HX-Request": "true"})
    assert done["HX-Redirect"] == address
    assert "Row by row" in client.get(address).content.decode()


def test_a_file_that_cannot_be_read_says_why(people: People, signed_in: SignedIn) -> None:
    response = signed_in("officer").post(
        HAND_IN,
        {"file": SimpleUploadedFile("broken.xlsx", b"PK\x03\x04 not a workbook"), "agency": people.agency.pk},
        follow=True,
    )
    assert "It cannot be read like this" in response.content.decode()
    assert "Submit " not in response.content.decode().split("<main", 1)[1].replace("Submit</a>", "")


def test_the_list_of_submissions_is_ones_own_agencys(work: Work, signed_in: SignedIn) -> None:
    address = reverse("web:submissions", args=["RAD19"])
    assert "lantern.csv" in signed_in("reviewer").get(address).content.decode()
    other = signed_in("other_officer").get(address).content.decode()
    assert "lantern.csv" not in other
    assert "Your agency has submitted nothing for RAD19 yet." in other


def test_every_outcome_has_a_place_in_the_report(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(_report(work)).content.decode()
    assert all(str(outcome.label) in page for outcome in Outcome)


def _identify(signed_in: SignedIn, person: str, url: str) -> str:
    return signed_in(person).post(reverse("web:identify"), {"url": url}).content.decode()


def test_identify_tells_what_it_is_and_who_has_it(work: Work, signed_in: SignedIn) -> None:
    page = _identify(signed_in, "other_officer", "telegram.me/s/demo_lantern/12")
    assert "https://t.me/<strong>demo_lantern/12</strong>" in page
    assert "North Unit" in page
    assert "Nobody has submitted it yet." in _identify(signed_in, "officer", "https://t.me/demo_nobody/1")
    assert "This is not a web address." in _identify(signed_in, "officer", "nonsense")
    assert "no platform here" in _identify(signed_in, "officer", "https://files.example.org/a")


def test_identify_names_nobody_whom_one_may_not_see(work: Work, signed_in: SignedIn) -> None:
    page = _identify(signed_in, "absent_officer", "https://t.me/demo_lantern/12")
    assert "is not told here" in page, "nothing is told to who takes part in no open operation"
    assert "Already referred" not in page
    other = Operation.objects.create(reference="RAD20", name="Another", starts=work.people.operation.starts)
    other.agencies.add(work.people.absent_agency)
    page = _identify(signed_in, "absent_officer", "https://t.me/demo_lantern/12")
    assert "Already referred by another agency" in page
    assert "North Unit" not in page
    assert "RAD19" not in page


def test_a_list_can_be_handed_in_as_removal_orders(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    page = client.get(HAND_IN).content.decode()
    assert re.search(r'value="referral"[^>]* checked', page), "the operation's default is chosen"
    for instrument in (
        "removal_order",
        "referral",
    ):  # the same list: first by order, then not, is two previews
        client.post(
            HAND_IN,
            {"pasted": "https://t.me/demo_order/1", "agency": people.agency.pk, "instrument": instrument},
        )
    with acting_as(SYSTEM):
        assert list(Submission.objects.order_by("pk").values_list("instrument", flat=True)) == [
            "removal_order",
            "",
        ]
        preview = Submission.objects.get(instrument="removal_order")
    one = f"/operations/RAD19/submissions/{preview.pk}/preview/"
    assert "as: Removal order" in client.get(one).content.decode()
    confirmed = client.post(f"{one}confirm/", follow=True)
    with acting_as(SYSTEM):
        made = Referral.objects.get()
    assert confirmed.redirect_chain[0][0] == f"/operations/RAD19/referrals/{made.pk}/order/write/"
    assert "Write its removal order now." in confirmed.content.decode()
    with acting_as(SYSTEM):
        assert (made.instrument, made.cell.instrument) == ("removal_order", "removal_order")
