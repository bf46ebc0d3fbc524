"""A file of figures that somebody took is an entry: the digest of its bytes, who took it, with which filters."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
from hashlib import sha256
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.models import Entry
from tests.clients import HANDED_IN, SignedIn, Work


@pytest.mark.parametrize(
    ("page", "arguments", "query"),
    [("export-csv", [], ""), ("export-json", [], ""), ("figures-report", ["csv"], "?platform=telegram")],
)
def test_an_export_carries_the_number_of_its_entry(
    work: Work, signed_in: SignedIn, page: str, arguments: list[str], query: str
) -> None:
    answer = signed_in("coordinator").get(reverse(f"web:{page}", args=["RAD19", *arguments]) + query)
    assert answer.status_code == 200
    with acting_as(SYSTEM):
        entry = Entry.objects.get(number=int(answer["Ledger-Entry"]))
    assert (entry.what, entry.action, entry.person_id) == ("export", "done", work.people.coordinator.pk)
    assert json.loads(entry.became or "")["sha256"] == sha256(answer.content).hexdigest()
    assert query.lstrip("?") in (entry.withheld or "")


def test_a_file_carries_its_number_and_who_made_it_when_as_of_when(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("coordinator")
    for file_format in ("json", "xlsx", "jsonstat", *(["pdf"] if shutil.which("pdftotext") else [])):
        answer = client.get(reverse("web:figures-report", args=["RAD19", file_format]))
        number = answer["Export-Number"]
        assert f"-{number}." in answer["Content-Disposition"]
        told = _text_of(answer.content, file_format)
        assert re.search(
            rf"Made by Coordinator at [\d-]+ [\d:]+ UTC as of [\d-]+ [\d:]+ UTC, number {number}", told
        ), told[:300]


def test_a_list_of_referrals_is_entered_too_and_its_workbook_says_by_whom(
    work: Work, signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    for file_format in ("csv", "xlsx"):
        answer: Any = client.get(
            reverse("web:referrals-file", args=["RAD19", file_format]) + "?platform=telegram"
        )
        content = b"".join(answer)
        with acting_as(SYSTEM):
            entry = Entry.objects.get(number=int(answer["Ledger-Entry"]))
        said = json.loads(entry.became or "")
        assert (said["sha256"], int(said["size"])) == (sha256(content).hexdigest(), len(content))
        assert said["number"] == answer["Export-Number"]
    assert "Made by Officer at" in _text_of(content, "xlsx")


def _text_of(content: bytes, file_format: str) -> str:
    if file_format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    if file_format == "pdf":
        read = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True
        )
        return read.stdout.decode()
    return content.decode()


def _checked(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode().partition("What the ledger knows")[2]).split())


def test_an_auditor_checks_a_file_by_its_number_and_by_its_bytes(work: Work, signed_in: SignedIn) -> None:
    taken = signed_in("coordinator").get(reverse("web:export-csv", args=["RAD19"]))
    auditor = signed_in("auditor")
    number = taken["Export-Number"]
    for typed in (number, number.lower().replace("-", " - ")):
        told = _checked(auditor.get("/exports/", {"number": typed}).content)
        assert "Coordinator export done RAD19-figures.csv" in told
        assert sha256(taken.content).hexdigest() in told
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert auditor.get("/exports/", {"number": wrong}).status_code == 422
    told = _checked(auditor.post("/exports/", {"file": ContentFile(taken.content, "a.csv")}).content)
    assert "Known, byte for byte." in told
    assert number in told
    told = _checked(auditor.post("/exports/", {"file": ContentFile(taken.content + b" ", "a.csv")}).content)
    assert "Not known." in told
    assert "RAD19" not in told
    # What was handed in is known by its bytes, too.
    told = _checked(
        auditor.post("/exports/", {"file": ContentFile(HANDED_IN.encode(), "lantern.csv")}).content
    )
    assert "intake_submission added" in told
    assert signed_in("coordinator").get("/exports/").status_code == 403
