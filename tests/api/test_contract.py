"""What the API promises is pinned: a change is noted in the changelog, one that breaks programs is refused, one that ends is announced."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from takedowns.api.contract import Contract, compare, contract_of, dumped
from takedowns.api.deprecation import Deprecation
from takedowns.api.management.commands.land_api import differences, land, promised, with_entry
from takedowns.api.views.keys import Key
from tests.api.conftest import Program, World

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads(Client().get("/api/v1/schema").content)  # type: ignore[no-any-return]


def test_the_api_is_the_one_that_was_landed() -> None:
    found = [f"{'BREAKS PROGRAMS: ' if one.breaks else ''}{one.says}" for one in differences(DOCS)]
    assert not found, "run “manage.py land_api”, which notes this in docs/api-changelog.md:\n" + "\n".join(
        found
    )
    assert (DOCS / "api-contract.json").read_text() == dumped(promised()), "run “manage.py land_api”"


def test_what_is_pinned_is_read_as_it_was_written(schema: dict[str, Any]) -> None:
    found = contract_of(schema)
    assert json.loads(dumped(found)) == found
    assert len([one for one in found if one.startswith(("GET /", "POST /")) and one.count(" ") == 1]) > 40
    assert found["GET /referrals takes query limit"]["limits"] == {"minimum": 1, "maximum": 1000}


def _call(schema: Any) -> Any:
    return schema["paths"]["/api/v1/referrals"]["get"]


def _told(schema: Any) -> Any:
    return schema["components"]["schemas"]["ReferralShown"]


def _sent(schema: Any) -> Any:
    return schema["components"]["schemas"]["ComplaintToldRequest"]


def _limit(schema: Any) -> Any:
    return next(one for one in _call(schema)["parameters"] if one["name"] == "limit")


def _new(name: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": {"type": "string"}}


CHANGES: list[tuple[str, Callable[[Any], Any], bool]] = [
    ("Removed: `GET /referrals`.", lambda it: it["paths"].pop("/api/v1/referrals"), True),
    (
        "Added: `PUT /referrals`.",
        lambda it: it["paths"]["/api/v1/referrals"].update(put=copy.deepcopy(_call(it))),
        False,
    ),
    (
        "Added: `GET /referrals takes query colour`.",
        lambda it: _call(it)["parameters"].append(_new("colour", required=False)),
        False,
    ),
    (
        "Added: `GET /referrals takes query colour`, which must be given.",
        lambda it: _call(it)["parameters"].append(_new("colour", required=True)),
        True,
    ),
    (
        "Removed: `GET /referrals takes query limit`.",
        lambda it: _call(it)["parameters"].remove(_limit(it)),
        True,
    ),
    (
        "Changed: `GET /referrals takes query limit` has the limits",
        lambda it: _limit(it)["schema"].update(maximum=500),
        True,
    ),
    (
        "Changed: `GET /referrals takes query limit` has the limits",
        lambda it: _limit(it)["schema"].update(maximum=5000),
        False,
    ),
    (
        "Added: `ReferralShown.colour`.",
        lambda it: _told(it)["properties"].update(colour={"type": "string"}),
        False,
    ),
    ("Removed: `ReferralShown.reference`.", lambda it: _told(it)["properties"].pop("reference"), True),
    (
        "Changed: `ReferralShown.reference` no longer is always there.",
        lambda it: _told(it)["required"].remove("reference"),
        True,
    ),
    (
        "Changed: `ReferralShown.round` is also null.",
        lambda it: _told(it)["properties"]["round"].update(type=["integer", "null"]),
        True,
    ),
    (
        "Changed: `ComplaintToldRequest.puid` is also null.",
        lambda it: _sent(it)["properties"]["puid"].update(type=["string", "null"]),
        False,
    ),
    (
        "Changed: `ComplaintToldRequest.puid` must be given.",
        lambda it: _sent(it)["required"].append("puid"),
        True,
    ),
    (
        "Added: `ComplaintToldRequest.colour`.",
        lambda it: _sent(it)["properties"].update(colour={"type": "string"}),
        False,
    ),
    (
        'Added: `Status allows "burnt"`.',
        lambda it: it["components"]["schemas"]["Status"]["enum"].append("burnt"),
        False,
    ),
    (
        'Removed: `Verdict allows "decline"`.',
        lambda it: it["components"]["schemas"]["Verdict"]["enum"].remove("decline"),
        True,
    ),
    ("Deprecated: `GET /referrals`.", lambda it: _call(it).update(deprecated=True), False),
]


@pytest.mark.parametrize(("says", "change", "breaks"), CHANGES, ids=[says for says, *_ in CHANGES])
def test_a_change_is_named_and_judged(
    says: str, change: Callable[[Any], Any], breaks: bool, schema: dict[str, Any]
) -> None:
    other = copy.deepcopy(schema)
    change(other)
    found = compare(contract_of(schema), contract_of(other))
    assert [(one.says[: len(says)], one.breaks) for one in found] == [(says, breaks)]


def _coloured(name: str, *values: str, sent: bool) -> dict[str, Any]:
    """Return a description of a call that takes, or answers, something of an enumeration of that name."""
    thing = {"type": "object", "properties": {"colour": {"$ref": f"#/components/schemas/{name}"}}}
    content = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    call = {"requestBody": content, "responses": {}} if sent else {"responses": {"200": content}}
    colours = {"type": "string", "enum": list(values)}
    return {
        "paths": {"/api/v1/things": {"post": call}},
        "components": {"schemas": {"Thing": thing, name: colours}},
    }


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize(
    ("values", "says", "breaks"),
    [
        (("blue", "red"), [], None),
        (("red",), ['Changed: `Thing.colour` is no longer "blue".'], True),
        (("blue", "green", "red"), ['Changed: `Thing.colour` is also "green".'], False),
    ],
)
def test_an_enumeration_is_judged_by_its_values_and_not_by_its_name(
    values: tuple[str, ...], says: list[str], breaks: bool | None, sent: bool
) -> None:
    before = _coloured("ColourEnum", "blue", "red", sent=sent)
    found = compare(contract_of(before), contract_of(_coloured("Colour", *values, sent=sent)))
    assert [one.says for one in found] == says
    # A value that is told no more surprises nobody; one that is sent no more is refused.
    assert [one.breaks for one in found] == [breaks and sent for _ in says]


@pytest.mark.parametrize("sent", [True, False])
def test_values_without_a_name_are_judged_as_those_with_one(sent: bool) -> None:
    before = _coloured("Colour", "blue", "red", sent=sent)
    plain, fewer, free = (copy.deepcopy(before) for _ in range(3))
    plain["components"]["schemas"]["Thing"]["properties"]["colour"] = {
        "type": "string",
        "enum": ["blue", "red"],
    }
    fewer["components"]["schemas"]["Thing"]["properties"]["colour"] = {"type": "string", "enum": ["red"]}
    free["components"]["schemas"]["Thing"]["properties"]["colour"] = {"type": "string"}
    of = contract_of(plain)
    assert compare(contract_of(before), of) == []
    assert [one.breaks for one in compare(of, contract_of(fewer))] == [sent]
    assert [one.breaks for one in compare(contract_of(fewer), of)] == [False]
    assert [one.breaks for one in compare(of, contract_of(free))] == [not sent], (
        "any text is more than values"
    )


def test_words_are_no_promise(schema: dict[str, Any]) -> None:
    other = copy.deepcopy(schema)
    _call(other)["summary"] = "Otherwise"
    _told(other)["description"] = "Otherwise"
    _limit(other)["schema"]["title"] = "Otherwise"
    assert compare(contract_of(schema), contract_of(other)) == []


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """Return a folder of documents in which the last landing knew one call less."""
    before: Contract = {what: fact for what, fact in promised().items() if "/sandbox/events" not in what}
    (tmp_path / "api-contract.json").write_text(dumped(before))
    (tmp_path / "api-changelog.md").write_text((DOCS / "api-changelog.md").read_text().partition("\n## ")[0])
    return tmp_path


def test_a_landing_notes_what_differs_once_and_pins_it(earlier: Path) -> None:
    assert [one.says for one in land(earlier, date(2026, 12, 1), "")] == ["Added: `POST /sandbox/events`."]
    assert (
        (earlier / "api-changelog.md")
        .read_text()
        .endswith("\n## 2026-12-01\n\n- Added: `POST /sandbox/events`.\n")
    )
    assert differences(earlier) == []
    noted = (earlier / "api-changelog.md").read_text()
    assert land(earlier, date(2026, 12, 2), "") == []
    assert (earlier / "api-changelog.md").read_text() == noted


def test_a_landing_that_breaks_programs_says_why_or_is_refused(earlier: Path) -> None:
    before = json.loads((earlier / "api-contract.json").read_text())
    before["KeyShown.colour"] = {"required": True, "kinds": ["string"], "limits": {}, "is": ["told"]}
    (earlier / "api-contract.json").write_text(dumped(before))
    with pytest.raises(CommandError, match=r"Removed: `KeyShown\.colour`"):
        land(earlier, date(2026, 12, 1), "")
    assert json.loads((earlier / "api-contract.json").read_text()) == before, "nothing is pinned"
    land(earlier, date(2026, 12, 1), "It named a person.")
    noted = (earlier / "api-changelog.md").read_text()
    assert "- Removed: `KeyShown.colour`. **Breaks programs**: It named a person.\n" in noted


def test_two_landings_of_a_day_are_one_entry_and_the_latest_day_comes_first(earlier: Path) -> None:
    text = (earlier / "api-changelog.md").read_text()
    first, second = (compare({}, {name: {"deprecated": False}}) for name in ("GET /first", "GET /second"))
    text = with_entry(text, date(2026, 12, 1), first, "")
    text = with_entry(text, date(2026, 12, 1), second, "")
    text = with_entry(text, date(2026, 12, 2), first, "")
    assert text.partition("first -->\n")[2] == (
        "\n## 2026-12-02\n\n- Added: `GET /first`.\n\n## 2026-12-01\n\n- Added: `GET /first`.\n- Added: `GET /second`.\n"
    )


def test_a_call_that_will_end_says_so_in_each_answer_and_in_the_description(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = Deprecation(date(2026, 1, 1), date(2027, 1, 1), "/new-key")
    monkeypatch.setattr(Key, "deprecated", {"GET": ending})
    for key, status in ((world.telegram.text, 200), ("tkd_0123456789_wrong", 401)):
        for method in ("GET", "HEAD"):
            answer = Program(key).call(method, "key")
            assert answer.status_code == status
            assert answer["Deprecation"] == "@1767225600"
            assert parsedate_to_datetime(answer["Sunset"]) == datetime(2027, 1, 1, tzinfo=UTC)
            assert '</api/v1/new-key>; rel="successor-version"' in answer["Link"]
    assert "Deprecation" not in world.telegram.get("operations")
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    operation = described["paths"]["/api/v1/key"]["get"]
    assert operation["deprecated"] is True
    assert {"Deprecation", "Sunset", "Link", "RateLimit"} <= set(operation["responses"]["200"]["headers"])


def test_nothing_ends_sooner_than_is_promised() -> None:
    with pytest.raises(ValueError, match="365 days"):
        Deprecation(date(2026, 1, 1), date(2026, 12, 31), "/new-key")
