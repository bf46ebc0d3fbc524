"""Heads are given away where whoever rules the installation cannot take them back: by mail, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from django.test.utils import override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger import witnesses
from takedowns.ledger.consistency import between, last_note, note_named
from takedowns.ledger.keys import signing_keys
from takedowns.ledger.models import Head
from takedowns.ledger.verify_proof import check
from takedowns.ledger.verifying import verify
from tests.factories import make_referrals
from tests.people import make_people

pytestmark = pytest.mark.django_db(transaction=True)
TO = ["archive@court.example", "dpo@other.example"]


@override_settings(LEDGER_WITNESS_MAIL=TO, EMAIL_HOST="mail.example")
def test_the_head_that_was_mailed_shows_years_later_that_nothing_was_altered(
    sealed: Callable[[], int], mailoutbox: list[EmailMessage], tmp_path: Path
) -> None:
    assert not witnesses.mail_last(), "nothing is sealed yet"
    people = make_people()
    sealed()
    assert witnesses.mail_last()
    [mail] = mailoutbox
    assert mail.to == TO
    [(name, content, _type)] = mail.attachments
    with acting_as(SYSTEM):
        head = Head.objects.order_by("-size")[0]
    assert str(head.size) in str(name)
    assert head.note in str(mail.body)
    kept = tmp_path / str(name)
    kept.write_text(str(content))
    make_referrals(people.operation, people.agency, ["https://t.me/demo_a/1"])
    sealed()
    keys = signing_keys()
    assert verify([keys[0].public], witnesses.read(kept)).findings == []
    assert len(check(between(note_named(str(kept)), last_note()), str(keys[0].public))) == 2


@pytest.mark.parametrize(("to", "host", "copy"), [([], "m", False), (TO, "", False), (TO, "m", True)])
def test_nobody_is_mailed_where_that_is_not_wanted(
    sealed: Callable[[], int],
    mailoutbox: list[EmailMessage],
    monkeypatch: pytest.MonkeyPatch,
    to: list[str],
    host: str,
    *,
    copy: bool,
) -> None:
    make_people()
    sealed()
    monkeypatch.setattr("takedowns.accounts.mail.is_copy", lambda: copy)
    with override_settings(LEDGER_WITNESS_MAIL=to, EMAIL_HOST=host):
        assert not witnesses.mail_last()
    assert mailoutbox == []
