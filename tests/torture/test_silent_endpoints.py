"""A worker with two places, ten endpoints of one platform that never answer, and another platform that is told all the same."""

from __future__ import annotations

import signal
import socket
import time

import pytest

from takedowns.access.actor import SYSTEM
from takedowns.referrals.transitions import apply_to_all
from takedowns.webhooks.endpoints import create, wake
from takedowns.webhooks.feeding import ping
from tests.api.conftest import refer
from tests.people import make_people
from tests.torture.processes import start
from tests.webhooks.receiver import receiving

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]
DECISIONS = 60


def test_sixty_decisions_are_told_while_another_platforms_endpoints_never_answer(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for name, value in (("WEBHOOK_ALLOW_NETWORKS", "127.0.0.1/32"), ("WEBHOOK_PLAIN_HTTP", "1")):
        monkeypatch.setenv(name, value)
    settings.WEBHOOK_PLAIN_HTTP = True  # type: ignore[attr-defined]
    settings.WEBHOOK_ALLOW_NETWORKS = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    people = make_people()
    with receiving() as receiver, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(128)  # it connects, and nobody answers
        for number in range(10):
            hangs, _ = create("youtube", url=f"http://127.0.0.1:{silent.getsockname()[1]}/{number}")
            for _ in range(5):
                ping(hangs)
            wake(hangs.pk)
        _, secret = create("telegram", url=receiver.url)
        receiver.secrets.append(secret)
        worker = start("procrastinate", "worker", "--concurrency", "2")
        time.sleep(10)  # it has started, and the silent ones have all they get
        ids = refer(people, tuple(f"https://t.me/demo_silent/{number}" for number in range(DECISIONS)))
        began = time.monotonic()
        for one in ids:
            apply_to_all("acknowledge", [one], by=SYSTEM)
        while len(receiver.events()) < 2 * DECISIONS and time.monotonic() - began < 60:
            time.sleep(0.05)
        took = time.monotonic() - began
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)
    assert len(receiver.events()) == 2 * DECISIONS
    assert took < 20, "nobody waits fifteen seconds for each of the others"
