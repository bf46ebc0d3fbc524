"""An authority's program records what is decided or told beside orders, and takes back what was a mistake."""

from __future__ import annotations

from datetime import timedelta

from django.test import override_settings
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.duties.models import OUTCOMES, Duty
from takedowns.duties.services import counts
from takedowns.ledger.models import Entry
from tests.api.conftest import World

WHO = {"acted_by": "coordinator@example.org"}


def moment(days: int = 0) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()


def test_every_outcome_is_recorded_with_its_date_and_counted_of_its_kind(world: World) -> None:
    with acting_as(SYSTEM):
        before = Entry.objects.count()
    for kind, outcomes in OUTCOMES.items():
        for outcome in outcomes:
            body = {
                "outcome": outcome,
                "at": moment(1),
                "platform": "telegram",
                "file_number": "12/19",
                **WHO,
            }
            answer = world.south.post("duties", body)
            assert answer.status_code == 201, answer.content
            assert (answer.json()["kind"], answer.json()["recorded_by"]) == (kind, WHO["acted_by"])
    listed = world.south.get("duties?limit=7").json()
    rest = world.south.get(f"duties?after={listed['next']}").json()
    assert [len(listed["duties"]), len(rest["duties"]), rest["next"]] == [7, 4, None]
    assert world.north.get("duties").json()["duties"] == []
    with acting_as(SYSTEM):
        assert Entry.objects.count() >= before + 11
        told = counts([world.people.other_agency.pk], timezone.now() - timedelta(days=2), timezone.now())
    assert told == {"threat_to_life": 2, "scrutiny": 2, "exposure": 4, "preserved": 3}


def test_what_is_taken_back_stays_in_the_list_and_counts_no_longer(world: World) -> None:
    told = world.south.post("duties", {"outcome": "given", "at": moment(1), **WHO}).json()
    path = f"duties/{told['id']}/take-back"
    assert world.north.post(path, {"reason": "Ours?"}).status_code == 404
    answer = world.south.post(path, {"reason": "Another case.", **WHO})
    assert (answer.status_code, answer.json()["taken_back_reason"]) == (200, "Another case.")
    assert world.south.post(path, {"reason": "Again.", **WHO}).status_code == 409
    with acting_as(SYSTEM):
        assert (
            counts([world.people.other_agency.pk], timezone.now() - timedelta(days=2), timezone.now()) == {}
        )


def test_only_a_coordinator_of_the_authority_is_behind_it_and_what_is_wrong_is_named(world: World) -> None:
    for body, status, place in (
        ({"outcome": "given", "at": moment()}, 403, None),
        ({"outcome": "given", "at": moment(), "acted_by": "officer@example.org"}, 422, "#/acted_by"),
        ({"outcome": "shrugged", "at": moment(), **WHO}, 422, "#/outcome"),
        ({"outcome": "given", "at": moment(-2), **WHO}, 422, "#/at"),
        ({"outcome": "given", "at": moment(), "platform": "nowhere", **WHO}, 422, "#/platform"),
    ):
        answer = world.south.post("duties", body)
        assert answer.status_code == status, answer.content
        assert [one["pointer"] for one in answer.json().get("errors", [])] == ([place] if place else [])
    with acting_as(SYSTEM):
        assert not Duty.objects.exists()


def test_where_the_installation_records_none_there_is_no_such_call(world: World) -> None:
    with override_settings(EXCHANGE=[]):
        assert world.south.get("duties").status_code == 404
        assert world.south.post("duties", {"outcome": "given", "at": moment(), **WHO}).status_code == 404
