"""A file of figures that somebody took is an entry: the digest of its bytes, who took it, with which filters."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.ledger.models import Entry
from tests.clients import SignedIn, Work


@pytest.mark.parametrize(
    ("page", "arguments", "query"),
    [("export-csv", [], ""), ("export-json", [], ""), ("figures-report", ["csv"], "?platform=telegram")],
)
def test_an_export_carries_the_number_of_its_entry(
    work: Work, signed_in: SignedIn, page: str, arguments: list[str], query: str
) -> None:
    answer = signed_in("coordinator").get(reverse(f"web:{page}", args=["RAD19", *arguments]) + query)
    assert answer.status_code == 200
    with acting_as(SYSTEM):
        entry = Entry.objects.get(number=int(answer["Ledger-Entry"]))
    assert (entry.what, entry.action, entry.person_id) == ("export", "done", work.people.coordinator.pk)
    assert json.loads(entry.became or "")["sha256"] == sha256(answer.content).hexdigest()
    assert query.lstrip("?") in (entry.withheld or "")
