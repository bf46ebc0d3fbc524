"""Registries asked as they are asked in the world: over TLS, through a proxy, by the library and the guarded client, whatever they answer."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import whoisit
from django.test import override_settings
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.hosting import rdap
from takedowns.hosting.contacts import look_up
from takedowns.hosting.models import Problem
from takedowns.hosting.rdap import Named, RdapError, network_of, registrar_of
from takedowns.outbound import Limits
from tests.clients import SignedIn
from tests.hosting.registries import (
    IANA,
    NETWORKS,
    OTHER_NETWORKS,
    REGISTRAR,
    REGISTRY,
    TO_REGISTRAR,
    Registries,
    Said,
    answering,
    entity,
    of_domain,
    of_network,
)
from tests.intake.test_load import hand_in
from tests.people import People

DOMAIN, NETWORK = f"{REGISTRY}/v1/domain/example.org", f"{NETWORKS}/registry/ip/8.8.8.8"
RELATED = f"{REGISTRAR}/rdap/domain/EXAMPLE.ORG"
NAMED = Named("abuse@names.example", "Names Ltd")


@pytest.fixture
def registries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    whoisit.clear_bootstrapping()
    with answering(tmp_path, monkeypatch) as made, override_settings(HTTPS_PROXY=made.tunnels.url()):
        made.say(DOMAIN, Said(of_domain("abuse@names.example")))
        made.say(NETWORK, Said(of_network("abuse@racks.example")))
        yield made
    whoisit.clear_bootstrapping()


def refused() -> str:
    with pytest.raises(RdapError) as error:
        registrar_of("example.org")
    return str(error.value)


def test_contacts_are_found_however_deep_they_are_nested(registries: Registries) -> None:
    assert registrar_of("example.org") == NAMED
    assert network_of("files.example.org") == Named("abuse@racks.example", "Racks GmbH")
    lists = [f"{IANA}/rdap/{one}.json" for one in ("asn", "dns", "ipv4", "ipv6", "object-tags")]
    assert registries.asked == [*lists, DOMAIN, NETWORK]
    assert {one["accept"] for one in registries.headers} == {"application/rdap+json, application/json"}
    # The proxy is told addresses, never whose name is asked for.
    assert all(one.startswith("CONNECT 8.8.4.") and ":443 " in one for one in registries.tunnels.asked)


def test_the_registrar_that_a_registry_links_to_is_asked_too(registries: Registries) -> None:
    registries.say(DOMAIN, Said(of_domain("", links=[TO_REGISTRAR])))
    registries.say(RELATED, Said(of_domain("desk@registrar.example")))
    assert registrar_of("example.org").mail_to == "desk@registrar.example"
    assert registries.times(DOMAIN) == registries.times(RELATED) == 1


@pytest.mark.parametrize(
    "said",
    [
        Said(b"<html>Down for maintenance</html>", headers={"Content-Type": "text/html"}),
        Said(b'{"objectClassName": "domain", "entities": [', 200),
        Said(["no", "object"]),
        Said({"errorCode": 500}, 500),
        Said({"errorCode": 429}, 429),
        Said({"objectClassName": "entity", "handle": "X"}),
        Said({"objectClassName": "domain", "handle": "X", "entities": [{"roles": ["Abuse"], "handle": "Y"}]}),
        Said(of_domain("")),
        Said(b"", 302, {"Location": "http://rdap.registrar.example/plain"}),
        Said(b"", 302, {"Location": "https://inside.example/rdap"}),
    ],
    ids=["page", "cut", "list", "fault", "busy", "other", "odd", "says-less", "plain", "inside"],
)
def test_what_a_registrar_answers_amiss_takes_nothing_of_what_the_registry_says(
    registries: Registries, said: Said
) -> None:
    registries.say(DOMAIN, Said(of_domain("abuse@names.example", links=[TO_REGISTRAR])))
    registries.say(RELATED, said)
    assert registrar_of("example.org") == NAMED
    assert registries.times(DOMAIN) == 1


def test_a_registry_that_sends_to_another_is_followed(registries: Registries) -> None:
    registries.say(NETWORK, Said(b"", 301, {"Location": f"https://{OTHER_NETWORKS}/ip/8.8.8.8"}))
    registries.say(f"{OTHER_NETWORKS}/ip/8.8.8.8", Said(of_network("abuse@moved.example")))
    assert network_of("files.example.org").mail_to == "abuse@moved.example"


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://rdap.registry.example/v1/domain/example.org", Problem.NOT_HTTPS),
        ("https://inside.example/", "inside.example has no public address that could be asked."),
        ("https://127.0.0.1/", "127.0.0.1 has no public address that could be asked."),
        ("https://rdap.registry.example:8443/", "Port 8443 is not asked; 443 are."),
        (f"https://{DOMAIN}", Problem.CIRCLE),
        ("https://unlisted.example/", "No connection"),
    ],
)
def test_a_redirect_leads_nowhere_that_may_not_be_asked(
    registries: Registries, location: str, why: str
) -> None:
    registries.say(DOMAIN, Said(b"", 302, {"Location": location}))
    assert refused().startswith(why)
    assert registries.times(DOMAIN) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said({"errorCode": 404, "title": "Not found", "description": ["No such domain."]}, 404), Problem.NO_RECORD),
        (Said({"errorCode": 403}, 403), Problem.DENIED),
        (Said(b"", 500), Problem.FAULT),
        (Said(b"", 503), Problem.FAULT),
        (Said({"errorCode": 429}, 429), Problem.BUSY),
        (Said({"errorCode": 429}, 429, {"Retry-After": "3600"}), Problem.BUSY),
        (Said({"errorCode": 429}, 429, {"Retry-After": "soon"}), Problem.BUSY),
        (Said(b'{"objectClassName": "domain", "handle"'), Problem.UNREADABLE),
        (Said(b"[" * 100_000), Problem.UNREADABLE),
        (Said("a text"), Problem.UNREADABLE),
        (Said({}), Problem.UNREADABLE),
        (Said(of_domain("x", entities=7)), Problem.UNREADABLE),
        (Said(b'"' + b"x" * 1024 * 1024, parts=3), "The answer is too long."),
        (
            Said(gzip.compress(b" " * 50_000_000), headers={"Content-Encoding": "gzip"}),
            "The answer is packed, which was not asked for.",
        ),
    ],
    ids=[
        "404", "403", "500", "503", "429", "429-long", "429-odd", "cut", "deep", "text", "empty", "shape", "long", "packed",
    ],
)  # fmt: skip
def test_every_other_answer_is_told_in_a_line(registries: Registries, said: Said, why: str) -> None:
    registries.say(DOMAIN, said)
    assert refused() == why
    assert registries.times(DOMAIN) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_a_registry_that_asks_to_wait_a_little_is_asked_once_more(
    registries: Registries, as_date: bool
) -> None:
    after = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    busy = Said({"errorCode": 429}, 429, {"Retry-After": after})
    registries.say(DOMAIN, busy, Said(of_domain("abuse@names.example")))
    began = time.monotonic()
    assert registrar_of("example.org") == NAMED
    assert time.monotonic() - began > 0.9
    assert registries.times(DOMAIN) == 2


def test_a_slow_one_is_not_waited_for(registries: Registries, monkeypatch: pytest.MonkeyPatch) -> None:
    registrar_of("example.org")
    monkeypatch.setattr(rdap, "LIMITS", Limits(total_s=1, max_bytes=1024))
    registries.say(DOMAIN, Said(b" ", pause_s=0.2, parts=50))
    began = time.monotonic()
    assert refused() == "No full answer within 1 s."
    assert time.monotonic() - began < 4


def test_a_question_ends_although_each_of_its_answers_is_in_time(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar_of("example.org")
    monkeypatch.setattr(rdap, "PATIENCE_S", 1)
    registries.say(DOMAIN, Said(b"", 302, {"Location": f"https://{REGISTRY}/1"}))
    for one in range(1, 5):
        moved = Said(b" ", 302, {"Location": f"https://{REGISTRY}/{one + 1}"}, pause_s=0.4)
        registries.say(f"{REGISTRY}/{one}", moved)
    assert refused().startswith("No full answer within")
    assert registries.times(f"{REGISTRY}/4") == 0


@pytest.mark.parametrize(
    "entities",
    [
        [],
        [entity("registrant", ["fn", {}, "text", "Somebody"], ["email", {}, "text", "somebody@owner.example"])],
        [entity("abuse", ["fn", {}, "text", "No mail"], handle="A1")],
        [{"objectClassName": "entity", "roles": ["abuse"], "handle": "A2", "vcardArray": ["vcard"]}],
    ],
)  # fmt: skip
def test_where_no_abuse_contact_is_named_nobody_is(registries: Registries, entities: Any) -> None:
    registries.say(DOMAIN, Said(of_domain("", entities=entities)))
    assert registrar_of("example.org") == Named()


def test_an_answer_needs_no_handle(registries: Registries) -> None:
    said = of_domain("abuse@names.example")
    del said["handle"], said["entities"][0]["handle"]
    registries.say(DOMAIN, Said(said))
    assert registrar_of("example.org") == NAMED


@pytest.mark.parametrize(
    "broken",
    [
        Said(b"", 503),
        Said(b"<html>"),
        Said({"services": []}),
        Said({"services": [[["not a network"], ["https://x.example/"]]]}),
        Said({"services": "none"}),
        Said({"services": [[1]]}),
    ],
)
def test_lists_that_cannot_be_read_spoil_nothing_that_comes_after(
    registries: Registries, broken: Said
) -> None:
    name = f"{IANA}/rdap/ipv4.json"
    registries.say(name, broken, *registries.answers[name])
    assert refused() == Problem.NO_LISTS
    assert registrar_of("example.org") == NAMED


def test_old_lists_serve_where_no_new_ones_are_to_be_had(
    registries: Registries, monkeypatch: pytest.MonkeyPatch
) -> None:
    registrar_of("example.org")
    monkeypatch.setattr(whoisit, "bootstrap_is_older_than", lambda days: days == rdap.DAYS_OF_LISTS)
    first = f"{IANA}/rdap/asn.json"
    good = registries.answers[first]
    registries.say(first, Said(b"", 500))
    assert registrar_of("example.org") == NAMED
    registries.say(first, *good)
    assert registrar_of("example.org") == NAMED
    assert registries.times(first) == 3


def test_an_ending_without_a_registry_is_told_as_such(registries: Registries) -> None:
    with pytest.raises(RdapError, match=Problem.NO_REGISTRY):
        registrar_of("files.invalid")


def test_a_coordinator_reads_what_registries_said_in_plain_words(
    people: People, signed_in: SignedIn, registries: Registries
) -> None:
    hand_in(people, "url\nhttps://files.example.org/a\n")
    registries.say(DOMAIN, Said({"errorCode": 404}, 404))
    page = "/operations/RAD19/hosts/example.org/"
    with override_settings(EXCHANGE=["hosts", "rdap"]):
        coordinator = signed_in("coordinator")
        coordinator.post(f"{page}look-up/")
        [job] = ProcrastinateJob.objects.filter(task_name="hosting.look_up")
        look_up(**job.args)
        shown = coordinator.get(page).content.decode()
    assert "abuse@racks.example (Racks GmbH)" in shown
    assert "Could not be asked: The registry has no record of it." in shown
