"""An agency's program hands in, follows, and reads what became of each row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.readers import ReaderError
from takedowns.referrals.models import Referral
from tests.api.conftest import World
from tests.workbooks import ods, xlsx

ROWS = [
    {
        "url": "https://t.me/demo_new/1",
        "tier": 2,
        "language": "en",
        "found_at": "2019-11-21T09:00:00+01:00",
        "note": 'two\nlines, "quoted"',
    },
    {"url": "https://telegram.me/s/demo_new/1"},
    {"url": "https://t.me/demo_lantern/1", "kind": "message"},
    {"url": "https://files.example.org/a"},
    {"url": '=HYPERLINK("https://t.me/x")'},
]


def test_rows_become_referrals_with_a_report(world: World) -> None:
    answer = world.north.post("submissions", {"operation": "RAD19", "rows": ROWS})
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["source"], told["repeated"]) == ("loaded", "api", False)
    assert world.north.get(answer["Location"].removeprefix("/api/v1/")).json()["counts"] == told["counts"]
    rows = world.north.get(f"submissions/{told['id']}/rows").json()["rows"]
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (2, "new"),
        (3, "repeated"),
        (4, "already_referred"),
        (5, "unknown_platform"),
        (6, "invalid"),
    ]
    assert rows[1]["first_line"] == 2
    assert rows[4]["message"]
    with acting_as(SYSTEM):
        new = Referral.objects.get(pk=rows[0]["referral_id"])
    assert (new.tier, new.language, new.agency.slug, new.submitted_by, new.status) == (
        2,
        "en",
        "north",
        None,
        "submitted",
    )
    assert world.telegram.get(f"referrals/{new.pk}").status_code == 404


def test_the_report_is_read_by_pages_and_by_outcome(world: World) -> None:
    pk = world.north.post("submissions", {"operation": "RAD19", "rows": ROWS}).json()["id"]
    lines, query = [], "?limit=2"
    while query:
        page = world.north.get(f"submissions/{pk}/rows{query}").json()
        lines += [row["line"] for row in page["rows"]]
        query = page["next"] and f"?limit=2&after={page['next']}"
    assert lines == [2, 3, 4, 5, 6]
    assert len(world.north.get(f"submissions/{pk}/rows?outcome=invalid,repeated").json()["rows"]) == 2


def test_the_same_rows_again_change_nothing(world: World) -> None:
    first = world.north.post("submissions", {"operation": "RAD19", "rows": ROWS})
    again = world.north.post("submissions", {"operation": "RAD19", "rows": ROWS})
    assert (again.status_code, again.json()["id"], again.json()["repeated"]) == (
        200,
        first.json()["id"],
        True,
    )
    assert len(world.north.get("submissions?operation=RAD19").json()["submissions"]) == 1
    assert world.south.get("submissions").json()["submissions"] == []


def _csv(world: World, content: bytes, query: str, media_type: str = "text/csv") -> Any:
    return world.north.client.post(
        f"/api/v1/submissions{query}",
        content,
        content_type=media_type,
        headers={"Authorization": f"Bearer {world.north.text}"},
    )


def test_a_file_is_taken_as_it_is(world: World) -> None:
    answer = _csv(
        world,
        "Lien;Priorité\nhttps://t.me/demo_fichier/1;1\n".encode(),
        "?operation=RAD19&filename=../liste.CSV",
    )
    assert answer.status_code == 201, answer.content
    assert (answer.json()["filename"], answer.json()["counts"]["new"]) == ("liste.CSV", 1)


@pytest.mark.parametrize(
    ("ending", "media_type", "made"),
    [
        (
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lambda rows: xlsx({"Links": rows}),
        ),
        ("ods", "application/vnd.oasis.opendocument.spreadsheet", ods),
    ],
)
def test_a_workbook_gives_the_same_referrals_as_csv(
    ending: str, media_type: str, made: Any, world: World
) -> None:
    rows: list[list[object]] = [
        ["url", "tier"],
        ["https://t.me/demo_book/1", "2"],
        ["telegram.me/s/demo_book/2", "1"],
    ]
    plain = "\n".join(",".join(map(str, row)) for row in rows).encode()
    book = _csv(world, made(rows), f"?operation=RAD19&filename=day.{ending.upper()}", media_type)
    assert book.status_code == 201, book.content
    assert book.json()["filename"] == f"day.{ending.upper()}"
    with acting_as(SYSTEM):
        found = sorted(
            Referral.objects.filter(item__url__contains="demo_book").values_list("item__url", "tier")
        )
    assert found == [("https://t.me/demo_book/1", 2), ("https://t.me/demo_book/2", 1)]
    assert _csv(world, plain, "?operation=RAD19").json()["counts"]["already_referred"] == 2
    damaged = _csv(world, made(rows)[:200], "?operation=RAD19", media_type)
    assert (damaged.status_code, damaged.json()["code"]) == (422, "unreadable")
    pretends = _csv(world, plain, "?operation=RAD19&filename=x", media_type).json()
    assert pretends["repeated"], "what it is, its content decides"


@pytest.mark.parametrize("media_type", ["text/*", "TEXT/CSV; charset=utf-8", "text/csv;header=present"])
def test_csv_is_known_however_its_type_is_written(media_type: str, world: World) -> None:
    answer = _csv(world, b"url\nhttps://t.me/demo_type\n", "?operation=RAD19", media_type)
    assert (answer.status_code, answer.json()["filename"]) == (201, "api.csv")


def test_a_file_of_another_type_is_refused_with_those_that_are_taken(world: World) -> None:
    answer = _csv(world, b"{}", "?operation=RAD19", "application/zip")
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (415, "unsupported-media-type")
    for media_type in ("application/json", "text/csv", "spreadsheetml.sheet", "opendocument.spreadsheet"):
        assert media_type in answer.json()["detail"]


def test_a_long_file_is_read_by_the_worker(world: World, settings: Any) -> None:
    settings.SUBMISSION_INLINE_BYTES = 10
    answer = _csv(world, b"url\nhttps://t.me/demo_long/1\n", "?operation=RAD19")
    assert (answer.status_code, answer.json()["state"]) == (202, "received")


@pytest.mark.parametrize(
    ("query", "content", "status", "says"),
    [
        ("", b"url\nt.me/x\n", 400, "operation"),
        ("?operation=RAD99", b"url\nt.me/x\n", 404, "RAD99"),
        ("?operation=RAD19", b"", 400, "nothing"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_why(
    query: str, content: bytes, status: int, says: str, world: World
) -> None:
    answer = _csv(world, content, query)
    assert answer.status_code == status, answer.content
    assert says in answer.json()["detail"]


LINKS = b"Fundort,Adresse\nBerlin,https://t.me/demo_fund/1\n"


def test_a_list_that_cannot_be_read_is_refused_and_nothing_is_kept(world: World, settings: Any) -> None:
    for inline in (1_000, 1):  # a long one is looked at before the worker has it
        settings.SUBMISSION_INLINE_BYTES = inline
        refused = _csv(world, b"foo,bar\n1,2\n", "?operation=RAD19")
        assert refused.status_code == 422, refused.content
        problem = refused.json()
        assert problem["type"] == "/api/v1/problems/unreadable-list"
        assert problem["headers_seen"] == ["foo", "bar"]
        assert "column_url" in problem["detail"]
    assert world.north.get("submissions").json()["submissions"] == []
    assert not [one for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()]


def test_one_whose_rows_turn_out_damaged_is_refused_and_its_file_goes(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(*_: Any) -> None:
        raise ReaderError("unreadable", "It breaks off in the middle.")

    monkeypatch.setattr("takedowns.intake.load.open_content", damaged)
    refused = _csv(world, LINKS, "?operation=RAD19")
    assert (refused.status_code, refused.json()["detail"]) == (422, "It breaks off in the middle.")
    assert world.north.get("submissions").json()["submissions"] == []
    assert not [one for one in Path(settings.MEDIA_ROOT).rglob("*") if one.is_file()]


def test_a_caller_says_which_column_is_which(world: World) -> None:
    answer = _csv(
        world,
        b"where,rank\nhttps://t.me/demo_where/1,1\n",
        "?operation=RAD19&column_url=where&column_tier=rank",
    )
    assert answer.status_code == 201, answer.content
    assert answer.json()["columns"] == {"url": "where", "tier": "rank"}
    with acting_as(SYSTEM):
        assert Referral.objects.get(submission_id=answer.json()["id"]).tier == 1


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        ("&column_url=nowhere", 422, None),
        ("&column_link=Adresse", 400, "column_link"),
        ("&column_url=Adresse&column_note=Adresse", 400, "column_note"),
        ("&column_url=", 400, "column_url"),
        ("&platform=nobody", 400, "platform"),
    ],
)
def test_columns_that_make_no_list_are_refused(
    query: str, status: int, parameter: str | None, world: World
) -> None:
    refused = _csv(world, LINKS, f"?operation=RAD19{query}")
    assert refused.status_code == status, refused.content
    if parameter:
        assert refused.json()["errors"][0]["parameter"] == parameter
    else:
        assert refused.json()["headers_seen"] == ["Fundort", "Adresse"]


def test_the_same_list_read_otherwise_is_refused_and_not_passed_over(world: World) -> None:
    assert _csv(world, LINKS, "?operation=RAD19").status_code == 201
    for query in ("&column_url=Adresse&column_outlet=Fundort", "&platform=telegram"):
        refused = _csv(world, LINKS, f"?operation=RAD19{query}")
        assert (refused.status_code, refused.json()["code"]) == (409, "read_otherwise")
    assert _csv(world, LINKS, "?operation=RAD19").json()["repeated"]


def test_parameters_of_a_file_beside_rows_are_refused(world: World) -> None:
    body = {"operation": "RAD19", "rows": ROWS}
    for parameter in ("operation=RAD19", "platform=telegram", "column_url=url"):
        refused = world.north.post(f"submissions?{parameter}", body)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "misplaced")


def test_a_closed_operation_takes_nothing(world: World) -> None:
    from django.utils import timezone

    with acting_as(SYSTEM):
        world.people.operation.closed_at = timezone.now()
        world.people.operation.save()
    refused = world.north.post("submissions", {"operation": "RAD19", "rows": ROWS})
    assert (refused.status_code, refused.json()["code"]) == (409, "closed")


def test_a_row_that_is_wrong_is_named(world: World) -> None:
    refused = world.north.post(
        "submissions", {"operation": "RAD19", "rows": [ROWS[0], {"url": "t.me/x", "tier": 9, "urll": "x"}]}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/rows/1/urll"


def test_a_list_can_be_handed_in_as_removal_orders(world: World) -> None:
    row = {"url": "https://t.me/demo_order/1"}
    body = {"operation": "RAD19", "instrument": "removal_order", "rows": [row]}
    told = world.north.post("submissions", body).json()
    assert told["instrument"] == "removal_order"
    with acting_as(SYSTEM):
        assert Referral.objects.get(submission_id=told["id"]).instrument == "removal_order"
    plain = world.north.post("submissions", {**body, "instrument": "order"})
    assert plain.json()["errors"][0]["pointer"].endswith("/instrument")
