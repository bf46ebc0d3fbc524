"""A copy of an installation calls no endpoint, and nothing is lost for the installation itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from takedowns.accounts.mail import mail_works
from takedowns.installation.identity import claim
from tests.people import People
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_webhooks import ITEMS, refer, wait_for_the_log


def test_a_copy_calls_and_mails_nobody_until_somebody_says_that_it_is_the_real_one(
    people: People, receiver: Receiver, deliver: Callable[[], None], settings: Any
) -> None:
    settings.EMAIL_HOST = "mail.example"
    assert mail_works()
    settings.SITE_URL = "https://training.example"
    refer(people, ITEMS[:1])
    wait_for_the_log()
    deliver()
    assert receiver.taken == []
    assert not mail_works()
    claim()
    deliver()
    assert len(receiver.taken) == 1
    assert mail_works()
