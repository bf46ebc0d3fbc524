"""Heads are stamped by an authority outside (RFC 3161): whoever holds the signing key and the database cannot date a head back."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Head, Receiver, TimeStamp
from takedowns.ledger.notes import sign
from takedowns.ledger.timestamps import stamp_last
from takedowns.ledger.verify_proof import check
from takedowns.operating.findings import Level
from takedowns.operating.records import LOOKS
from tests.factories import make_referrals
from tests.ledger.authority import Authority, stamping
from tests.ledger.conftest import superuser
from tests.people import make_people

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the command openssl"),
]


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    with (
        stamping(tmp_path / "tsa") as found,
        override_settings(
            LEDGER_TIMESTAMP_URL=found.url,
            LEDGER_TIMESTAMP_CA=str(found.certificate),
            LEDGER_ALLOW_NETWORKS=["127.0.0.1/32"],
        ),
    ):
        yield found


def verified(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def now_due() -> None:
    with acting_as(SYSTEM):
        Receiver.objects.update(next_at=timezone.now())


def doctor_says() -> list[tuple[Level, str]]:
    return [(one.level, one.said) for look in LOOKS for one in look() if one.what == "time-stamp server"]


def test_a_head_is_stamped_and_the_court_checks_the_stamp_with_openssl(
    sealed: Callable[[], int], authority: Authority, tmp_path: Path
) -> None:
    people = make_people()
    assert not stamp_last(), "nothing is sealed yet"
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"])
    sealed()
    assert stamp_last()
    assert not stamp_last(), "a head is stamped once"
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/2"])
    sealed()
    assert not stamp_last(), "it is not asked more often than is set"
    assert len(authority.asked) == 1
    assert "1 time stamps; the last: " in (said := verified())
    assert "CN=Test stamps" in said
    [(level, said)] = doctor_says()
    assert level is Level.RIGHT
    assert "CN=Test stamps" in said

    client = Client()
    client.force_login(people.auditor)
    address = f"/operations/RAD19/referrals/{referral}/sealed/"
    assert "was time-stamped on" in client.get(address).content.decode()
    with zipfile.ZipFile(io.BytesIO(client.post(f"{address}proof/").content)) as file:
        file.extractall(tmp_path)
        assert "CN=Test stamps" in file.read("README.txt").decode()
    proof = json.loads((tmp_path / "time-stamp/consistency.json").read_text())
    assert proof["first"] == (tmp_path / "time-stamp/head.txt").read_text()
    assert len(check(proof, str(signing_keys()[0].public))) == 2
    ask = ["openssl", "ts", "-verify", "-data", "head.txt", "-in", "head.tsr", "-CAfile"]
    folder = tmp_path / "time-stamp"
    run = subprocess.run(
        [*ask, authority.certificate], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Verification: OK" in run.stdout + run.stderr
    (folder / "head.txt").write_text((folder / "head.txt").read_text().replace("time 2", "time 1"))
    run = subprocess.run(
        [*ask, authority.certificate], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    published = Client().get("/.well-known/takedowns-ledger").json()["time_stamp"]
    assert published["head"] == proof["first"]


@pytest.mark.parametrize(
    ("status", "says", "why"),
    [
        (503, b"", "answered 503"),
        (200, b"no DER", "does not hold"),
        (200, bytes.fromhex("30053003020102"), "did not stamp it"),
    ],
)
def test_what_fails_is_tried_again_later_each_time_and_the_doctor_says_so(
    sealed: Callable[[], int], authority: Authority, status: int, says: bytes, why: str
) -> None:
    make_people()
    sealed()
    authority.status, authority.says = status, says
    waits = []
    for tries in (1, 2, 3):
        assert not stamp_last()
        assert not stamp_last(), "not yet"
        assert len(authority.asked) == tries
        with acting_as(SYSTEM):
            one = Receiver.objects.get()
        assert one.next_at is not None
        waits.append((one.next_at - timezone.now()).total_seconds())
        now_due()
    assert [round(one / 30) for one in waits] == [1, 2, 4]
    [(level, said)] = doctor_says()
    assert level is Level.LOOK
    assert "3 tries" in said
    assert why in said
    with acting_as(SYSTEM):
        Receiver.objects.update(failing_since=timezone.now() - timedelta(days=1))
    assert [level for level, _ in doctor_says()] == [Level.WRONG]
    authority.status, authority.says = 200, None
    assert stamp_last()
    assert [level for level, _ in doctor_says()] == [Level.RIGHT]


def test_only_the_authority_that_is_named_is_believed(
    sealed: Callable[[], int], authority: Authority, tmp_path: Path
) -> None:
    make_people()
    sealed()
    with stamping(tmp_path / "other") as other:
        with override_settings(LEDGER_TIMESTAMP_URL=other.url):
            assert not stamp_last()
        with acting_as(SYSTEM):
            assert not TimeStamp.objects.exists()
        now_due()
        assert stamp_last()
        with pytest.raises(CommandError, match="1 timestamp"):
            verified("--timestamp-ca", str(other.certificate))
    with override_settings(LEDGER_TIMESTAMP_CA=""):
        assert "not checked" in verified()
        [(_, said)] = doctor_says()
        assert "The last: " in said


@override_settings(LEDGER_WITNESS_FILE="")
def test_who_rewrites_the_ledger_and_signs_it_anew_cannot_date_it_back(
    sealed: Callable[[], int], authority: Authority
) -> None:
    make_people()
    sealed()
    assert stamp_last()
    assert "Nothing was altered" in verified()
    with acting_as(SYSTEM):
        head = Head.objects.order_by("size").last()
    assert head is not None
    text = head.note.partition("\n\n")[0] + "\n"
    forged = sign(text.replace("time 20", "time 19"), signing_keys())
    with superuser("-c session_replication_role=replica") as server:
        server.execute("UPDATE ledger_head SET note = %s WHERE size = %s", [forged, head.size])
    with pytest.raises(CommandError, match="1 timestamp"):
        verified()
    with superuser("-c session_replication_role=replica") as server:
        server.execute("UPDATE ledger_head SET note = %s WHERE size = %s", [head.note, head.size])
        server.execute("UPDATE ledger_timestamp SET at = at - interval '1 year'")
    with pytest.raises(CommandError, match="1 timestamp"):
        verified()


def test_nobody_is_asked_where_that_is_not_wanted(
    sealed: Callable[[], int], authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_people()
    sealed()
    with override_settings(LEDGER_TIMESTAMP_URL=""):
        assert not stamp_last()
        assert doctor_says() == []
    with override_settings(LEDGER_ALLOW_NETWORKS=[]):
        assert not stamp_last(), "it stands where no webhook may go either"
    now_due()
    monkeypatch.setattr("takedowns.ledger.timestamps.is_copy", lambda: True)
    assert not stamp_last()
    assert authority.asked == []
