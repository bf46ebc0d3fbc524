"""No page fails at what stands in an address or a form: odd numbers, NUL, broken encodings, nonsense where a name is meant."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import acting_as
from takedowns.search.models import SavedView
from tests.clients import SignedIn, Work
from tests.web import access
from tests.web.test_access_table import arguments  # noqa: F401 - a fixture

#: Every parameter that some page reads.
PARAMETERS = (
    "q",
    "after",
    "before",
    "last",
    "select",
    "one",
    "referral",
    "status",
    "availability",
    "platform",
    "agency",
    "kind",
    "instrument",
    "tier",
    "language",
    "outlet",
    "listed_group",
    "columns",
    "as_of",
    "with",
    "live",
    "line",
    "outcome",
    "what",
    "others",
    "operation",
    "read",
    "public",
    "page",
    "by",
    "from",
    "to",
    "days",
    "show",
    "back",
    "next",
    "view",
    "step",
    "hour",
    "width",
    "theme",
    "url",
    "sort",
    "submission",
)
ODD = ("%00", "²", "9" * 40, "%FF[]", "-1")
#: In a form: what no number, no moment, no name and no database takes.
ODD_IN_A_FORM = ("²", "a\0b", "9" * 40)
PEOPLE = ("coordinator", "administrator", "officer")


def _asked(client: Client, method: str, address: str, sent: Any = None) -> int:
    with transaction.atomic():
        response: Any = client.get(address) if method == "GET" else client.post(address, sent)
        b"".join(response)
        transaction.set_rollback(True)
    return int(response.status_code)


@pytest.fixture
def clients(signed_in: SignedIn) -> list[Client]:
    found = [signed_in(person) for person in PEOPLE]
    for client in found:
        client.raise_request_exception = False
    return found


def test_no_page_fails_at_an_odd_parameter(
    clients: list[Client],
    arguments: dict[str, list[Any]],  # noqa: F811
) -> None:
    failed = []
    for name in access.pages():
        address = reverse(f"web:{name}", args=arguments[name])
        for odd in ODD:
            text = odd if odd.startswith("%") else quote(odd)
            query = "&".join(f"{parameter}={text}" for parameter in PARAMETERS)
            if _asked(clients[0], "GET", f"{address}?{query}") >= 500:
                failed.append((name, odd))
    assert not failed


@pytest.mark.parametrize("odd", ["0001-01-01", "9999-12-31"])
def test_no_page_fails_at_a_day_that_no_clock_here_shows(
    clients: list[Client],
    arguments: dict[str, list[Any]],  # noqa: F811
    odd: str,
) -> None:
    """The first moment of the first year is one before it in UTC."""
    query = "&".join(f"{parameter}={odd}" for parameter in (*PARAMETERS, "from", "to", "referred_from"))
    asked = [one for one in access.pages() if re.search(r"figures|referrals|regulation|report|log", one)]
    addresses = [f"{reverse(f'web:{name}', args=arguments[name])}?{query}" for name in asked]
    assert len(addresses) >= 5
    assert [one for one in addresses if _asked(clients[0], "GET", one) >= 500] == []


def test_no_form_fails_at_an_odd_value(
    work: Work,
    clients: list[Client],
    arguments: dict[str, list[Any]],  # noqa: F811
) -> None:
    failed = []
    for name, (_, sent) in access.ACTIONS.items():
        address = reverse(f"web:{name}", args=arguments[name]) + access.QUERIES.get(name, "")
        whole = {**sent, "agency": str(work.people.agency.pk), "referral": [str(work.referral_ids[0])]}
        whole |= {
            "back": "/",
            "note": "n",
            "expected": "0",
            "delivery": str(work.submission.pk),
            "query": "tier=1",
        }
        client = (
            clients[1]
            if name
            in (
                "platform",
                "platform-make",
                "agencies",
                "agency",
                "key-make",
                "key-rotate",
                "people",
                "person",
                "webhooks",
                "webhook",
                "webhook-replay",
                "host-take-back",
            )
            else clients[0]
        )
        # All fields at once, then each alone among others that are right.
        tries = [(odd, dict.fromkeys(whole, odd)) for odd in ODD_IN_A_FORM]
        for place, field in enumerate(whole):
            odd = ODD_IN_A_FORM[place % len(ODD_IN_A_FORM)]
            tries.append((f"{field}: {odd}", {**whole, field: odd}))
        tries.append(("expected: ²", {**whole, "expected": "²"}))
        failed += [(name, told) for told, form in tries if _asked(client, "POST", address, form) >= 500]
    assert not failed


@pytest.mark.parametrize(
    "path", ["outlets/?q=%00", "find/?q=a%00b", "news/?%00=1", "operations/RAD19/referrals/?after=%00"]
)
def test_a_nul_in_an_address_is_told_in_a_sentence(path: str, signed_in: SignedIn, work: Work) -> None:
    response = signed_in("coordinator").get(f"/{path}")
    assert response.status_code == 400
    assert "%00" in response.content.decode()
    response = signed_in("coordinator").get(f"/{path}", headers={"Accept-Language": "de"})
    assert "Adresse" in response.content.decode()


def test_bytes_that_are_no_text_are_told_and_never_replaced(signed_in: SignedIn, work: Work) -> None:
    client = signed_in("coordinator")
    assert client.get("/find/?q=a%FFb").status_code == 400
    keep = "/operations/RAD19/referrals/views/keep/"
    response = client.post(keep, "name=a%FFb&query=", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "UTF-8" in response.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert not SavedView.objects.exists()
    sent = "name=caf%C3%A9+%E2%82%AC&query=tier%3D1"
    answer = client.post(keep, sent, content_type="application/x-www-form-urlencoded", follow=True)
    assert "café €" in answer.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert SavedView.objects.get().name == "café €"


def test_a_nul_in_a_form_is_told_in_a_sentence_and_nothing_is_written(
    signed_in: SignedIn, work: Work
) -> None:
    response = signed_in("coordinator").post(
        "/operations/RAD19/referrals/views/keep/", {"name": "a\0b", "query": ""}
    )
    assert response.status_code == 400
    assert "NUL" in response.content.decode()
    with acting_as(work.people.actor("coordinator")):
        assert not SavedView.objects.exists()
