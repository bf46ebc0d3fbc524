"""Another installation countersigns our heads, where each grew out of the last: a history that was rewritten is refused, and said on both sides.

Both sides are played on one database, whose tables they do not share; tests/operating/test_witness.py has two installations.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import countersigning, forks, witnessing
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Countersignature, Entry, Fork, Head, Receiver, WitnessedHead
from takedowns.ledger.notes import SecretKey, sign
from takedowns.ledger.proofs import SCRIPT
from takedowns.ledger.sealing import sign_head
from takedowns.operating.findings import Level
from takedowns.operating.records import LOOKS
from takedowns.outbound import Answer, Unreachable
from tests.factories import make_referrals
from tests.ledger.conftest import superuser
from tests.people import People, make_people

pytestmark = pytest.mark.django_db(transaction=True)
URL = "https://b.example/witness"


class Wire:
    """The way from the ledger to its witness: what went over it."""

    def __init__(self) -> None:
        self.sent: list[tuple[bytes, str]] = []
        self.statuses: list[int] = []
        self.away = False

    def post(self, url: str, media_type: str, body: bytes, headers: Iterable[tuple[str, str]] = ()) -> Answer:
        if self.away:
            raise Unreachable("connection", "No connection.")
        assert url == f"{URL}/add-checkpoint"
        signature = dict(headers)["takedowns-request-signature"]
        self.sent.append((body, signature))
        return self.send(body, signature, media_type)

    def send(self, body: bytes, signature: str = "", media_type: str = "text/plain") -> Answer:
        # As any program would: without a session, and so without a token against forged requests.
        found = Client(enforce_csrf_checks=True).post(
            "/witness/add-checkpoint",
            body,
            content_type=media_type,
            headers={"Takedowns-Request-Signature": signature},
        )
        self.statuses.append(found.status_code)
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status_code, headers, found.content, truncated=False, address="")


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    made = Wire()
    monkeypatch.setattr("takedowns.ledger.receivers.post", made.post)
    with override_settings(
        LEDGER_COSIGNING_KEY_FILE=str(tmp_path / "cosigning.pem"), LEDGER_WITNESS_URLS=[URL]
    ):
        ours, theirs = str(signing_keys()[0].public), str(witnessing.cosigner())
        with override_settings(LEDGER_WITNESSED_KEYS=[ours], LEDGER_WITNESS_KEYS=[theirs]):
            yield made


def ask() -> int:
    with acting_as(SYSTEM):
        Receiver.objects.update(next_at=timezone.now())
    return countersigning.ask_witnesses()


def more(people: People, sealed: Callable[[], int], name: str) -> None:
    make_referrals(people.operation, people.agency, [f"https://t.me/demo_{name}/{one}" for one in range(3)])
    sealed()


def rewrite(sealed: Callable[[], int]) -> None:
    """Change an entry, and seal and sign all anew, as whoever has the database and the key can."""
    with superuser("-c session_replication_role=replica") as server:
        for table in ("salts", "seal", "countersignature", "head"):
            server.execute(f"DELETE FROM ledger_{table}")
        server.execute(
            "UPDATE ledger_entry SET origin = 'forged' WHERE number = (SELECT min(number) FROM ledger_entry)"
        )
    sealed()


def doctor_says() -> list[tuple[Level, str]]:
    return [(one.level, one.said) for look in LOOKS for one in look() if one.what != "seals"]


def test_each_head_is_countersigned_where_it_grew_out_of_the_last(
    sealed: Callable[[], int], wire: Wire, tmp_path: Path
) -> None:
    people = make_people()
    assert ask() == 0, "nothing is sealed yet"
    for name in ("a", "b", "c"):
        more(people, sealed, name)
        assert ask() == 1
    assert ask() == 0, "a head is countersigned once"
    assert wire.statuses == [200] * 3
    with acting_as(SYSTEM):
        assert Countersignature.objects.count() == WitnessedHead.objects.count() == 3
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert "3 countersignatures of witnesses; the last: " in out.getvalue()
    assert [level for level, _ in doctor_says()] == [Level.RIGHT]
    # What the witness kept is a witness's file, for a check that does not trust the database.
    out = io.StringIO()
    call_command("witness", "--kept", "takedowns.example/ledger", stdout=out)
    (tmp_path / "kept.jsonl").write_text(out.getvalue())
    call_command("verify", "--witness", str(tmp_path / "kept.jsonl"), stdout=io.StringIO())

    told = Client().get("/.well-known/takedowns-ledger").json()
    assert told["witness"] == told["countersigned"][0]["key"] == str(witnessing.cosigner())
    assert told["witnessed"][0]["head"] == told["countersigned"][0]["head"]
    client = Client()
    client.force_login(people.auditor)
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/ledger/").content.decode()
    assert len([one for one in queries if one["sql"].startswith("SELECT")]) <= 17
    assert URL in page
    assert str(signing_keys()[0].public) in page
    client.force_login(people.coordinator)
    assert client.get("/ledger/").status_code == 403


def test_the_court_checks_what_the_witness_said(
    sealed: Callable[[], int], wire: Wire, tmp_path: Path
) -> None:
    people = make_people()
    [referral] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"])
    sealed()
    assert ask() == 1
    more(people, sealed, "b")
    client = Client()
    client.force_login(people.auditor)
    address = f"/operations/RAD19/referrals/{referral}/sealed/"
    assert "was countersigned by takedowns.example/witness" in client.get(address).content.decode()
    with zipfile.ZipFile(io.BytesIO(client.post(f"{address}proof/").content)) as file:
        file.extractall(tmp_path)

    def run(witness: str) -> subprocess.CompletedProcess[str]:
        keys = ["--key", str(signing_keys()[0].public), "--witness", witness]
        command = [sys.executable, "-I", SCRIPT.name, "witness/consistency.json", *keys]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "countersigned by the witness" in run(str(witnessing.cosigner())).stdout
    other = replace(witnessing.cosigner(), raw=signing_keys()[0].public.raw)
    assert run(str(other)).returncode == 1
    proof = json.loads((tmp_path / "witness/consistency.json").read_text())
    assert proof["first"] == (tmp_path / "witness/head.txt").read_text()


@override_settings(EMAIL_HOST="mail.example")
def test_a_history_that_was_rewritten_is_refused_and_alarmed_on_both_sides(
    sealed: Callable[[], int], wire: Wire, mailoutbox: list[EmailMessage]
) -> None:
    people = make_people()
    more(people, sealed, "a")
    assert ask() == 1
    with acting_as(SYSTEM):
        countersigned = WitnessedHead.objects.get()
    rewrite(sealed)
    more(people, sealed, "b")
    for _ in range(2):  # again and again it is refused; the alarm is raised once
        assert ask() == 0
    assert wire.statuses[1:] == [409, 422] * 2
    with acting_as(SYSTEM):
        theirs, ours = Fork.objects.order_by("witness")
        entries = set(Entry.objects.filter(what="ledger_fork", action="added").values_list("key", flat=True))
        assert WitnessedHead.objects.count() == 1
    assert entries == {str(theirs.pk), str(ours.pk)}, "the alarm stands in the ledger"
    assert (ours.witness, theirs.witness) == (URL, "")
    assert ours.known == theirs.known == countersigned.note, "both have both heads"
    with acting_as(SYSTEM):
        assert Head.objects.filter(note=theirs.refused).exists()
    assert [level for level, said in doctor_says() if "two histories" in said] == [Level.WRONG] * 2
    client = Client()
    client.force_login(people.auditor)
    page = client.get("/ledger/").content.decode()
    assert page.count("has two histories") == 2
    assert forks.mail_new() == 2
    assert forks.mail_new() == 0
    assert {one.to[0] for one in mailoutbox} == {people.auditor.email, people.administrator.email}
    # The witness's file convicts it, too.
    with pytest.raises(CommandError, match="witness"):
        call_command("verify", stdout=io.StringIO(), stderr=io.StringIO())


def test_an_older_copy_is_refused_until_the_witness_is_told_to_begin_anew(
    sealed: Callable[[], int], wire: Wire
) -> None:
    people = make_people()
    more(people, sealed, "a")
    with acting_as(SYSTEM):
        older = Head.objects.order_by("-size")[0].size
    more(people, sealed, "b")
    assert ask() == 1
    with superuser("-c session_replication_role=replica") as server:
        server.execute("DELETE FROM ledger_countersignature")
        server.execute("DELETE FROM ledger_head")
        server.execute("DELETE FROM ledger_salts WHERE seal_id >= %s", [older])
        server.execute("DELETE FROM ledger_seal WHERE first >= %s", [older])
        server.execute(
            "DELETE FROM referrals_event WHERE xid > (SELECT max(xid::text::bigint) FROM ledger_seal)::text::xid8"
        )
        server.execute(
            "DELETE FROM ledger_entry WHERE xid > (SELECT max(xid::text::bigint) FROM ledger_seal)::text::xid8"
        )
    with acting_as(SYSTEM):
        sign_head(signing_keys())
    assert ask() == 0
    with acting_as(SYSTEM):
        said = {one.witness: one.said for one in Fork.objects.all()}
    assert "it was cut" in said[""]
    assert "the ledger was cut" in said[URL]
    with pytest.raises(CommandError, match="Say why"):
        call_command("witness", "--begin-anew", "takedowns.example/ledger")
    reason = "Restored from the backup of the night, says their auditor on the telephone."
    call_command(
        "witness", "--begin-anew", "takedowns.example/ledger", "--reason", reason, stdout=io.StringIO()
    )
    sealed()
    assert ask() == 1
    with acting_as(SYSTEM):
        assert forks.standing() == []
        assert WitnessedHead.objects.filter(reason=reason).exists()


def test_nobody_else_raises_an_alarm_or_moves_what_was_countersigned(
    sealed: Callable[[], int], wire: Wire
) -> None:
    people = make_people()
    more(people, sealed, "a")
    assert ask() == 1
    more(people, sealed, "b")
    with acting_as(SYSTEM):
        first, second = WitnessedHead.objects.get(), Head.objects.order_by("-size")[0]
    [(body, signature)] = wire.sent
    # Who found a head somewhere has no key: a proof of their own is refused without a word to anybody.
    garbage = f"old {first.size}\n{base64.b64encode(bytes(32)).decode()}\n\n{second.note}".encode()
    assert wire.send(garbage).status == 422
    assert wire.send(garbage, signature).status == 422, "a signature of another request"
    assert wire.send(body, signature).status == 409, "an old request again"
    stranger = SecretKey("takedowns.example/ledger", Ed25519PrivateKey.generate())
    text = second.note.partition("\n\n")[0] + "\n"
    for note, status in (
        (sign(text, [stranger]), 403),
        (second.note.replace("time 2", "time 1"), 403),
        (second.note.replace("takedowns.example/ledger\n", "other.example/ledger\n", 1), 404),
    ):
        assert wire.send(f"old {first.size}\n\n{note}".encode()).status == status
    for junk in (
        b"",
        b"old 1",
        b"old x\n\n" + second.note.encode(),
        b"old 1\n!\n\n",
        b"\xff\n\n",
        b"old 1\n\nx\n\n",
    ):
        assert wire.send(junk).status == 400, junk
    assert wire.send(b"x" * 20_000).status == 413
    assert wire.send(f"old 999999\n\n{second.note}".encode()).status == 400
    with acting_as(SYSTEM):
        assert not Fork.objects.exists()
        assert WitnessedHead.objects.get() == first
    assert ask() == 1
    with override_settings(LEDGER_WITNESSED_KEYS=[]):
        assert wire.send(body, signature).status == 404, "it is no witness unless it is told whose"


def test_a_witness_that_is_away_is_asked_again_and_one_that_is_not_named_is_not_believed(
    sealed: Callable[[], int], wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = make_people()
    more(people, sealed, "a")
    wire.away = True
    assert ask() == 0
    assert countersigning.ask_witnesses() == 0, "not yet"
    assert doctor_says()[0][0] is Level.LOOK
    wire.away = False
    other = replace(witnessing.cosigner(), raw=signing_keys()[0].public.raw)
    with override_settings(LEDGER_WITNESS_KEYS=[str(other)]):
        assert ask() == 0
        assert "no countersignature of a key in LEDGER_WITNESS_KEYS" in doctor_says()[0][1]
    assert ask() == 1, "the same head is countersigned again"
    more(people, sealed, "b")
    monkeypatch.setattr("takedowns.ledger.countersigning.is_copy", lambda: True)
    assert ask() == 0
    monkeypatch.setattr("takedowns.ledger.views.is_copy", lambda: True)
    assert wire.send(b"").status == 503
    with superuser("-c session_replication_role=replica") as server:
        server.execute(
            "UPDATE ledger_countersignature SET note = replace(note, 'example/witness ', 'example/witness x')"
        )
    with pytest.raises(CommandError, match="2 witness"):
        call_command("verify", stdout=io.StringIO(), stderr=io.StringIO())
