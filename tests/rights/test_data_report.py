"""What is held about a person is found wherever it stands, told as page, JSON and PDF; who asked is on record, what for only as a digest."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.access_log.recording import keyed
from takedowns.accounts.models import AccountEvent
from takedowns.directory.models import User
from takedowns.holds.services import place
from takedowns.ledger.exports import find_bytes
from takedowns.ledger.models import Entry
from takedowns.notices.models import Message
from takedowns.rights.subject import MOST, SubjectError, about
from tests.clients import SignedIn
from tests.factories import make_item, make_referrals
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE = "/retention/data-report/"


def told(text: str, people: People) -> dict[str, Any]:
    """Return the report as a program reads it."""
    plain = about(text, by=people.actor("auditor")).plain()
    return json.loads(json.dumps(plain, default=str))  # type: ignore[no-any-return]


def tables(report: dict[str, Any]) -> dict[str, int]:
    """Return by table in how many rows somebody is named."""
    return {one["table"]: one["count"] for one in report["named_in"]}


def test_of_somebody_with_an_account_all_is_found(people: People) -> None:
    user = people.officer
    with acting_as(SYSTEM):
        User.objects.filter(pk=user.pk).update(name="Ada Lantern")
        AccountEvent.objects.create(kind="signed_in", email=user.email, by=user, address="192.0.2.7")
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"], submitted_by=user)
    place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="ADA LANTERN reads it.",
        item_id=make_item("https://t.me/demo_held").pk,
        ends_at=timezone.now() + timedelta(days=7),
    )
    report = told(" Officer@example.org ", people)
    assert report["person"] == str(user.pk)
    own = {one["table"]: one["rows"] for one in report["own"]}
    assert own["directory_user"][0]["email"] == user.email
    assert own["directory_membership"][0]["role"] == "officer"
    named = tables(report)
    assert named["holds_hold"] == 1
    assert named["accounts_accountevent"] == 1
    assert named["ledger_entry"] >= 3
    did = {(one["table"], one["column"]): one["rows"] for one in report["did"]}
    assert did["referrals_referral", "submitted_by_id"] == 1
    assert did["holds_hold", "placed_by_id"] == 1
    assert "other_officer@example.org" not in json.dumps(report), "another person’s address ends alike"
    assert "argon2" not in json.dumps(report)
    assert "password" not in json.dumps(report["own"])


def test_of_a_handle_or_a_number_every_place_is_found(people: People) -> None:
    make_referrals(people.operation, people.agency, ["https://t.me/demo_lantern/12"])
    with acting_as(SYSTEM):
        for number in range(MOST + 5):
            Message.objects.create(
                operation=people.operation, text=f"Call 0043 1 555, {number}.", at=timezone.now()
            )
    assert set(tables(told("@DEMO_lantern", people))) == {"referrals_item"}
    report = told("0043 1 555", people)
    assert (report["person"], report["own"], report["did"]) == (None, [], [])
    [messages] = (one for one in report["named_in"] if one["table"] == "notices_message")
    assert (messages["count"], len(messages["rows"])) == (MOST + 5, MOST)
    assert told("nobody@example.net", people)["named_in"] == []
    with pytest.raises(SubjectError):
        about("a b", by=people.actor("auditor"))
    with pytest.raises(SubjectError):
        about("officer@example.org", by=people.actor("coordinator"))


def test_who_asked_is_on_record_and_what_for_only_as_a_digest(people: People, signed_in: SignedIn) -> None:
    client, text = signed_in("auditor"), people.officer.email
    assert client.get(PAGE).status_code == 200
    for short in ("ab", "@abc", "a    b"):
        refused = client.post(PAGE, {"text": short})
        assert refused.status_code == 422, short
        assert "Type at least 4 characters." in refused.content.decode(), short
    shown = client.post(PAGE, {"text": text}).content.decode()
    assert "directory_user: 1 row" in shown
    files = {kind: client.post(PAGE, {"text": text, "as": kind}) for kind in ("json", "pdf")}
    with acting_as(SYSTEM):
        looks = list(Look.objects.filter(asked=keyed(text)).order_by("at"))
        [_digest, known] = find_bytes(io.BytesIO(files["json"].content))
        entries = list(Entry.objects.filter(what="export"))
    assert [(one.person_id, one.is_file) for one in looks] == [
        (people.auditor.pk, False),
        (people.auditor.pk, True),
        (people.auditor.pk, True),
    ]
    assert [one.said["number"] for one in known] == [files["json"]["Export-Number"]]
    assert text not in "".join(f"{one.became} {one.withheld}" for one in entries)
    told = json.loads(files["json"].content)
    assert told["number"] == files["json"]["Export-Number"]
    periods = {one["name"]: one["period"] for one in told["classes"]}
    assert periods["Sessions"] == "Until it ends"
    assert periods["Ledger"] == "For good"
    assert files["pdf"].content.startswith(b"%PDF")
    if shutil.which("pdftotext"):
        run = subprocess.run(
            ["pdftotext", "-", "-"], input=files["pdf"].content, capture_output=True, check=True
        )
        paper = run.stdout.decode()
        assert "What is held about a person" in paper
        assert "directory_user: 1 row" in paper
        assert files["pdf"]["Export-Number"] in paper
    for who, status in (
        ("administrator", 200),
        ("coordinator", 403),
        ("officer", 403),
        ("platform_contact", 403),
    ):
        assert signed_in(who).post(PAGE, {"text": text}).status_code == status, who
