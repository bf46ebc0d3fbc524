"""Platforms without the API are told the hashes that were given with an address, by the list of a hand-off, its letter and abuse reports."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.hosting.services import Whom, ask
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.hand_off import ANSWERED, TOLD
from takedowns.sending.models import HandOff
from tests.clients import SignedIn
from tests.orders.test_orders_issuing import text_of
from tests.people import People

SHA256, OTHER, MD5, PDQ = "0a" * 32, "0c" * 32, "0b" * 16, "f8" * 32
MINE = f"""url,sha256,md5,pdq
https://t.me/demo_a/1,{SHA256},{MD5},
https://t.me/demo_a/2,,,
https://youtu.be/demoVIDEO01,,,
"""


def handed_in(people: People, content: str, *, by_other: bool = False) -> None:
    receive(
        operation=people.operation,
        agency=people.other_agency if by_other else people.agency,
        user=people.other_officer if by_other else people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=content.encode(),
        loading=Loading.HERE,
    )


def sent(people: People) -> dict[str, HandOff]:
    """Approve and dispatch all; return the hand-offs by platform."""
    with acting_as(SYSTEM):
        ids = list(Referral.objects.filter(status="submitted").values_list("pk", flat=True))
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    made = dispatch(people.operation, by=people.actor("coordinator"))
    with acting_as(SYSTEM):
        found = HandOff.objects.select_related("dispatch__operation").filter(dispatch=made)
        return {one.platform_id: one for one in found}


def rows(file: HandOff) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bytes(file.content).decode("utf-8-sig"))))


@pytest.fixture
def files(people: People) -> dict[str, HandOff]:
    handed_in(people, MINE)
    handed_in(people, f"url,sha256,pdq\nhttps://t.me/demo_a/1,{OTHER},{PDQ}\n", by_other=True)
    return sent(people)


def test_the_list_has_the_hashes_of_each_address_and_not_who_gave_them(
    people: People, files: dict[str, HandOff]
) -> None:
    found = rows(files["telegram"])
    assert tuple(found[0]) == (*TOLD, "sha256", "md5", "pdq", *ANSWERED)
    first, second = sorted(found, key=lambda one: one["url"])
    assert (set(first["sha256"].split()), first["md5"], first["pdq"]) == ({SHA256, OTHER}, MD5, PDQ)
    assert (second["sha256"], second["md5"], second["pdq"]) == ("", "", "")
    assert str(people.other_agency) not in bytes(files["telegram"].content).decode()


def test_a_list_without_any_is_what_it_was(files: dict[str, HandOff]) -> None:
    assert tuple(rows(files["youtube"])[0]) == (*TOLD, *ANSWERED)


def test_the_letter_says_what_the_columns_are_for_only_where_there_are_any(
    files: dict[str, HandOff],
) -> None:
    said = {}
    for platform, file in files.items():
        with zipfile.ZipFile(io.BytesIO(file.bundle)) as bundle:
            said[platform] = " ".join(text_of(bundle.read("letter.pdf")).split())
    assert "the list has them (sha256, md5, pdq)" in said["telegram"]
    assert "sha256, md5" not in said["youtube"]


def test_the_list_that_comes_back_filled_in_is_taken_with_its_hashes(
    people: People, signed_in: SignedIn, files: dict[str, HandOff]
) -> None:
    found = rows(files["telegram"])
    for one in found:
        one["answer"] = "" if one["sha256"] else "removed"
    written = io.StringIO()
    writer = csv.DictWriter(written, found[0])
    writer.writeheader()
    writer.writerows(found)
    coordinator = signed_in("coordinator")
    file = SimpleUploadedFile("back.csv", written.getvalue().encode())
    at = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    brought = coordinator.post(reverse("web:answers", args=["RAD19"]), {"file": file, "answer": "", "at": at})
    assert brought.status_code == 302
    address = brought["Location"]
    page = coordinator.get(address).content.decode()
    assert "is not known" not in page
    assert "No answer stands in this row, so nothing is recorded for it." in page
    expected = re.search(r'name="expected" value="(\d+)"', page)
    assert expected, "nothing would be recorded"
    coordinator.post(f"{address}confirm/", {"expected": expected[1]})
    with acting_as(SYSTEM):
        said = dict(Referral.objects.filter(platform_id="telegram").values_list("item__url", "status"))
    assert said == {"https://t.me/demo_a/1": "referred", "https://t.me/demo_a/2": "removed"}


def test_an_abuse_report_says_them_to_a_host_that_is_no_platform(people: People, settings: Any) -> None:
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "mail.example.org", "Desk <desk@example.org>"
    url = "https://files.drop.example.org/a"
    handed_in(people, f"url,sha256,pdq\n{url},{SHA256},{PDQ}\n")
    ask(
        people.operation,
        "example.org",
        ["files.drop.example.org"],
        Whom("Drop Ltd", "abuse@drop.example.org"),
        by=people.actor("coordinator"),
    )
    [file] = sent(people).values()
    with zipfile.ZipFile(io.BytesIO(file.bundle)) as bundle:
        [name] = [one for one in bundle.namelist() if one.startswith("reports/")]
        [evidence] = json.loads(bundle.read(name))["evidence"]
    lines = base64.b64decode(evidence["payload"]).decode().splitlines()
    assert lines[-2:] == [f"sha256: {SHA256}", f"pdq: {PDQ}"]
