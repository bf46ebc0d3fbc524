"""A day's work as every door does it is sound, by the command and its words."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.sealing import seal
from takedowns.ledger.verifying import verify, whole
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all, reopen
from takedowns.review.services import undo
from tests.factories import wait_for_the_log
from tests.intake.test_load import hand_in
from tests.people import make_people


@pytest.mark.django_db(transaction=True)
def test_the_practised_day_is_sound(practised_day: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert seal() > 500
    report = verify([signing_keys()[0].public])
    assert report.findings == []
    assert report.rows > 500
    call_command("verify")
    assert "Nothing was altered" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_nothing_of_an_untouched_record_is_read_row_by_row(
    practised_day: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal()
    slowly: list[int] = []
    monkeypatch.setattr(whole, "_compare", lambda _places, entries, _report: slowly.append(len(entries)))
    report = verify([signing_keys()[0].public])
    assert (report.findings, slowly) == ([], [])


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_or_goes_on_to_another_agency_is_no_forgery() -> None:
    people = make_people()
    hand_in(people, "url\nhttps://t.me/demo_one\nhttps://t.me/demo_two\nhttps://t.me/demo_three\n")
    hand_in(people, "url\nhttps://t.me/demo_three\n", by=people.other_officer)
    with acting_as(SYSTEM):
        ids = list(Referral.objects.order_by("item__key").values_list("pk", flat=True))
    one, three, two = ids
    apply_to_all("approve", [one, two], by=people.actor("reviewer"), exemptions_checked=True)
    assert undo([one], by=people.actor("reviewer")).moved == [one]
    assert reopen([two], by=people.actor("officer"), at=timezone.now(), because="kind") == [two]
    withdrawn = apply_to_all("withdraw", [three], by=people.actor("officer"), reason="Ours no more.")
    assert withdrawn.passed_on == 1
    wait_for_the_log()
    assert seal() > 0
    report = verify([signing_keys()[0].public])
    assert [str(found) for found in report.findings] == []
