"""``expand``: what belongs to each referral of a page comes with it, as its own addresses show it, at a fixed cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.api.serializers.referrals import MOST_EXPANDED, OF_EACH
from takedowns.directory.keys import create
from tests.api.conftest import Program, World, complaint_of, evidence_of, order_of, refer
from tests.api.test_case_work import refused

ALL = "history,order,complaints,checks,evidence"


@pytest.fixture
def filled(world: World) -> World:
    """Referrals with a complaint, evidence, looks and an order."""
    order_of(world)
    complaint_of(world)
    evidence_of(world)
    for seen in ("offline", "online"):
        told = world.north.post(f"referrals/{world.made[0]}/checks", {"seen": seen, "note": "Looked."})
        assert told.status_code == 201, told.content
    return world


def listed(program: Program, query: str) -> dict[str, dict[str, Any]]:
    answer = program.get(f"referrals?{query}")
    assert answer.status_code == 200, answer.content
    return {one["id"]: one for one in answer.json()["referrals"]}


def test_each_comes_as_its_own_address_shows_it(filled: World) -> None:
    one, order = str(filled.made[0]), str(filled.ordered)
    found = listed(filled.north, f"expand={ALL}")
    assert found[one]["complaints"] == filled.north.get(f"referrals/{one}/complaints").json()["complaints"]
    assert found[one]["checks"] == filled.north.get(f"referrals/{one}/checks").json()["checks"]
    assert [check["seen"] for check in found[one]["checks"]] == ["online", "offline"]
    assert found[one]["evidence"] == filled.north.get(f"referrals/{one}/evidence").json()["evidence"]
    assert found[one]["history"] == filled.north.get(f"referrals/{one}").json()["history"]
    assert found[one]["order"] is None
    assert found[order]["order"] == filled.north.get(f"referrals/{order}/order").json()
    other = found[str(filled.made[1])]
    assert (other["complaints"], other["checks"], other["evidence"]) == ([], [], [])
    assert found[one].keys() - {*ALL.split(",")} == listed(filled.north, "")[one].keys()
    single = filled.north.get(f"referrals/{one}?expand=complaints,evidence&fields=id").json()
    assert single == {name: found[one][name] for name in ("id", "complaints", "evidence")}
    part = listed(filled.telegram, "expand=order&fields=id,status")
    assert part[order].keys() == {"id", "status", "order"}
    assert part[order]["order"]["clock"]


def test_nobody_is_shown_by_it_what_is_not_theirs(filled: World) -> None:
    one = str(filled.made[0])
    assert listed(filled.south, "expand=evidence,checks")[one]["evidence"] == []
    assert {look["by"] for look in listed(filled.south, "expand=checks")[one]["checks"]} == {None}
    for path in ("referrals", f"referrals/{one}"):
        for name in ("checks", "evidence"):
            refused(filled.telegram.get(f"{path}?expand={name}"), 403, "forbidden")
        reader = create(name="R", agency=filled.people.agency, scopes=["referrals:read"])[1]
        refused(Program(reader).get(f"{path}?expand=evidence"), 403, "missing-scope")
        wrong = filled.telegram.get(f"{path}?expand=colour")
        assert (wrong.status_code, wrong.json()["errors"][0]["parameter"]) == (400, "expand")
    assert listed(filled.absent, "expand=checks,evidence,complaints") == {}
    platform = listed(filled.telegram, "expand=history,complaints")[one]
    assert {event["change"] for event in platform["history"]} <= {"refer", "remove", "complaint", "check"}


def test_a_page_of_it_is_bounded_and_says_so(filled: World) -> None:
    answer = filled.north.get(f"referrals?expand=order&limit={MOST_EXPANDED + 1}")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["parameter"], str(MOST_EXPANDED) in error["detail"]) == ("limit", True)
    assert filled.north.get(f"referrals?expand=order&limit={MOST_EXPANDED}").status_code == 200
    one = filled.made[1]
    for number in range(OF_EACH + 2):
        told = filled.north.post(f"referrals/{one}/checks", {"seen": "online", "note": f"{number}"})
        assert told.status_code == 201
    notes = [look["note"] for look in listed(filled.north, "expand=checks")[str(one)]["checks"]]
    assert notes == [str(number) for number in range(OF_EACH + 1, 1, -1)], "the latest"


def test_it_costs_one_statement_a_name_whatever_the_page_holds(filled: World) -> None:
    def cost(query: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert filled.north.get(f"referrals?{query}").status_code == 200
        return len(seen)

    few = cost(f"expand={ALL}&limit=1")
    refer(filled.people, tuple(f"https://t.me/demo_more/{number}" for number in range(30)))
    cost("")
    plain, whole = cost(""), cost(f"expand={ALL}")
    names = 5
    entries = 3  # of what else was shown, in the access log
    assert whole <= plain + names + entries
    assert whole >= few


def test_its_etag_speaks_of_all_that_is_shown(filled: World) -> None:
    one = str(filled.made[0])
    for path in ("referrals?expand=complaints", f"referrals/{one}?expand=complaints"):
        first = filled.telegram.get(path)
        assert first["ETag"] != filled.telegram.get(path.partition("?")[0])["ETag"]
        assert filled.telegram.get(path, **{"If-None-Match": first["ETag"]}).status_code == 304
    single = filled.telegram.get(f"referrals/{one}?expand=complaints")
    [complaint] = single.json()["complaints"]
    filled.telegram.post(f"complaints/{complaint['id']}/decision", {"verdict": "dismissed"})
    after = filled.telegram.get(f"referrals/{one}?expand=complaints", **{"If-None-Match": single["ETag"]})
    assert (after.status_code, after.json()["complaints"][0]["verdict"]) == (200, "dismissed")
    acknowledged = filled.telegram.post(
        f"referrals/{one}/decision",
        {"verdict": "reinstate", "reason": "Appeal."},
        **{"If-Match": f'"{after.json()["etag"]}"'},
    )
    assert acknowledged.status_code == 200, "the etag of the referral itself is good for If-Match"


def test_what_else_was_shown_stands_in_the_access_log(filled: World) -> None:
    one = filled.made[0]
    filled.north.get("referrals?expand=complaints,evidence,order")
    filled.north.get(f"referrals/{one}?expand=evidence")
    with acting_as(SYSTEM):
        looks = [
            (look.view, look.what, look.referral_id, look.count)
            for look in Look.objects.filter(what__in=["complaints", "evidence", "orders"]).order_by("pk")
        ]
    assert sorted(looks, key=str) == sorted(
        [
            ("api:referrals GET", "complaints", None, 1),
            ("api:referrals GET", "evidence", None, 1),
            ("api:referrals GET", "orders", filled.ordered, 1),
            ("api:referral GET", "evidence", one, 1),
        ],
        key=str,
    )
