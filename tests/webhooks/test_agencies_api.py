"""An agency's key and an agency's coordinators manage its endpoints: as a platform does, and nobody else's."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.keys import create as create_key
from takedowns.directory.models import Scope
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.models import Endpoint
from tests.api.conftest import World, make_world
from tests.clients import SignedIn
from tests.people import People
from tests.webhooks.receiver import Receiver
from tests.webhooks.test_sandbox import caller, do_what_is_queued, types

NEW = "https://case-files.example/in"


@pytest.fixture
def world(people: People) -> World:
    return make_world(people)


def test_a_key_goes_the_whole_way_from_making_to_removing(world: World, receiver: Receiver) -> None:
    north = world.north
    made = north.post("webhooks", {"url": receiver.url, "description": "Case files"})
    assert made.status_code == 201, made.content
    receiver.secrets.append(made.json()["secret"])
    path = f"webhooks/{made.json()['endpoint']['id']}"
    assert [one["id"] for one in north.get("webhooks").json()["endpoints"]] == [made.json()["endpoint"]["id"]]
    assert north.get(path).json()["url"] == receiver.url
    assert north.call("patch", path, {"description": "Desk"}).json()["description"] == "Desk"
    assert north.post(f"{path}/ping", {}).status_code == 202
    do_what_is_queued()
    assert [call.body["type"] for call in receiver.taken] == ["ping"]
    answered = world.telegram.post(f"referrals/{world.made[0]}/decision", {"verdict": "acknowledge"})
    assert answered.status_code == 200
    do_what_is_queued()
    assert [(event["change"], event["referral_id"]) for event in receiver.events()] == [
        ("acknowledge", str(world.made[0]))
    ]
    told = north.get("changes?after=latest").json()
    assert told["changes"] == [], "the feed goes on from there"
    log = north.get(f"{path}/deliveries?limit=1").json()
    assert [one["state"] for one in log["deliveries"]] == ["delivered"]
    assert north.post(f"{path}/replay", {"delivery": log["deliveries"][0]["id"]}).json() == {"deliveries": 1}
    assert north.post(f"{path}/rotate", {}).json()["secret"] != made.json()["secret"]
    for other in (world.south, world.absent, world.telegram):
        for method, tail in (("get", ""), ("delete", ""), ("get", "/deliveries"), ("post", "/ping")):
            assert other.call(method, path + tail, {}).status_code == 404
    assert north.call("delete", path, None).status_code == 204
    assert north.get("webhooks").json() == {"endpoints": []}


def test_a_key_without_the_scope_is_refused_and_says_which(world: World) -> None:
    from tests.api.conftest import Program

    text = create_key(name="Reader", agency=world.people.agency, scopes=[Scope.REFERRALS_READ])[1]
    refused = Program(text).get("webhooks")
    assert refused.status_code == 403
    assert "webhooks:manage" in refused.json()["detail"]


def test_an_agencys_test_key_rehearses_it(people: People, receiver: Receiver, live_server: object) -> None:
    text = create_key(name="Trial", agency=people.agency, test=True, person=people.officer)[1]
    call = caller(live_server, text)  # type: ignore[arg-type]
    status, made = call("POST", "webhooks", {"url": receiver.url})
    assert status == 201, made
    receiver.secrets.append(made["secret"])
    status, told = call("POST", "sandbox/events", {"type": "platform_answered", "verdict": "remove"})
    assert status == 201, told
    assert do_what_is_queued() == {("webhooks.feed", True), ("webhooks.send", True)}
    assert types(receiver) == ["referral.updated"]
    assert receiver.events()[0]["change"] == "remove"
    assert call("POST", "sandbox/events", {"type": "seen_online"})[0] == 201
    do_what_is_queued()
    assert types(receiver)[-1] == "check.online_after_removal"
    with acting_as(SYSTEM):
        assert not Endpoint.objects.exists(), "nothing of it is real"


@pytest.mark.parametrize("person", ["coordinator", "administrator"])
def test_on_the_page_a_coordinator_manages_those_of_the_own_agency(
    person: str, people: People, signed_in: SignedIn
) -> None:
    client = signed_in(person)
    asked = {"url": NEW, "types": ["referral.created", "referral.updated"]}
    shown = client.post(reverse("web:webhooks"), asked | {"owner": str(people.other_agency.pk)})
    assert shown.status_code == 200
    assert re.search("whsec_[A-Za-z0-9+/=]+", shown.content.decode())
    with acting_as(SYSTEM):
        made = Endpoint.objects.get()
    assert made.owner == people.other_agency.pk
    page = client.get(reverse("web:webhook", args=[made.pk])).content.decode()
    assert "South Unit" in page
    assert NEW in client.get(reverse("web:webhooks")).content.decode()
    assert client.post(reverse("web:webhook-ping", args=[made.pk])).status_code == 302
    assert client.post(reverse("web:webhook-remove", args=[made.pk])).status_code == 302


def test_nobody_else_finds_them(people: People, signed_in: SignedIn) -> None:
    of_north, _ = create(people.agency.pk, url=NEW)
    coordinator = signed_in("coordinator")  # of South
    assert coordinator.get(reverse("web:webhook", args=[of_north.pk])).status_code == 404
    refused = coordinator.post(
        reverse("web:webhooks"), {"owner": str(people.agency.pk), "url": NEW, "types": ["referral.created"]}
    )
    assert refused.status_code == 422
    contact = signed_in("platform_contact")
    assert contact.get(reverse("web:webhook", args=[of_north.pk])).status_code == 404
    assert "North Unit" not in contact.get(reverse("web:webhooks")).content.decode()
    for person in ("officer", "reviewer"):
        client = signed_in(person)
        assert client.get(reverse("web:webhooks")).status_code == 403
        assert client.get(reverse("web:webhook", args=[of_north.pk])).status_code == 404
