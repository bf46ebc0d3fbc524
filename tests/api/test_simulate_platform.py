"""``manage.py simulate_platform``: a platform that is played over real HTTP."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.simulation.mix import ANSWERS, USUAL, Mix
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Status
from takedowns.webhooks.feeding import feed
from takedowns.webhooks.models import ALL_LANES, Endpoint
from takedowns.webhooks.sending import send_next
from tests.api.conftest import TELEGRAM, World, make_world, refer
from tests.factories import wait_for_the_log
from tests.people import make_people


@pytest.fixture
def served(transactional_db: None, live_server: Any) -> tuple[World, str]:
    """A world that is committed, and the address at which it is served."""
    world = make_world(make_people())
    wait_for_the_log()
    return world, live_server.url


def play(
    world: World, url: str, monkeypatch: pytest.MonkeyPatch, *arguments: str, name: str = "telegram"
) -> str:
    monkeypatch.setenv("TAKEDOWNS_API_KEY", world.texts[name])
    said = StringIO()
    call_command("simulate_platform", "telegram", "--url", url, "--until-done", *arguments, stdout=said)
    return said.getvalue()


def statuses(world: World) -> Counter[str]:
    with acting_as(SYSTEM):
        return Counter(Referral.objects.filter(pk__in=world.made).values_list("status", flat=True))


def test_it_answers_all_that_waits_and_ends(
    served: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, url = served
    said = play(world, url, monkeypatch, "--mix", "removed=1")
    assert said == f"Answers taken: acknowledge {len(TELEGRAM)}, remove {len(TELEGRAM)}.\n"
    assert statuses(world) == {Status.REMOVED: len(TELEGRAM)}
    with acting_as(SYSTEM):
        assert set(
            Referral.objects.filter(pk__in=world.made_to_youtube).values_list("status", flat=True)
        ) == {Status.REFERRED}
    assert play(world, url, monkeypatch) == "Answers taken: none.\n", "a second run finds nothing to do"


def test_it_is_called_by_webhooks_instead(
    served: tuple[World, str], monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The worker is the test's own: it feeds and sends what a change queued, as procrastinate would."""
    world, url = served
    settings.WEBHOOK_PLAIN_HTTP, settings.WEBHOOK_ALLOW_NETWORKS = True, ["127.0.0.1/32"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    ended = threading.Event()

    def worker() -> None:
        later = ["https://t.me/demo_later/1", "https://t.me/demo_later/2"]
        try:
            while not ended.wait(0.2):
                with acting_as(SYSTEM):
                    endpoints = list(Endpoint.objects.values_list("pk", flat=True))
                if endpoints and later:
                    refer(world.people, tuple(later))
                    later.clear()
                    wait_for_the_log()
                for endpoint in endpoints:
                    feed(endpoint)
                    for lane in ALL_LANES:
                        send_next(endpoint, lane)
        finally:
            connection.close()

    thread = threading.Thread(target=worker)
    thread.start()
    try:
        said = play(
            world, url, monkeypatch, "--mix", "removed=1", "--webhook", f"http://127.0.0.1:{port}/hook"
        )
    finally:
        ended.set()
        thread.join(30)
    assert said == f"Answers taken: acknowledge {len(TELEGRAM) + 2}, remove {len(TELEGRAM) + 2}.\n"
    with acting_as(SYSTEM):
        assert not Endpoint.objects.exists(), "it takes its endpoint away again"


def test_it_asks_once_and_decides_when_it_is_answered(
    served: tuple[World, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, url = served
    play(world, url, monkeypatch, "--mix", "information=1")
    assert statuses(world) == {Status.INFORMATION_REQUESTED: len(TELEGRAM)}
    apply_to_all("provide_information", world.made, by=SYSTEM, answer="The whole channel.")
    wait_for_the_log()
    play(world, url, monkeypatch, "--mix", "information=1")
    assert statuses(world) == {Status.REMOVED: len(TELEGRAM)}
    with acting_as(SYSTEM):
        assert Event.objects.filter(kind="request_information").count() == len(TELEGRAM)


def test_a_limited_speed_is_kept(served: tuple[World, str], monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    world, url = served
    started = time.monotonic()
    play(world, url, monkeypatch, "--per-minute", "360")  # 12 answers at 6 a second
    assert time.monotonic() - started >= 1.5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--mix", "gone=1"], "There is no answer “gone”"),
        (["--mix", "removed=x"], "write a number"),
        (["--mix", "removed=0"], "at least one answer"),
        (["--per-minute", "-1"], "0 or more"),
        (["--key-file", "nowhere/key"], "cannot be read"),
    ],
)
def test_what_is_asked_wrongly_is_said(
    arguments: list[str], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAKEDOWNS_API_KEY", "tkd_0_0")
    with pytest.raises(CommandError, match=sentence):
        call_command("simulate_platform", "telegram", "--url", "http://127.0.0.1:9", *arguments)


def test_anothers_key_and_a_wrong_one_are_told(
    served: tuple[World, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world, url = served
    with pytest.raises(CommandError, match="belongs to youtube"):
        play(world, url, monkeypatch, name="youtube")
    (tmp_path / "key").write_text("tkd_0000000000_wrong\n")
    with pytest.raises(CommandError, match=r"failed \(401\)"):
        play(world, url, monkeypatch, "--key-file", str(tmp_path / "key"))


@given(seed=st.integers(), shares=st.dictionaries(st.sampled_from(list(ANSWERS)), st.integers(0, 9)))
def test_the_same_seed_draws_the_same_answers_and_none_without_a_share(
    seed: int, shares: dict[str, int]
) -> None:
    text = ",".join(f"{name}={share}" for name, share in shares.items())
    if not sum(shares.values()):
        with pytest.raises(ValueError, match="at least one"):
            Mix.parse(text, seed)
        return
    drawn = [Mix.parse(text, seed).answer(str(number)) for number in range(40)]
    assert drawn == [Mix.parse(text, seed).answer(str(number)) for number in range(40)]
    possible = {ANSWERS[name]["verdict"] for name, share in shares.items() if share}
    assert {one["verdict"] for one in drawn} <= possible


def test_the_usual_mix_is_drawn_as_it_says() -> None:
    counted = Counter(Mix.parse(USUAL).answer(str(number))["verdict"] for number in range(10_000))
    assert counted["remove"] == pytest.approx(8_500, rel=0.03)
    assert counted["request_information"] == pytest.approx(300, rel=0.2)
