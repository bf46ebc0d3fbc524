"""What callers read: pages, filters, ETags, one item in any spelling, figures, identities."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.models import SelfReport
from takedowns.holds.services import place
from takedowns.referrals.models import Item, Outlet
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import TELEGRAM, World

#: Words that say what agencies keep among themselves.
INTERNAL = ("officer", "submitted", "approved_at", "outlet", "hold", "exemptions", "reviewer")


def _ids(world: World, query: str = "", name: str = "telegram") -> list[str]:
    answer = world.program(name).get(f"referrals{query}")
    assert answer.status_code == 200, answer.content
    return [one["id"] for one in answer.json()["referrals"]]


@pytest.mark.parametrize("limit", [1, 2, 5, 6, 7])
def test_pages_show_each_referral_once(limit: int, world: World) -> None:
    seen, query = [], f"?limit={limit}"
    while query:
        answer = world.telegram.get(f"referrals{query}").json()
        seen += [one["id"] for one in answer["referrals"]]
        query = answer["next"] and f"?limit={limit}&after={answer['next']}"
    assert seen == sorted(map(str, world.made))


def test_a_platform_is_told_only_what_it_needs(world: World) -> None:
    with acting_as(SYSTEM):
        Item.objects.update(outlet=Outlet.objects.create(name="Lantern Media"))
    told = world.telegram.get(f"referrals/{world.made[0]}")
    text = told.content.decode().lower()
    assert told.json()["handling"] is None
    assert "lantern media" not in text
    assert not [word for word in INTERNAL if word in text.replace('"handling":null', "")]
    assert told.json()["agency"] == {"slug": "north", "name": "North Unit", "country": "NL"}
    assert world.north.get(f"referrals/{world.made[0]}").json()["handling"]["outlet"] == "Lantern Media"


def test_filters_narrow_and_combine(world: World) -> None:
    first, second, *rest = map(str, world.made)
    world.telegram.post(f"referrals/{first}/decision", {"verdict": "acknowledge"})
    world.telegram.post(f"referrals/{second}/decision", {"verdict": "decline", "decline_reason": "other"})
    assert _ids(world, "?status=acknowledged") == [first]
    assert _ids(world, "?status=acknowledged,declined") == [first, second]
    assert _ids(world, "?status=acknowledged&status=declined") == [first, second]
    assert _ids(world, "?status=referred&operation=RAD19&tier=4&instrument=referral") == rest
    assert _ids(world, "?status=submitted") == []
    assert _ids(world, "?operation=rad19&status=declined") == [second]
    assert _ids(world, "?platform=youtube") == []
    assert _ids(world, "?agency=north") == [first, second, *rest]
    assert _ids(world, "?kind=video") == []
    assert _ids(world, "?tier=2", "north") == sorted(map(str, world.made_to_youtube))


def test_due_before_and_updated_since(world: World) -> None:
    from takedowns.referrals.models import Referral

    soon = timezone.now() + timedelta(hours=1)
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=world.made[0]).update(due_at=soon)
    assert _ids(world, f"?due_before={(soon + timedelta(minutes=1)).isoformat().replace('+', '%2B')}") == [
        str(world.made[0])
    ]
    assert _ids(world, f"?due_before={soon.isoformat().replace('+', '%2B')}") == []
    assert len(_ids(world, "?updated_since=2019-11-21T00:00:00Z")) == 6
    assert (
        _ids(
            world, f"?updated_since={(timezone.now() + timedelta(minutes=1)).strftime('%Y-%m-%dT%H:%M:%SZ')}"
        )
        == []
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "t.me/demo_lantern/1",
        "https://telegram.me/s/demo_lantern/1?single",
        "tg://resolve?domain=demo_lantern%26post=1",
    ],
)
def test_an_item_is_found_in_any_spelling(spelling: str, world: World) -> None:
    assert _ids(world, f"?url={spelling}") == [str(world.made[0])]
    assert _ids(world, f"?url={spelling}", "youtube") == []


def test_an_unencoded_plus_is_named(world: World) -> None:
    wrong = world.telegram.get("referrals?updated_since=2019-11-21T10:00:00+01:00")
    assert wrong.status_code == 400
    assert "%2B" in wrong.json()["detail"]
    assert world.telegram.get("referrals?updated_since=2019-11-21T10:00:00%2B01:00").status_code == 200


def test_an_unchanged_referral_is_not_sent_again(world: World) -> None:
    path = f"referrals/{world.made[0]}"
    etag = world.telegram.get(path)["ETag"]
    for header in (etag, f"W/{etag}", f'"x", {etag}', "*"):
        same = world.telegram.get(path, **{"If-None-Match": header})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    apply_to_all("acknowledge", [world.made[0]], by=SYSTEM)
    changed = world.telegram.get(path, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] == f'"{changed.json()["etag"]}"' != etag


def test_an_unchanged_page_is_not_sent_again(world: World) -> None:
    path = "referrals?limit=3"
    etag = world.telegram.get(path)["ETag"]
    same = world.telegram.get(path, **{"If-None-Match": etag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", etag)
    assert world.telegram.get("referrals?limit=2", **{"If-None-Match": etag}).status_code == 200
    apply_to_all("acknowledge", [world.made[1]], by=SYSTEM)
    changed = world.telegram.get(path, **{"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def test_a_platforms_figures_are_its_own(world: World) -> None:
    world.telegram.post(
        f"referrals/{world.made[0]}/decision", {"verdict": "remove", "action": "visibility_removed"}
    )
    mine = world.telegram.get("operations/RAD19/statistics").json()
    assert [one["slug"] for one in mine["figures"]["platforms"]] == ["telegram"]
    assert (mine["figures"]["total"]["referred"], mine["figures"]["total"]["removed"]) == (6, 1)
    agencies = world.north.get("operations/RAD19/statistics").json()
    assert agencies["figures"]["total"]["referred"] == 8
    etag = world.telegram.get("operations/RAD19/statistics")["ETag"]
    assert world.telegram.get("operations/RAD19/statistics", **{"If-None-Match": etag}).status_code == 304


def test_a_platforms_own_totals_are_kept_beside_the_counts(world: World) -> None:
    reports = [
        {"day": "2019-11-21", "what": "accounts and bots", "count": 2096},
        {"day": "2019-11-22", "what": "accounts and bots", "count": 2959},
    ]
    path = "operations/RAD19/self-reports"
    assert world.telegram.call("put", path, {"reports": reports}).json() == {"reports": reports}
    reports[1]["count"] = 2960
    assert world.telegram.call("put", path, {"reports": reports[1:]}).json() == {"reports": reports}
    with acting_as(SYSTEM):
        assert SelfReport.objects.filter(platform_id="telegram", day=date(2019, 11, 22)).get().count == 2960
    assert world.youtube.get(path).json() == {"reports": []}
    assert world.telegram.call("put", path, {"reports": [{**reports[0], "count": -1}]}).status_code == 422


def test_operations_are_those_in_which_something_was_referred(world: World) -> None:
    assert [one["reference"] for one in world.telegram.get("operations").json()["operations"]] == ["RAD19"]
    assert world.absent.get("operations").json()["operations"] == []
    assert world.telegram.get("operations/rad19").json()["name"] == "Action day"


def test_identify_says_what_it_is_and_who_has_it(world: World) -> None:
    asked = ["telegram.me/demo_lantern/1", "https://t.me/demo_free/1", "not an address", ""]
    known, free, *refused = world.south.post("identify", {"urls": asked}).json()["results"]
    assert known["identity"]["url"] == TELEGRAM[0]
    assert [one["id"] for one in known["referrals"]] == [str(world.made[0])]
    assert not known["elsewhere"]
    assert (free["referrals"], free["elsewhere"], free["on_hold"]) == ([], False, False)
    assert all(one["identity"] is None and one["refusal"]["message"] for one in refused)
    far = world.absent.get("identify?url=t.me/demo_lantern/1").json()
    assert (far["referrals"], far["elsewhere"]) == ([], True)


def test_an_address_that_is_none_is_refused_alone(world: World) -> None:
    asked = [None, "t.me/demo_lantern/1", 7, "a\0b", "x" * 20_000, {"url": "t.me/x"}]
    answer = world.north.post("identify", {"urls": asked})
    assert answer.status_code == 200, answer.content
    results = answer.json()["results"]
    assert [bool(one["identity"]) for one in results] == [False, True, False, False, False, False]
    assert [one["refusal"] and one["refusal"]["code"] for one in results] == [
        "not_text",
        None,
        "not_text",
        "control_character",
        "too_long",
        "not_text",
    ]


def test_identify_says_that_there_is_a_hold_not_whose(world: World) -> None:
    with acting_as(SYSTEM):
        item = Item.objects.get(url=TELEGRAM[0])
    place(
        agency_id=world.people.agency.pk,
        by=SYSTEM,
        reason="We are reading it.",
        item_id=item.pk,
        ends_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
    answer = world.absent.get("identify?url=t.me/demo_lantern/1")
    assert answer.json()["on_hold"] is True
    assert b"reading" not in answer.content
    assert b"North" not in answer.content


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("auditor", 200), ("platform_contact", 403), ("stranger", 403), (None, 401)],
)
def test_staff_who_are_signed_in_may_identify_too(person: str | None, status: int, world: World) -> None:
    client: Any = Client()
    if person:
        client.force_login(getattr(world.people, person))
    assert client.get("/api/v1/identify?url=t.me/demo_lantern/1").status_code == status
    if person == "officer":
        # A session alone opens nothing else, and a forged form of another site nothing at all.
        assert client.get("/api/v1/referrals").status_code == 401
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(world.people.officer)
        assert (
            strict.post("/api/v1/identify", {"urls": ["t.me/x"]}, content_type="application/json").status_code
            == 403
        )
