"""A program looks at a list before it hands it in: maps, repairs, confirms, discards, as the pages do and by the same rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as, placed
from takedowns.intake.models import Submission
from takedowns.intake.tasks import discard_abandoned_previews
from takedowns.referrals.models import OperationPlatform, Referral
from tests.api.conftest import Program, World
from tests.api.test_sandbox import agency_tester  # noqa: F401 - a fixture
from tests.clients import SignedIn
from tests.workbooks import xlsx

LIST = (
    b"Fundstelle;Dringlichkeit;Gesehen\n"
    b"https://t.me/demo_new/1;eilt;05/11/2019\n"
    b"https://t.me/demo_new/2;EILT;06/11/2019\n"
    b"demo stone bench;1;\n"
    b"https://t.me/demo_lantern/1;2;\n"
    b"https://files.example.org/a;2;\n"
)
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def bring(program: Program, content: bytes, query: str = "", kind: str = "text/csv") -> Any:
    return program.client.post(
        f"/api/v1/previews?operation=RAD19{query}",
        content,
        content_type=kind,
        headers={"Authorization": f"Bearer {program.text}"},
    )


def patch(program: Program, preview: str, body: Any, status: int = 200) -> Any:
    answer = program.call("patch", f"previews/{preview}", body)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_what_a_test_key_left_alone_for_a_day_goes_with_its_file(
    agency_tester: Program,  # noqa: F811
    world: World,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def made(program: Program, operation: str) -> str:
        sent = program.call(
            "post", "previews", {"operation": operation, "rows": [{"url": "https://t.me/demo_new/1"}]}
        )
        assert sent.status_code == 201, sent.content
        return str(sent["Location"].removeprefix("/api/v1/"))

    old, real = made(agency_tester, "SANDBOX"), made(world.north, "RAD19")
    discard_abandoned_previews(0)
    assert agency_tester.get(old).status_code == 200, "a day has not passed"
    with placed(in_sandbox=True), acting_as(SYSTEM):
        Submission.objects.update(received_at=timezone.now() - timedelta(hours=25))
        content = Submission.objects.get().content
    assert content.storage.exists(content.name)
    with django_capture_on_commit_callbacks(execute=True):
        discard_abandoned_previews(0)
    assert agency_tester.get(old).status_code == 404
    assert not content.storage.exists(content.name)
    assert world.north.get(real).status_code == 200, "it is younger"


def handed_in() -> int:
    with acting_as(SYSTEM):
        return Referral.objects.count()


def test_a_list_is_looked_at_mapped_repaired_and_handed_in(world: World) -> None:
    before = handed_in()
    answer = bring(world.north, LIST, "&filename=week47.csv")
    assert answer.status_code == 201, answer.content
    told, path = answer.json(), answer["Location"].removeprefix("/api/v1/")
    assert world.north.get(path).json() == told, "as it is read again"
    assert [one["name"] for one in told["asks"]] == ["dates"]
    assert told["counts"] == {"new": 2, "invalid": 1, "already_referred": 1, "unknown_platform": 1}
    assert {one["field"]: one["header"] for one in told["layout"]["columns"]}["url"] == "Fundstelle"
    assert [(one["word"], one["rows"], one["means"]) for one in told["words"]] == [("eilt", 2, None)]
    [row] = told["rows"]
    assert (row["line"], row["refused"], row["url"]) == (4, True, "demo stone bench")
    assert row["problems"]
    assert told["already_referred"][0]["whose"] == "own_agency"
    assert told["unknown_hosts"][0]["domain"] == "example.org"

    refused = world.north.post(f"{path}/confirmation", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "undecided")
    assert refused.json()["errors"][0]["pointer"] == "#/dates"

    said = {
        "dates": "day",
        "words": [{"field": "tier", "word": "eilt", "means": "1"}],
        "rows": [{"line": 4, "url": "https://t.me/demo_new/3"}],
    }
    told = patch(world.north, told["id"], said)
    assert (told["asks"], told["rows"], told["counts"]["new"]) == ([], [], 3)
    assert (told["words"][0]["means"], told["words"][0]["said"]) == ("1", True)
    assert {one["subject"] for one in told["decisions"]} == {"dates", "word", "cell"}
    assert {one["by"] for one in told["decisions"]} == {"officer@example.org"}
    assert handed_in() == before, "nothing is referred yet"

    done = world.north.post(f"{path}/confirmation", {"acted_by": "reviewer@example.org"})
    assert done.status_code == 201, done.content
    assert done.json()["counts"] == told["counts"], "what was told is what was done"
    assert done.json()["submitted_by"] == "reviewer@example.org"
    assert handed_in() == before + 3
    again = world.north.post(f"{path}/confirmation", {})
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    gone = world.north.get(path)
    assert (gone.status_code, gone.json()["code"]) == (409, "handed_in")
    assert bring(world.north, LIST).json()["submission"] == told["id"]


def test_each_thing_that_was_said_can_be_taken_back(world: World) -> None:
    first = bring(world.north, LIST).json()
    said = {
        "columns": {"url": "Fundstelle", "note": "Gesehen", "found_at": ""},
        "words": [{"field": "tier", "word": "Eilt", "means": ""}],
        "rows": [{"line": 4, "left_out": True}],
        "platform": "telegram",
    }
    told = patch(world.north, first["id"], said)
    assert {one["field"]: one["header"] for one in told["layout"]["columns"]}["note"] == "Gesehen"
    assert (told["counts"]["left_out"], told["platform"]) == (1, "telegram")
    back = {
        "columns": None,
        "words": [{"field": "tier", "word": "eilt", "means": None}],
        "rows": [{"line": 4, "left_out": False}],
        "platform": None,
    }
    assert patch(world.north, first["id"], back) == first


@pytest.mark.parametrize(
    ("said", "pointer", "tells"),
    [
        ({"columns": {"tier": "Farbe"}}, "#/columns/tier", "Farbe"),
        ({"columns": {"url": "Gesehen", "note": "Gesehen"}}, "#/columns/note", "already"),
        ({"words": [{"field": "kind", "word": "eilt", "means": "post"}]}, "#/words/0/word", "eilt"),
        ({"words": [{"field": "tier", "word": "eilt", "means": "9"}]}, "#/words/0/means", "1, 2, 3, 4, 5"),
        ({"rows": [{"line": 2, "url": "x"}]}, "#/rows/0/line", "line 2"),
        ({"rows": [{"line": 4, "kind": "Unfug"}]}, "#/rows/0/kind", "Unfug"),
        ({"sheets": ["week 48"]}, "#/sheets/0", "no sheet"),
        ({"platforms": {"telegram": "out"}}, "#/platforms/telegram", "takes part"),
        ({"colour": 1}, "#/colour", "no such field"),
    ],
)
def test_what_does_not_fit_the_list_is_refused_whole(
    said: dict[str, Any], pointer: str, tells: str, world: World
) -> None:
    first = bring(world.north, LIST).json()
    refused = patch(world.north, first["id"], {"dates": "day", **said}, 422)
    assert refused["errors"][0]["pointer"] == pointer
    assert tells in refused["detail"]
    assert world.north.get(f"previews/{first['id']}").json() == first, "nothing of it was kept"


def test_sheets_hidden_rows_and_platforms_outside_are_named_and_asked_about(world: World) -> None:
    with acting_as(SYSTEM):
        OperationPlatform.objects.filter(platform_id="telegram").delete()
    content = xlsx(
        {
            "week 47": [["URL"], ["https://t.me/demo_new/1"], ["https://t.me/demo_new/2"]],
            "week 48": [["URL"], ["https://youtu.be/demoVIDEO09"]],
        }
    )
    told = bring(world.north, content, kind=WORKBOOK).json()
    assert [one["name"] for one in told["asks"]] == ["sheets", "outside"]
    assert [one["name"] for one in told["layout"]["sheets"]] == ["week 47", "week 48"]
    told = patch(
        world.north, told["id"], {"sheets": ["week 47", "week 48"], "platforms": {"telegram": "out"}}
    )
    assert (told["asks"], told["counts"]) == ([], {"left_out": 2, "new": 1})
    told = patch(world.north, told["id"], {"platforms": {"telegram": None}})
    assert [one["name"] for one in told["asks"]] == ["outside"]
    told = patch(world.north, told["id"], {"outside": "in", "sheets": ["week 48"]})
    assert (told["asks"], told["counts"]) == ([], {"new": 1})


def test_what_cannot_be_read_is_refused_with_what_to_do_and_nothing_is_kept(world: World) -> None:
    refused = bring(world.north, b"foo,bar\n1,2\n")
    assert (refused.status_code, refused.json()["headers_seen"]) == (422, ["foo", "bar"])
    assert "column_url" in refused.json()["detail"]
    assert bring(world.north, b"foo,bar\nhttps://t.me/demo_new/1,2\n", "&column_url=bar").status_code == 201
    assert bring(world.north, b"PK\x03\x04broken", kind=WORKBOOK).status_code == 422
    with acting_as(SYSTEM):
        assert Submission.objects.count() == 1


def test_a_preview_is_discarded_and_is_its_agency_s_alone(world: World) -> None:
    told = bring(world.north, LIST).json()
    path = f"previews/{told['id']}"
    assert bring(world.north, LIST).status_code == 200, "the same list is the same preview"
    assert bring(world.south, LIST).json()["id"] != told["id"]
    for method in ("get", "delete"):
        assert world.south.call(method, path).status_code == 404
    assert world.south.call("patch", path, {"dates": "day"}).status_code == 404
    assert world.south.post(f"{path}/confirmation", {}).status_code == 404
    assert world.telegram.get(path).status_code == 403, "a platform's key has no such scope"
    nobody = world.north.call("delete", f"{path}?acted_by=nobody@example.org")
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "unknown_person")
    assert world.north.call("delete", path).status_code == 204
    assert world.north.get(path).status_code == 404
    assert world.north.call("delete", path).status_code == 404


def test_a_person_goes_on_with_what_a_program_brought(world: World, signed_in: SignedIn) -> None:
    told = bring(world.north, LIST).json()
    page = signed_in("officer").get(f"/operations/rad19/submissions/{told['id']}/preview/")
    assert "Which stands first in the dates" in page.content.decode()


def test_the_sandbox_previews_too(agency_tester: Program) -> None:  # noqa: F811
    rows = {"operation": "SANDBOX", "rows": [{"url": "https://t.me/invented_1/1"}, {"url": "nothing"}]}
    told = agency_tester.post("previews", rows).json()
    assert told["counts"] == {"new": 1, "invalid": 1}
    told = patch(agency_tester, told["id"], {"rows": [{"line": 3, "left_out": True}]})
    done = agency_tester.post(f"previews/{told['id']}/confirmation", {})
    assert (done.status_code, done.json()["counts"]) == (201, {"new": 1, "left_out": 1})
    with acting_as(SYSTEM):
        assert not Submission.objects.exists(), "nothing real"
