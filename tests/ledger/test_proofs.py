"""A referral's proof convinces a program that shares nothing with ours, and the least change of it does not."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.comments.models import Comment
from takedowns.complaints.models import Complaint
from takedowns.ledger import tree
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Entry
from takedowns.ledger.proofs import SCRIPT, history_of
from takedowns.ledger.verify_proof import Wrong, check
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.statements.models import Statement
from takedowns.verification.models import Check
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved, make_authority
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)


def some_work(number: int = 30) -> tuple[People, list[UUID]]:
    people = make_people()
    urls = [f"https://t.me/demo_{one}" for one in range(number)]
    ids = make_referrals(people.operation, people.agency, urls)
    apply_to_all("approve", ids[1:], by=people.actor("reviewer"), exemptions_checked=True)
    apply_to_all("reject", ids[:1], by=people.actor("reviewer"), reason="Satire, says “somebody”.")
    return people, ids


def proof_of(referral_id: UUID) -> dict[str, Any]:
    with acting_as(SYSTEM):
        return history_of(Referral.objects.get(pk=referral_id)).proof


@pytest.mark.parametrize("block", [4, 8, 4096])
def test_every_referral_is_proven_at_any_place(
    sealed: Callable[[], int], block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "BLOCK", block)
    _, ids = some_work()
    sealed()
    key = str(signing_keys()[0].public)
    for one in ids:
        proof = proof_of(one)
        assert len(proof["entries"]) == 2
        lines = check(json.loads(json.dumps(proof)), key)
        assert str(one) in lines[1]


def test_whatever_is_changed_the_proof_fails(sealed: Callable[[], int]) -> None:
    _, ids = some_work()
    sealed()
    key, proof = str(signing_keys()[0].public), proof_of(ids[0])
    check(proof, key)

    def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        other = deepcopy(proof)
        change(other)
        return other

    def set_(name: str, value: Any) -> Callable[[dict[str, Any]], object]:
        return lambda other: other["entries"][1].__setitem__(name, value(other["entries"][1][name]))

    for change in (
        set_("entry", lambda text: text.replace('"reject"', '"approve"')),
        set_("place", lambda place: place + 1),
        set_("path", lambda path: path[:-1]),
        set_("path", lambda path: [*path, "00" * 32]),
        set_("path", lambda path: [path[0][::-1], *path[1:]]),
        set_("withheld", lambda text: text.replace("Satire", "Threat")),
        set_("salt", lambda salt: salt[::-1]),
        lambda other: other.__setitem__("head", other["head"].replace("time 2", "time 1")),
        lambda other: other.__setitem__("format", "another"),
    ):
        with pytest.raises(Wrong):
            check(changed(change), key)
    with pytest.raises(Wrong, match="not signed with this key"):
        check(
            proof,
            key.replace("takedowns.example", "another.example", 1).replace(key.split("+")[1], _hash(key)),
        )


def _hash(key: str) -> str:
    from takedowns.ledger.notes import PublicKey

    found = PublicKey.parse(key)
    return PublicKey(found.name.replace("takedowns.example", "another.example", 1), found.raw).hash.hex()


def test_an_auditor_sees_what_is_sealed_and_takes_the_proof_to_court(
    sealed: Callable[[], int], tmp_path: Path
) -> None:
    people, ids = some_work(3)
    client = Client()
    client.force_login(people.auditor)
    address = f"/operations/RAD19/referrals/{ids[0]}/sealed/"
    assert "Nothing is sealed yet" in client.get(address).content.decode()
    assert client.post(f"{address}proof/").status_code == 302
    sealed()
    page = client.get(address).content.decode()
    assert "is sealed" in page
    assert str(signing_keys()[0].public) in page
    assert "Satire" in page
    assert f'href="{address}"' in client.get(address.removesuffix("sealed/")).content.decode()
    answer = client.post(f"{address}proof/")
    assert re.search(r'filename="RAD19-[\w-]+-proof-E-[\w-]+.zip"', answer["Content-Disposition"])
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        file.extractall(tmp_path)
    keys = Client().get("/.well-known/takedowns-ledger").json()
    key = keys["keys"][0]["key"]
    # As the court does it: another process, in an empty folder, with nothing of ours to import.
    run = subprocess.run(
        [sys.executable, "-I", SCRIPT.name, "proof.json", "--key", key],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "PROVEN: 2 entries" in run.stdout
    assert "Satire" in run.stdout
    text = (tmp_path / "proof.json").read_text().replace("Satire", "Threat")
    (tmp_path / "proof.json").write_text(text)
    run = subprocess.run(
        [sys.executable, "-I", SCRIPT.name, "proof.json", "--key", key],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "NOT PROVEN" in run.stderr
    with acting_as(SYSTEM):
        taken = Entry.objects.get(what="proof")
    assert (taken.person_id, taken.key) == (people.auditor.pk, str(ids[0]))


def test_each_file_for_the_court_is_known_by_itself_the_dossier_among_them(
    sealed: Callable[[], int],
) -> None:
    people, ids = some_work(2)
    sealed()
    client = Client()
    client.force_login(people.auditor)
    answer = client.post(f"/operations/RAD19/referrals/{ids[0]}/sealed/proof/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        files = {name: file.read(name) for name in file.namelist()}
    assert {"dossier.pdf", "proof.json", "verify_proof.py", "README.txt"} == files.keys()
    for name, content in files.items():
        brought = {"file": SimpleUploadedFile(name, content)}
        page = client.post("/exports/", brought).content.decode()
        assert "Known, byte for byte" in page, name
        assert answer["Export-Number"] in page
    changed = {"file": SimpleUploadedFile("dossier.pdf", files["dossier.pdf"] + b" ")}
    assert "Not known" in client.post("/exports/", changed).content.decode()
    for name in ("dossier.pdf", "proof.json", "verify_proof.py"):
        assert f"{hashlib.sha256(files[name]).hexdigest()}  {name}" in files["README.txt"].decode()


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_dossier_tells_what_happened_and_carries_its_number(
    sealed: Callable[[], int], tmp_path: Path
) -> None:
    people, ids = some_work(2)
    sealed()
    client = Client()
    client.force_login(people.auditor)
    answer = client.post(f"/operations/RAD19/referrals/{ids[0]}/sealed/proof/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        file.extract("dossier.pdf", tmp_path)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "dossier.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    for said in (answer["Export-Number"], "demo_0", "Rejected", "Satire", "North Unit", "To nobody"):
        assert said in text, said


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_dossier_leaves_nothing_out_and_names_what_the_entries_name(
    sealed: Callable[[], int], tmp_path: Path
) -> None:
    people, ids = some_work(2)
    looks = [datetime(2019, 11, 22, 8, tzinfo=UTC) + timedelta(hours=number) for number in range(30)]
    with acting_as(SYSTEM):
        one = Referral.objects.get(pk=ids[1])
        Check.objects.bulk_create(
            Check(item_id=one.item_id, at=at, seen="online", reason="", robot="probe", note="")
            for at in looks
        )
        Complaint.objects.create(
            referral=one, complainant="content_provider", received_at=looks[0], explanation="It is satire."
        )
        Statement.objects.create(
            referral=one,
            puid="S-7",
            body={"puid": "S-7", "decision_ground": "ILLEGAL_CONTENT", "end_date": None},
        )
        Comment.objects.create(
            referral=one, item_id=one.item_id, text="The same voice.", by=people.officer, agency=people.agency
        )
    sealed()
    client = Client()
    client.force_login(people.auditor)
    answer = client.post(f"/operations/RAD19/referrals/{one.pk}/sealed/proof/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        file.extract("dossier.pdf", tmp_path)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "dossier.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    for said in (str(one.pk), str(one.item_id), "It is satire.", "S-7", "ILLEGAL_CONTENT", "The same voice."):
        assert said in text, said
    assert "end_date" not in text
    missing = [at for at in looks if f"{at:%Y-%m-%d %H:%M:%S} UTC: Seen online, probe" not in text]
    assert missing == []


def test_the_court_gets_the_order_whose_digest_the_entries_bind(sealed: Callable[[], int]) -> None:
    people = make_people()
    make_authority(people)
    [one] = approved(people, "https://t.me/demo_order", text=EMERGENCY)
    sealed()
    client = Client()
    client.force_login(people.auditor)
    answer = client.post(f"/operations/RAD19/referrals/{one}/sealed/proof/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        order, proof, told = (
            file.read(name).decode("latin-1") for name in ("order.pdf", "proof.json", "README.txt")
        )
    assert order.startswith("%PDF")
    assert hashlib.sha256(order.encode("latin-1")).hexdigest() in proof
    assert "order.pdf        the removal order" in told


def test_a_long_history_takes_no_more_statements(sealed: Callable[[], int]) -> None:
    people, ids = some_work(2)
    client = Client()
    client.force_login(people.auditor)

    def statements() -> int:
        sealed()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/operations/RAD19/referrals/{ids[1]}/sealed/").status_code == 200
        return len(queries)

    statements()
    before = statements()
    apply_to_all("refer", ids[1:], by=SYSTEM)
    for _ in range(4):
        apply_to_all("request_information", ids[1:], by=SYSTEM, question="q")
        apply_to_all("provide_information", ids[1:], by=SYSTEM, answer="a")
    assert statements() == before <= 23


def test_what_is_for_auditors_is_for_nobody_else(sealed: Callable[[], int]) -> None:
    people, ids = some_work(1)
    for name, status in (("officer", 403), ("coordinator", 403), ("absent_officer", 404), ("auditor", 200)):
        client = Client()
        client.force_login(getattr(people, name))
        assert client.get(f"/operations/RAD19/referrals/{ids[0]}/sealed/").status_code == status, name


@pytest.mark.django_db(transaction=False)
def test_the_script_stands_alone_and_is_short() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 200
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
    assert imported - set(sys.stdlib_module_names) == {"cryptography"}
