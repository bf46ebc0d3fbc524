"""Webhooks in the sandbox: signed, logged and repeated as the real ones are, about invented referrals, and never beside real ones."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create
from takedowns.directory.models import Platform
from takedowns.webhooks.models import Delivery, Endpoint
from takedowns.webhooks.tasks import feed_endpoint, pick_up, send_due
from takedowns.webhooks.turns import SANDBOX_TURNS, waiting_lanes
from tests.api.conftest import make_world
from tests.factories import wait_for_the_log
from tests.people import People
from tests.webhooks.receiver import Receiver

Call = Callable[..., tuple[int, Any]]


def caller(server: LiveServer, key: str) -> Call:
    """Return a function that calls the API over HTTP, as a program does."""

    def call(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{server.url}/api/v1/{path}", data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as refused:
            return refused.code, json.loads(refused.read())

    return call


def do_what_is_queued() -> set[tuple[str, bool]]:
    """Do as a worker what was queued about webhooks; return which jobs these were, and whether of the sandbox."""
    done: set[tuple[str, bool]] = set()
    wait_for_the_log()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE status = 'todo' AND task_name IN ('webhooks.feed', 'webhooks.send')"
                " AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1) RETURNING task_name, args"
            )
            job = cursor.fetchone()
        if job is None:
            return done
        name, args = job[0], json.loads(job[1]) if isinstance(job[1], str) else job[1]
        done.add((name, bool(args.get("sandbox"))))
        {"webhooks.feed": feed_endpoint, "webhooks.send": send_due}[name](**args)


def types(receiver: Receiver) -> list[str]:
    return [one["type"] for one in receiver.events()]


@pytest.fixture
def trial(people: People) -> str:
    return create(name="Trial", platform=Platform.objects.get(pk="telegram"), test=True)[1]


@pytest.fixture
def call(trial: str, live_server: LiveServer) -> Call:
    return caller(live_server, trial)


def test_a_test_endpoint_is_told_what_is_simulated_signed_and_in_its_log(
    call: Call, receiver: Receiver
) -> None:
    status, made = call("POST", "webhooks", {"url": receiver.url})
    assert status == 201, made
    receiver.secrets.append(made["secret"])
    path = f"webhooks/{made['endpoint']['id']}"
    assert call("POST", f"{path}/ping", {})[0] == 202
    assert do_what_is_queued() == {("webhooks.feed", True), ("webhooks.send", True)}
    assert [one.body["type"] for one in receiver.taken] == ["ping"]

    def happens(kind: str, **more: Any) -> Any:
        status, answer = call("POST", "sandbox/events", {"type": kind, **more})
        assert status == 201, answer
        do_what_is_queued()
        return answer["referral"]

    assert happens("referral_made")["status"] == "referred"
    assert happens("order_issued")["instrument"] == "removal_order"
    assert happens("withdrawn")["status"] == "withdrawn"
    assert happens("due_soon")["due_at"]
    assert types(receiver)[:3] == ["referral.created", "referral.created", "referral.withdrawn"]
    # It was received, so that its hour runs, and soon ends.
    assert {*types(receiver)[3:]} == {"referral.updated", "referral.due_soon"}
    assert {one.signed_by for one in receiver.taken} == {1}
    assert {one["referral"]["operation"] for one in receiver.events()} == {"SANDBOX"}
    log = call("GET", f"{path}/deliveries")[1]["deliveries"]
    assert {one["state"] for one in log} == {"delivered"}
    before = len(receiver.taken)
    assert call("POST", f"{path}/replay", {"delivery": log[0]["id"]}) == (202, {"deliveries": 1})
    do_what_is_queued()
    assert [one.id for one in receiver.taken[before:]] == [log[0]["id"]]
    assert call("DELETE", path)[0] == 204


def test_the_call_says_that_it_is_of_the_sandbox_and_a_failing_one_troubles_nobody(
    call: Call, receiver: Receiver, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from takedowns.webhooks import sending

    sent: list[dict[str, str]] = []
    real = sending.send

    def kept(*args: Any, **options: Any) -> Any:
        sent.append(dict(options["headers"]))
        return real(*args, **options)

    monkeypatch.setattr(sending, "send", kept)
    receiver.answer = lambda _: (410, {})
    _, made = call("POST", "webhooks", {"url": receiver.url})
    call("POST", "sandbox/events", {"type": "referral_made"})
    do_what_is_queued()
    assert [one["takedowns-sandbox"] for one in sent] == ["true"]
    shown = call("GET", f"webhooks/{made['endpoint']['id']}")[1]
    assert (shown["active"], shown["disabled_because"]) == (False, "It answered 410 Gone.")
    assert not mailoutbox


def test_real_and_invented_webhooks_never_meet(
    call: Call, receiver: Receiver, people: People, live_server: LiveServer
) -> None:
    world = make_world(people)
    real = caller(live_server, world.texts["telegram"])
    _, of_test = call("POST", "webhooks", {"url": receiver.url})
    _, of_real = real("POST", "webhooks", {"url": f"{receiver.url}/real"})
    assert [one["id"] for one in call("GET", "webhooks")[1]["endpoints"]] == [of_test["endpoint"]["id"]]
    assert [one["id"] for one in real("GET", "webhooks")[1]["endpoints"]] == [of_real["endpoint"]["id"]]
    for program, other in ((call, of_real), (real, of_test)):
        path = f"webhooks/{other['endpoint']['id']}"
        for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/ping")):
            assert program(method, path + tail)[0] == 404, (method, tail)
    do_what_is_queued()
    receiver.secrets.append(of_test["secret"])
    call("POST", "sandbox/events", {"type": "referral_made"})
    assert do_what_is_queued() == {("webhooks.feed", True), ("webhooks.send", True)}
    assert [one.signed_by for one in receiver.taken] == [1]
    real("POST", f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    receiver.secrets[:] = [of_real["secret"]]
    assert do_what_is_queued() == {("webhooks.feed", False), ("webhooks.send", False)}
    assert [one.signed_by for one in receiver.taken] == [1, 1]
    with acting_as(SYSTEM):
        assert [one.url for one in Endpoint.objects.all()] == [f"{receiver.url}/real"]
        assert Delivery.objects.count() == 1, "the log of real work holds the real one alone"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_entry WHERE what = 'webhooks_endpoint'")
        assert cursor.fetchone()[0] == 1, "and so does its ledger"


def test_each_minute_the_worker_looks_after_the_sandbox_too(call: Call, receiver: Receiver) -> None:
    _, made = call("POST", "webhooks", {"url": receiver.url})
    receiver.secrets.append(made["secret"])
    call("POST", "sandbox/events", {"type": "withdrawn"})
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'webhooks.%%'")  # lost on the way
    wait_for_the_log()
    pick_up(0)
    assert waiting_lanes() == [], "nothing of it is taken for real"
    SANDBOX_TURNS.run()
    assert types(receiver) == ["referral.withdrawn"]


def test_a_reset_keeps_the_endpoint_which_is_told_of_the_new_ones(call: Call, receiver: Receiver) -> None:
    _, made = call("POST", "webhooks", {"url": receiver.url, "types": ["referral.created"]})
    receiver.secrets.append(made["secret"])
    assert call("POST", "sandbox/reset", {})[0] == 200
    do_what_is_queued()
    assert types(receiver) == ["referral.created"] * 60
