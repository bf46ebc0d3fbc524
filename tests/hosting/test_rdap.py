"""Registries are asked by RDAP only where the operator allows it, only at public addresses, once a month. The registries are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import whoisit
from django.test import override_settings
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns import outbound
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.hosting import rdap
from takedowns.hosting.contacts import contacts_of, look_up
from takedowns.hosting.models import AbuseContact
from takedowns.outbound import Answer
from tests.clients import SignedIn
from tests.intake.test_load import hand_in
from tests.people import People

ALLOWED = override_settings(EXCHANGE=["hosts", "rdap"])
REGISTRY, NETWORKS = "https://rdap.registry.example/", "https://rdap.networks.example/"


def entity(role: str, name: str, mail: str = "") -> dict[str, Any]:
    card = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    if mail:
        card.append(["email", {}, "text", mail])
    return {
        "objectClassName": "entity",
        "handle": f"H-{role}",
        "roles": [role],
        "vcardArray": ["vcard", card],
    }


DOMAIN = {
    "objectClassName": "domain",
    "handle": "D1",
    "ldhName": "example.org",
    "entities": [
        {
            **entity("registrar", "Names Ltd"),
            "entities": [entity("abuse", "Abuse desk", "abuse@names.example")],
        }
    ],
}
NETWORK = {
    "objectClassName": "ip network",
    "handle": "N1",
    "startAddress": "8.8.8.0",
    "endAddress": "8.8.8.255",
    "entities": [entity("registrant", "Racks GmbH"), entity("abuse", "Abuse", "abuse@racks.example")],
}


class World:
    """IANA's lists and two registries, as they answer; what is asked elsewhere goes the true guarded way."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.registry = REGISTRY
        self.domain: Any = DOMAIN

    def send(self, method: str, url: str, **how: Any) -> Answer:
        self.asked.append(url)
        said = self.says(url)
        if said is None:
            return outbound.send(method, url, **how)
        assert (how["plain_http"], how["ports"]) == (False, (443,))
        return Answer(
            200, {"content-type": "application/rdap+json"}, json.dumps(said).encode(), False, "8.8.8.8"
        )

    def says(self, url: str) -> Any:
        lists = {
            "asn": [[["1-2"], [NETWORKS]]],
            "dns": [[["org"], [self.registry]]],
            "ipv4": [[["8.0.0.0/8"], [NETWORKS]]],
            "ipv6": [[["2000::/3"], [NETWORKS]]],
            "object-tags": [[["ops@networks.example"], ["X"], [NETWORKS]]],
        }
        name = url.rpartition("/")[2].removesuffix(".json")
        if url.startswith("https://data.iana.org/rdap/"):
            return {"version": "1.0", "services": lists[name]}
        return {f"{REGISTRY}domain/example.org": self.domain, f"{NETWORKS}ip/8.8.8.8": NETWORK}.get(url)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World()
    monkeypatch.setattr(rdap, "send", made.send)
    monkeypatch.setattr(rdap, "resolve", lambda host, port: ["10.0.0.1", "8.8.8.8"])
    whoisit.clear_bootstrapping()
    yield made
    whoisit.clear_bootstrapping()


def said() -> list[tuple[str, str, str]]:
    return [(one.source, one.mail_to, one.organisation) for one in contacts_of("example.org")]


def test_both_registries_are_asked_once_and_their_answers_are_kept(db: None, world: World) -> None:
    with ALLOWED:
        look_up("example.org", "files.example.org")
        assert said() == [
            ("network", "abuse@racks.example", "Racks GmbH"),
            ("registrar", "abuse@names.example", "Names Ltd"),
        ]
        times = len(world.asked)
        look_up("example.org", "files.example.org")
        assert len(world.asked) == times == 7  # five lists of IANA, two registries
        with acting_as(SYSTEM):
            AbuseContact.objects.update(found_at=timezone.now() - timedelta(days=31))
        look_up("example.org", "files.example.org")
        assert len(world.asked) == times + 2


def test_nobody_is_asked_unless_the_operator_allows_it(db: None, world: World) -> None:
    with override_settings(EXCHANGE=["hosts"]):
        look_up("example.org", "files.example.org")
    assert (world.asked, said()) == ([], [])


def test_a_registry_that_leads_inside_is_not_asked(db: None, world: World) -> None:
    world.registry = "https://127.0.0.1/"
    with ALLOWED:
        look_up("example.org", "files.example.org")
    found = {one.source: one for one in contacts_of("example.org")}
    assert found["network"].problem == ""
    assert found["registrar"].mail_to == ""
    assert "no public address" in found["registrar"].problem


@pytest.mark.parametrize(
    "answer",
    [
        {}, [], "text", {"handle": "D1", "entities": "none"}, {"handle": "D1", "events": [{"eventAction": 7}]},
        {**DOMAIN, "entities": [entity("abuse", "X", "no address\r\nBcc: a@b.example")]},
    ],
)  # fmt: skip
def test_what_a_registry_answers_amiss_is_told_and_hurts_nothing(db: None, world: World, answer: Any) -> None:
    world.domain = answer
    with ALLOWED:
        look_up("example.org", "files.example.org")
    [_network, registrar] = contacts_of("example.org")
    assert (registrar.mail_to, registrar.problem != "") == ("", True)


def test_a_coordinator_has_registries_asked_and_finds_their_answer_in_the_form(
    people: People, signed_in: SignedIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in(people, "url\nhttps://files.example.org/a\n")
    page = "/operations/RAD19/hosts/example.org/"
    with ALLOWED:
        client = signed_in("coordinator")
        client.post(f"{page}look-up/")
        client.post(f"{page}look-up/")
        [job] = ProcrastinateJob.objects.filter(task_name="hosting.look_up")
        look_up(**job.args)
        shown = client.get(page)
        assert 'value="abuse@racks.example"' in shown.content.decode()
        assert "abuse@names.example" in shown.content.decode()
        assert signed_in("officer").post(f"{page}look-up/").status_code == 403
        with monkeypatch.context() as without:
            without.setattr("takedowns.hosting.contacts.find_spec", lambda _name: None)
            refused = client.post(f"{page}look-up/")
            assert refused.status_code == 404
            assert "is missing here" in refused.content.decode()
    with override_settings(EXCHANGE=["hosts"]):
        assert client.post(f"{page}look-up/").status_code == 404
