"""The worker is killed amid its deliveries, again and again: every change arrives, each referral's in order."""

from __future__ import annotations

import signal
import time
from collections import defaultdict

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.transitions import apply_to_all
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.models import Delivery
from takedowns.webhooks.tasks import pick_up
from tests.api.conftest import refer
from tests.factories import wait_for_the_log
from tests.people import make_people
from tests.torture.processes import start
from tests.webhooks.receiver import Call, receiving

pytestmark = [pytest.mark.torture, pytest.mark.django_db(transaction=True)]
REFERRALS = 400
KILLS = 3


def test_every_webhook_arrives_though_the_worker_is_killed_amid_its_deliveries(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    for name, value in (("WEBHOOK_ALLOW_NETWORKS", "127.0.0.1/32"), ("WEBHOOK_PLAIN_HTTP", "1")):
        monkeypatch.setenv(name, value)
    settings.WEBHOOK_PLAIN_HTTP = True  # type: ignore[attr-defined]
    settings.WEBHOOK_ALLOW_NETWORKS = ["127.0.0.1/32"]  # type: ignore[attr-defined]
    people = make_people()
    with receiving() as receiver:
        _, secret = create("telegram", url=receiver.url)
        receiver.secrets.append(secret)

        def slowly(_: Call) -> tuple[int, dict[str, str]]:
            time.sleep(0.1)
            return 204, {}

        receiver.answer = slowly
        ids = refer(people, tuple(f"https://t.me/demo_killed/{number}" for number in range(REFERRALS)))
        for start_at in range(0, REFERRALS, 40):
            apply_to_all("acknowledge", ids[start_at : start_at + 40], by=SYSTEM)
            apply_to_all("remove", ids[start_at : start_at + 40], by=SYSTEM, action="visibility_removed")
            wait_for_the_log()
            pick_up(0)  # many deliveries in each lane
        for _ in range(KILLS):
            before = len(receiver.taken)
            worker = start("procrastinate", "worker", "--concurrency", "4")
            deadline = time.monotonic() + 60
            while len(receiver.taken) < before + 5:
                assert worker.poll() is None, "it ended before it could be killed"
                assert time.monotonic() < deadline
                time.sleep(0.01)
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)
            _the_leases_run_out()
        assert 0 < len(receiver.events()) < 3 * REFERRALS, "it was killed before the end"
        pick_up(0)  # each minute in a running worker
        assert start("procrastinate", "worker", "--one-shot", "--concurrency", "4").wait(120) == 0
        told: dict[str, list[str]] = defaultdict(list)
        for event in receiver.events():
            told[event["referral_id"]].append(event["change"])
        assert dict(told) == {str(pk): ["refer", "acknowledge", "remove"] for pk in ids}
        assert all(call.signed_by == 1 for call in receiver.taken)


def _the_leases_run_out() -> None:
    with acting_as(SYSTEM):
        Delivery.objects.filter(state=Delivery.State.WAITING).update(
            next_at=timezone.now(), calling_until=None
        )
