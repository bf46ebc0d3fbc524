"""The webhook pages: for a platform's own people and for administrators, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.webhooks.endpoints import create
from takedowns.webhooks.models import Delivery, Endpoint, EventType, Try
from tests.clients import SignedIn
from tests.people import People
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

MADE = {"owner": "telegram", "url": "https://hooks.example/new", "types": list(EventType.values)}


@pytest.fixture
def endpoint(people: People) -> Endpoint:
    return create("telegram", url="https://hooks.example/in", description="Trust and safety")[0]


def deliveries(endpoint: Endpoint, number: int) -> list[Delivery]:
    """Write a log of so many deliveries, each tried twice."""
    now = timezone.now()
    with acting_as(SYSTEM):
        Delivery.objects.bulk_create(
            Delivery(
                endpoint=endpoint,
                number=n,
                lane=n % 8,
                events=3,
                payload=b"{}",
                made_at=now,
                next_at=now,
                ended_at=now,
                state=Delivery.State.DELIVERED,
            )
            for n in range(1, number + 1)
        )
        made = list(Delivery.objects.order_by("number"))
        for status, problem in ((500, "It answered 500."), (204, "")):
            Try.objects.bulk_create(
                Try(delivery=one, at=now, status=status, problem=problem, milliseconds=12) for one in made
            )
    return made


@pytest.mark.parametrize("person", ["platform_contact", "administrator"])
def test_the_list_shows_the_endpoints(person: str, endpoint: Endpoint, signed_in: SignedIn) -> None:
    assert "https://hooks.example/in" in signed_in(person).get(reverse("web:webhooks")).content.decode()


def test_another_platforms_people_do_not_find_it(people: People, signed_in: SignedIn) -> None:
    other, _ = create("youtube", url="https://hooks.example/yt")
    client = signed_in("platform_contact")
    assert client.get(reverse("web:webhook", args=[other.pk])).status_code == 404
    assert "hooks.example/yt" not in client.get(reverse("web:webhooks")).content.decode()
    refused = client.post(reverse("web:webhooks"), {**MADE, "owner": "youtube"})
    assert refused.status_code == 422


def test_the_secret_is_shown_once(people: People, signed_in: SignedIn) -> None:
    client = signed_in("platform_contact")
    shown = client.post(reverse("web:webhooks"), MADE).content.decode()
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]+", shown))
    with acting_as(SYSTEM):
        made = Endpoint.objects.get()
    page = client.get(reverse("web:webhook", args=[made.pk])).content.decode()
    assert secret not in page
    again = client.post(reverse("web:webhook-rotate", args=[made.pk])).content.decode()
    assert secret not in again
    assert "whsec_" in again


def test_what_was_typed_stays_when_it_is_wrong(people: People, signed_in: SignedIn) -> None:
    response = signed_in("platform_contact").post(
        reverse("web:webhooks"), {**MADE, "url": "ftp://hooks.example/x", "description": "kept"}
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert "Only https is asked." in text
    assert 'value="ftp://hooks.example/x"' in text
    assert 'value="kept"' in text


def test_turning_off_and_sending_again(endpoint: Endpoint, signed_in: SignedIn) -> None:
    client, address = signed_in("administrator"), reverse("web:webhook", args=[endpoint.pk])
    one, _ = deliveries(endpoint, 2)
    text = client.get(address).content.decode()
    assert "It answered 500." in text
    again = reverse("web:webhook-replay", args=[endpoint.pk])
    assert (
        "1 delivery is sent again."
        in client.post(again, {"delivery": str(one.pk)}, follow=True).content.decode()
    )
    since = timezone.localtime(timezone.now() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    assert "1 delivery is sent again." in client.post(again, {"since": since}, follow=True).content.decode()
    assert client.post(again, {"since": "yesterday"}).status_code == 422
    assert client.post(again, {"delivery": "nonsense"}).status_code == 404
    off = client.post(address, {"url": endpoint.url, "types": ["referral.created"]}, follow=True)
    assert "Turned off by hand." in off.content.decode()
    refused = client.post(reverse("web:webhook-ping", args=[endpoint.pk]), follow=True)
    assert "Turn it on first." in refused.content.decode()


def test_the_pages_run_few_statements_however_long_the_log(endpoint: Endpoint, signed_in: SignedIn) -> None:
    client, address = signed_in("platform_contact"), reverse("web:webhook", args=[endpoint.pk])
    counts = []
    for number in (1, 60):
        with acting_as(SYSTEM):
            Delivery.objects.all().delete()
        deliveries(endpoint, number)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_OF_ANY + OF_THE_TEST
