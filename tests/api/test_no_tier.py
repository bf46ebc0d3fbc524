"""A row without a tier has none: it is not put into the lowest, and nobody is told that it was."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import ApiKey
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Cell, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import dispatch
from takedowns.sending.models import HandOff
from tests.api.conftest import World

LIST = """URL;Stufe
https://t.me/demo_tier_five/1;5
https://t.me/demo_tier_empty/2;
https://t.me/demo_tier_dash/3;–
https://t.me/demo_tier_word/4;irgendwann
https://t.me/demo_tier_high/5;hoch
"""
TIERS = {"five": 5, "empty": None, "dash": None, "word": None, "high": 2}


def _hand_in(world: World) -> dict[str, Any]:
    answer = world.north.client.post(
        "/api/v1/submissions?operation=RAD19",
        LIST.encode(),
        content_type="text/csv",
        headers={"Authorization": f"Bearer {world.north.text}"},
    )
    assert answer.json()["counts"] == {"new": 5}
    with acting_as(SYSTEM):
        made = Referral.objects.filter(submission_id=answer.json()["id"]).select_related("item")
        return {one.item.url.split("demo_tier_")[1].partition("/")[0]: one for one in made}


def test_empty_stays_empty_and_is_counted_apart(world: World) -> None:
    made = _hand_in(world)
    assert {name: one.tier_told for name, one in made.items()} == TIERS
    with acting_as(SYSTEM):
        cells = set(
            Cell.objects.filter(pk__in=[one.cell_id for one in made.values()]).values_list("tier", flat=True)
        )
    assert len(cells) == 3, "of the fifth, of the second, of none"


def test_the_platform_reads_that_there_is_none(world: World) -> None:
    made = _hand_in(world)
    ids = [one.pk for one in made.values()]
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids, by=SYSTEM)
    assert {
        name: world.telegram.get(f"referrals/{one.pk}").json()["tier"] for name, one in made.items()
    } == TIERS


def test_a_list_that_is_handed_off_leaves_it_empty(world: World) -> None:
    made = _hand_in(world)
    apply_to_all("approve", [one.pk for one in made.values()], by=SYSTEM, exemptions_checked=True)
    with acting_as(SYSTEM):
        ApiKey.objects.filter(platform="telegram").delete()
    done = dispatch(world.people.operation, by=world.people.actor("coordinator"), platform="telegram")
    with acting_as(SYSTEM):
        content = bytes(HandOff.objects.get(dispatch=done).content).decode("utf-8-sig")
    told = {row["url"]: row["tier"] for row in csv.DictReader(io.StringIO(content))}
    assert {name: told[one.item.url] for name, one in made.items()} == {
        name: str(tier or "") for name, tier in TIERS.items()
    }


def test_pages_say_so_and_whoever_reviews_may_give_one(world: World) -> None:
    made = _hand_in(world)["empty"]
    client = Client()
    client.force_login(world.people.reviewer)
    page = client.get(reverse("web:referral", args=["RAD19", made.pk])).content.decode()
    assert "no tier given" in page
    assert "tier 9" not in page
    assert not correct([Correction(made.pk, tier=1)], by=world.people.actor("officer")).refused
    assert "tier 1" in client.get(reverse("web:referral", args=["RAD19", made.pk])).content.decode()
