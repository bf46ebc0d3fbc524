# ruff: noqa: F811 - fixtures
"""Malware in evidence: a clamd over its real protocol and sockets; what it finds is kept away and not lost."""

from __future__ import annotations

import io
import json
import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence import clamd as client
from takedowns.evidence import scanning, store
from takedowns.evidence.models import Evidence, EvidenceAccess, EvidenceScan
from takedowns.evidence.tasks import scan_each_minute
from takedowns.ledger.exports import Made
from takedowns.ledger.models import Entry
from takedowns.operating.doctor import examine
from takedowns.operating.findings import Level
from takedowns.referrals.queries import visible_referral
from takedowns.web.dossier_file import dossier_pdf
from tests.accounts.test_people import said
from tests.clients import SignedIn
from tests.evidence.fake_clamd import VERSION, Clamd, clamd
from tests.evidence.hostile import PDF, picture
from tests.evidence.test_pages import attached, one  # noqa: F401 - a fixture
from tests.factories import make_referrals
from tests.people import People

ACTS = PDF.replace(b"<<>> endobj", b"<</OpenAction <</S /JavaScript /JS (app.alert(1))>>>> endobj", 1)
EICAR = b"A log with EICAR in it.\n"


@pytest.fixture(params=["unix", "tcp"])
def scanner(request: pytest.FixtureRequest) -> Iterator[Clamd]:
    # A path of pytest's own is longer than a Unix socket's may be.
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) if request.param == "unix" else None
        with clamd(where) as told, override_settings(MALWARE_SCANNER=told.address, MALWARE_SCANNER_SECONDS=2):
            yield told


def address(page: str, piece: Evidence) -> str:
    return reverse(f"web:{page}", args=["RAD19", piece.referral_id, piece.pk])


def again(piece: Evidence) -> Evidence:
    with acting_as(SYSTEM):
        return Evidence.objects.select_related("scan").get(pk=piece.pk)


def test_the_protocol_is_clamds(scanner: Clamd) -> None:
    content = b"x" * 700_000
    assert client.scan(io.BytesIO(content), scanner.address, 5) == ""
    assert scanner.came == [content], "in chunks, byte for byte"
    assert client.scan(io.BytesIO(EICAR), scanner.address, 5) == "Eicar-Test-Signature"
    assert client.version(scanner.address, 5) == VERSION
    with pytest.raises(client.NotScannedError, match="size limit exceeded") as refused:
        client.scan(io.BytesIO(b"x" * 3_000_000), scanner.address, 5)
    assert refused.value.too_large
    scanner.fails = "stream: Can't allocate memory ERROR"
    with pytest.raises(client.NotScannedError, match="allocate memory"):
        client.scan(io.BytesIO(b"x"), scanner.address, 5)


def test_it_waits_no_longer_than_it_may(scanner: Clamd) -> None:
    scanner.silent = True
    began = time.monotonic()
    with pytest.raises(client.NotScannedError, match="longer than"):
        client.scan(io.BytesIO(b"x"), scanner.address, 0.4)
    assert time.monotonic() - began < 2


def test_who_is_away_or_no_clamd_is_named(tmp_path: Path) -> None:
    with pytest.raises(client.ScannerAwayError, match=r"nobody\.ctl"):
        client.version(f"unix:{tmp_path}/nobody.ctl", 1)
    with clamd() as other:
        other.hello = "220 mail.example ESMTP"
        with pytest.raises(client.ScannerAwayError, match="this is no clamd"):
            client.version(other.address, 1)
    with pytest.raises(client.ScannerAwayError):
        client.scan(io.BytesIO(b"x"), other.address, 1)


def test_what_is_clean_is_said_to_be_and_downloaded(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    piece = attached(people, one, "shot.png", picture())
    officer = signed_in("officer")
    assert "not scanned yet" in said(officer.get(address("evidence-one", piece)))
    scan_each_minute()
    assert again(piece).scan.outcome == "clean"
    assert f"nothing found ({VERSION}" in said(officer.get(address("evidence-one", piece)))
    assert officer.get(address("evidence-file", piece)).status_code == 200
    assert len(scanner.came) == 1
    scan_each_minute()
    assert len(scanner.came) == 1, "once"


def test_what_was_found_is_kept_away_from_everybody_and_not_lost(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    piece = attached(people, one, "log.txt", EICAR)
    with caplog.at_level(logging.CRITICAL):
        scan_each_minute()
    assert f"Malware in evidence with SHA-256 {piece.sha256}: Eicar-Test-Signature" in caplog.text
    for name in ("officer", "auditor", "administrator", "coordinator"):
        their = signed_in(name)
        page = said(their.get(address("evidence-one", piece)))
        assert "Malware was found: Eicar-Test-Signature." in page
        assert "Download the file" not in page
        refused = their.get(address("evidence-file", piece))
        assert refused.status_code == 403, name
        assert "Malware was found in this file" in said(refused)
    assert "malware" in said(signed_in("officer").get(reverse("web:evidence", args=["RAD19", one])))
    with acting_as(SYSTEM):
        assert not EvidenceAccess.objects.filter(evidence=piece).exists(), "nobody opened it"
    with store.open_whole(piece.sha256) as file:
        assert file.read() == EICAR


def rescanned(**how: object) -> str:
    out = StringIO()
    call_command("scan_evidence", stdout=out, **how)
    return out.getvalue()


def opened(signed_in: SignedIn, piece: Evidence) -> int:
    return signed_in("officer").get(address("evidence-file", piece)).status_code


def test_a_finding_stands_until_an_administrator_says_that_it_was_wrong(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    piece = attached(people, one, "log.txt", EICAR)
    scan_each_minute()
    scanner.signatures = {}
    said_now = rescanned(again=True)
    assert "1 scanned. Of 1 files malware was found in 1; 0 are not scanned." in said_now
    assert f"Nothing is found any more in {piece.sha256}. It stays kept away" in said_now
    scanner.fails = "stream: Can't allocate memory ERROR"
    rescanned(again=True)
    scan_each_minute()
    assert again(piece).scan.signature == "Eicar-Test-Signature"
    assert opened(signed_in, piece) == 403
    names = {"harmless": piece.sha256.upper(), "by": people.administrator.email}
    for wrong, why in (
        ({"by": people.officer.email, "reason": "A test file."}, "said by an administrator"),
        ({"by": "nobody@x.example", "reason": "A test file."}, "Nobody has this e-mail address"),
        ({"reason": " "}, "Say why it was wrong"),
        ({"harmless": "0" * 64, "reason": "A test file."}, "No finding stands"),
    ):
        with pytest.raises(CommandError, match=why):
            rescanned(**{**names, **wrong})
        assert opened(signed_in, piece) == 403
    assert "opened again: 1 pieces" in rescanned(**names, reason="A test file of the scanner’s maker.")
    assert opened(signed_in, piece) == 200
    page = said(signed_in("officer").get(address("evidence-one", piece)))
    assert f"A scanner found Eicar-Test-Signature. That was wrong, says {people.administrator}" in page
    assert "A test file of the scanner’s maker." in page
    with pytest.raises(CommandError, match="No finding stands"):
        rescanned(**names, reason="Twice.")
    scanner.fails, scanner.signatures = "", {"Eicar-Test-Signature": b"EICAR"}
    rescanned(again=True)
    assert opened(signed_in, piece) == 200, "the same finding was judged already"
    scanner.signatures = {"Worse": b"EICAR"}
    rescanned(again=True)
    assert opened(signed_in, piece) == 403, "another one was not"
    assert again(piece).scan.released_at is None


def test_what_was_said_of_a_finding_is_in_the_ledger_without_its_reason(
    scanner: Clamd, people: People, one: UUID
) -> None:
    piece = attached(people, one, "log.txt", EICAR)
    scan_each_minute()
    rescanned(harmless=piece.sha256, by=people.administrator.email, reason="Found by name alone.")
    with acting_as(SYSTEM):
        last = Entry.objects.filter(what="evidence_evidencescan").order_by("number").last()
    assert last is not None
    became = last.became or ""
    assert json.loads(became)["released_by_id"] == str(people.administrator.pk)
    assert "Found by name alone." not in became
    assert json.loads(last.withheld or "") == {"release_reason": "Found by name alone."}


def test_what_was_found_in_a_file_holds_wherever_it_is_attached(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    [other] = make_referrals(people.operation, people.agency, ["https://t.me/demo_b"])
    before = attached(people, other, "log.txt", EICAR)
    scanner.signatures = {}
    scan_each_minute()
    assert opened(signed_in, before) == 200
    scanner.signatures = {"Eicar-Test-Signature": b"EICAR"}
    found = attached(people, one, "log.txt", EICAR)
    scan_each_minute()
    assert opened(signed_in, found) == 403
    assert opened(signed_in, before) == 403, "it was clean when it was scanned, and is the same file"
    [third] = make_referrals(people.operation, people.agency, ["https://t.me/demo_c"])
    with override_settings(MALWARE_SCANNER=""):
        late = attached(people, third, "renamed.txt", EICAR)
    assert opened(signed_in, late) == 403, "before a scanner looked through it, and without one"
    rescanned(harmless=late.sha256, by=people.administrator.email, reason="A test file.")
    assert [opened(signed_in, piece) for piece in (before, found, late)] == [200] * 3


def test_a_picture_in_which_something_was_found_is_not_drawn(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    piece = attached(people, one, "shot.png", picture())
    scanner.signatures = {"Some.Picture": b"IHDR"}
    scan_each_minute()
    officer = signed_in("officer")
    assert officer.get(address("evidence-picture", piece)).status_code == 403
    assert officer.get(address("evidence-picture", piece) + "?blurred=1").status_code == 403
    assert (
        "evidence-picture" not in officer.get(reverse("web:evidence", args=["RAD19", one])).content.decode()
    )
    assert (
        address("evidence-picture", piece)
        not in officer.get(reverse("web:referral", args=["RAD19", one])).content.decode()
    )


def test_what_cannot_be_scanned_is_named_and_tried_again_after_a_day(
    scanner: Clamd,
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    scanner.most = 10
    piece = attached(people, one, "log.txt", EICAR)
    scan_each_minute()
    assert again(piece).scan.outcome == "too_large"
    page = said(signed_in("officer").get(address("evidence-one", piece)))
    assert "not scanned: larger than the scanner takes: INSTREAM size limit exceeded" in page
    assert signed_in("officer").get(address("evidence-file", piece)).status_code == 200
    scanner.most = 1_000_000
    scan_each_minute()
    assert again(piece).scan.outcome == "too_large", "not every minute"
    with acting_as(SYSTEM):
        EvidenceScan.objects.update(at=timezone.now() - timedelta(days=1, minutes=1))
    scan_each_minute()
    assert again(piece).is_kept_away


def test_a_file_that_cannot_be_read_is_not_said_to_be_gone(people: People, one: UUID, scanner: Clamd) -> None:
    piece = attached(people, one, "shot.png", picture())
    place = store.path_of(piece.sha256)
    place.unlink()
    place.mkdir()
    scanning.scan_waiting()
    scan = again(piece).scan
    assert scan.outcome == "failed"
    assert scan.signature.startswith("The file could not be read: ")
    place.rmdir()
    scanning.scan_waiting(again=True)
    assert again(piece).scan.signature == "The file is not there."


def test_attaching_wakes_the_worker_and_waits_for_nobody(
    scanner: Clamd,
    people: People,
    one: UUID,
) -> None:
    scanner.silent = True
    piece = attached(people, one, "log.txt", EICAR)
    assert ProcrastinateJob.objects.filter(task_name="evidence.scan").count() == 1
    assert scanner.came == []
    assert again(piece).scanned is None


def test_while_the_scanner_is_away_nothing_is_said_to_be_scanned(
    people: People,
    one: UUID,
    signed_in: SignedIn,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with override_settings(MALWARE_SCANNER=f"unix:{tmp_path}/x"):
        piece = attached(people, one, "log.txt", EICAR)
        with caplog.at_level(logging.WARNING):
            scan_each_minute()
        assert "Evidence is not scanned" in caplog.text
        assert again(piece).scanned is None
        with pytest.raises(CommandError, match="does not answer"):
            call_command("scan_evidence")


def test_without_a_scanner_pages_say_so_and_no_job_is_made(
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    piece = attached(people, one, "log.txt", EICAR)
    page = said(signed_in("officer").get(address("evidence-one", piece)))
    assert "not scanned: this installation has no scanner" in page
    assert not ProcrastinateJob.objects.filter(task_name="evidence.scan").exists()
    assert scanning.scan_waiting().files == 0


def _doctor() -> tuple[Level, str]:
    with acting_as(SYSTEM):
        [found] = [finding for finding in examine() if finding.what == "malware"]
    return found.level, found.said


@pytest.mark.django_db(databases=["default", "owner"])
def test_doctor_looks_at_the_socket(people: People, one: UUID, tmp_path: Path) -> None:
    assert _doctor() == (Level.RIGHT, "MALWARE_SCANNER names no scanner: evidence is not scanned.")
    with override_settings(MALWARE_SCANNER=f"unix:{tmp_path}/x"):
        assert _doctor()[0] == Level.WRONG
    with clamd() as told, override_settings(MALWARE_SCANNER=told.address):
        assert _doctor() == (Level.RIGHT, f"{VERSION}. 0 files, nothing found.")
        attached(people, one, "log.txt", EICAR)
        scan_each_minute()
        assert _doctor()[1] == f"{VERSION}. In 1 of 1 files malware was found; 0 are not scanned."


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_dossier_says_it(people: People, one: UUID, scanner: Clamd, tmp_path: Path) -> None:
    attached(people, one, "log.txt", EICAR)
    attached(people, one, "act.pdf", ACTS)
    scan_each_minute()
    actor = people.actor("auditor")
    with acting_as(actor):
        referral = visible_referral(actor, "RAD19", one)
        assert referral is not None
        pdf = dossier_pdf(referral, actor, Made("E-7F3K-22QX5", "made by nobody"))
    (tmp_path / "dossier.pdf").write_bytes(pdf)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "dossier.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    assert "malware found: Eicar-Test-Signature" in " ".join(text.split())
    assert "runs a script" in text


def test_a_pdf_that_acts_by_itself_is_named_as_such(
    people: People,
    one: UUID,
    signed_in: SignedIn,
) -> None:
    piece = attached(people, one, "act.pdf", ACTS)
    officer = signed_in("officer")
    assert "When this PDF is opened, it runs a script." in said(officer.get(address("evidence-one", piece)))
    listed = said(officer.get(reverse("web:evidence", args=["RAD19", one])))
    assert "When it is opened, it runs a script." in listed
    harmless = attached(people, one, "plain.pdf", PDF)
    assert "When this PDF is opened" not in said(officer.get(address("evidence-one", harmless)))
