"""Endpoints by the API: changed in part, and nothing else with it."""

from __future__ import annotations

from typing import Any

import pytest

from takedowns.webhooks.endpoints import create
from tests.api.conftest import World, world  # noqa: F401 - a fixture

FIRST = {"url": "https://hooks.example/a", "types": ["referral.created"], "description": "Night shift"}


@pytest.mark.parametrize(
    "change",
    [
        {"active": False},
        {"types": ["referral.withdrawn"]},
        {"description": ""},
        {"url": "https://hooks.example/b"},
    ],
    ids=str,
)
def test_a_change_leaves_what_it_does_not_name(change: dict[str, Any], world: World) -> None:  # noqa: F811
    endpoint, _ = create("telegram", **FIRST)  # type: ignore[arg-type]
    path = f"webhooks/{endpoint.pk}"
    before = world.telegram.get(path).json()
    answer = world.telegram.call("patch", path, change)
    assert answer.status_code == 200, answer.content
    touched = {*change} | ({"disabled_at", "disabled_because"} if "active" in change else set())
    after = world.telegram.get(path).json()
    assert {name for name in before if before[name] != after[name]} == touched
    assert {name: after[name] for name in change} == change
    on = world.telegram.call("patch", path, {"active": True}).json()
    assert (on["active"], on["types"]) == (True, after["types"])


def test_a_change_of_nothing_says_what_there_is(world: World) -> None:  # noqa: F811
    endpoint, _ = create("telegram", **FIRST)  # type: ignore[arg-type]
    refused = world.telegram.call("patch", f"webhooks/{endpoint.pk}", {})
    assert refused.status_code == 422
    assert "active" in refused.json()["detail"]
