"""ETags and conditions (RFC 9110, section 13): one tag, one body; and what a proxy makes of a tag still names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.complaints.services import Complained, record_complaints
from takedowns.pages.etags import is_named
from takedowns.referrals.availability import Look
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.verification.recording import record_checks
from tests.api.conftest import World

Happens = Callable[[World], object]


def _complained(world: World) -> None:
    record_complaints([Complained(world.made[0], timezone.now(), puid="c-1")], by=SYSTEM)


def _asked(world: World) -> None:
    apply_to_all("request_information", world.made[:1], by=SYSTEM, question="Which of the two?")


def _looked(world: World) -> None:
    with acting_as(SYSTEM):
        item = Referral.objects.get(pk=world.made[0]).item_id
    record_checks([Look(item, "online", timezone.now())], by=SYSTEM, robot="probe")


@pytest.mark.parametrize("path", ["referrals/{}", "referrals?limit=10", "operations/RAD19/statistics"])
@pytest.mark.parametrize("happens", [_complained, _asked, _looked])
def test_a_tag_names_one_body(happens: Happens, path: str, world: World) -> None:
    if happens is _complained:
        apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    path = path.format(world.made[0])
    before = world.telegram.get(path)
    happens(world)
    after = world.telegram.get(path)
    bodies = [{**one.json(), "as_of": None} for one in (before, after)]
    again = world.telegram.get(path, **{"If-None-Match": before["ETag"]})
    assert (again.status_code == 200) >= (bodies[0] != bodies[1])
    if path.startswith("referrals/"):
        assert bodies[0] != bodies[1]
        assert before["ETag"] != after["ETag"]


@pytest.mark.parametrize("path", ["referrals/{}", "referrals", "operations/RAD19/statistics"])
@pytest.mark.parametrize("made", ["{}", "W/{}", '{0}-gzip"', 'W/{0}-br"', '"other", {}', "*"])
def test_a_tag_that_a_proxy_changed_still_names_what_was_seen(made: str, path: str, world: World) -> None:
    path = path.format(world.made[0])
    etag = world.telegram.get(path)["ETag"].removeprefix("W/")
    given = made.format(etag if "-" not in made else etag[:-1])
    assert world.telegram.get(path, **{"If-None-Match": given}).status_code == 304
    assert world.telegram.get(path, **{"If-None-Match": 'W/"other"'}).status_code == 200


def test_figures_have_a_weak_tag_since_they_say_when_they_were_asked_for(world: World) -> None:
    for path in ("operations/RAD19/statistics", "operations/RAD19/statistics/json-stat"):
        assert world.telegram.get(path)["ETag"].startswith('W/"')
    assert world.telegram.get("referrals")["ETag"].startswith('"')


@pytest.mark.parametrize("made", ["W/{}", '"other", {}', "*", "{}"])
def test_an_answer_on_condition_is_taken_with_a_tag_made_weak(made: str, world: World) -> None:
    path = f"referrals/{world.made[0]}"
    condition = {"If-Match": made.format(world.telegram.get(path)["ETag"])}
    answer = world.telegram.post(f"{path}/decision", {"verdict": "acknowledge"}, **condition)
    assert answer.status_code == 200, answer.content
    condition = {"If-Match": made.format(_listed(world))}
    decision = {"verdict": "decline", "decline_reason": "other"}
    assert world.telegram.post(f"{path}/decision", decision, **condition).status_code == 200


def test_a_complaint_meanwhile_fails_the_condition_of_whoever_read_the_history(world: World) -> None:
    apply_to_all("remove", world.made[:1], by=SYSTEM, action="visibility_removed")
    one = world.made[0]
    whole, listed = world.telegram.get(f"referrals/{one}").json()["etag"], _listed(world).strip('"')
    assert whole.startswith(listed)
    _complained(world)
    row = {"referral": str(one), "verdict": "reinstate", "reason": "A museum's catalogue."}
    refused = world.telegram.post("decisions", {"decisions": [{**row, "if_match": whole}]}).json()["results"]
    assert refused[0]["code"] == "changed"
    # A list shows no history, so its tag stands.
    taken = world.telegram.post("decisions", {"decisions": [{**row, "if_match": listed}]}).json()["results"]
    assert taken[0]["outcome"] == "moved"


def _listed(world: World) -> str:
    found = world.telegram.get("referrals").json()["referrals"]
    return next(f'"{one["etag"]}"' for one in found if one["id"] == str(world.made[0]))


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (None, False),
        ("", False),
        ('"a"', True),
        ("a", True),
        ("W/a, b", True),
        ('"b", W/"a"', True),
        ('"a-b"', False),
        ('"b"', False),
        ('"a-zstd"', True),
        ("*", True),
        ('"a', False),
    ],
)
def test_which_conditions_name_a_tag(header: str | None, named: bool) -> None:
    assert is_named(header, "a") is named


def test_an_answer_in_a_list_tells_the_etag_for_the_next_one(world: World) -> None:
    rows = [
        {"referral": str(one), "verdict": "acknowledge"} for one in (*world.made[:2], world.unreleased[0])
    ]
    first, second, refused = world.telegram.post("decisions", {"decisions": rows}).json()["results"]
    assert refused["etag"] is None
    shown = world.telegram.get("referrals?limit=1000").json()["referrals"]
    for one, told in zip(world.made, (first, second), strict=False):
        assert told["etag"] == next(each["etag"] for each in shown if each["id"] == str(one))
    remove = {"verdict": "remove", "action": "visibility_removed", "if_match": first["etag"]}
    rows = [{"referral": str(one), **remove} for one in world.made[:2]]
    done = world.telegram.post("decisions", {"decisions": rows}).json()["results"]
    assert [one["code"] for one in done] == [None, "changed"], "the etag is of its own referral"
