"""A day's work as every door does it is sound, by the command and its words."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from takedowns.ledger.keys import signing_keys
from takedowns.ledger.sealing import seal
from takedowns.ledger.verifying import verify


@pytest.mark.django_db(transaction=True)
def test_the_practised_day_is_sound(practised_day: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert seal() > 500
    report = verify([signing_keys()[0].public])
    assert report.findings == []
    assert report.rows > 500
    call_command("verify")
    assert "Nothing was altered" in capsys.readouterr().out
