"""Streams: all of a list in one answer, a line a row; what was cut off goes on where it was cut."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest

from takedowns.access.actor import SYSTEM
from takedowns.api.views import streams
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.transitions import apply_to_all
from tests.api.conftest import Program, World, make_world, refer
from tests.factories import wait_for_the_log
from tests.people import People, make_people


@pytest.fixture
def world(people: People) -> World:
    return make_world(people)


@pytest.fixture
def committed(transactional_db: None) -> World:
    return make_world(make_people())


def lines(body: bytes) -> list[dict[str, Any]]:
    """Return the whole lines of what was received; the last may be cut."""
    return [json.loads(line) for line in body.split(b"\n")[:-1]]


def stream(program: Program, path: str, **headers: str) -> bytes:
    answer = program.get(f"streams/{path}", **headers)
    assert answer.status_code == 200, answer
    assert answer["Content-Type"] == "application/x-ndjson"
    return b"".join(answer.streaming_content)


def resumed(program: Program, path: str, cut_at: int) -> list[dict[str, Any]]:
    """Receive so many bytes, then go on by the last whole line, as somebody whose line broke."""
    first = lines(stream(program, path)[:cut_at])
    rest = lines(stream(program, f"{path}?after={first[-1]['cursor']}" if first else path))
    return [*first, *rest]


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few rows are several pages."""
    monkeypatch.setattr(streams, "AT_ONCE", 4)


def test_a_platform_s_referrals_are_those_of_its_list_and_the_last_line_says_that_this_was_all(
    world: World, small_pages: None
) -> None:
    got = lines(stream(world.telegram, "referrals"))
    listed = world.telegram.get("referrals").json()["referrals"]
    for one in listed:
        assert one.pop("updated_at")  # of lists alone
    assert [one["referral"] for one in got[:-1]] == listed
    assert got[-1] == {"end": True, "count": len(listed), "cursor": got[-2]["cursor"]}
    assert [one["referral"]["platform"] for one in lines(stream(world.youtube, "referrals"))[:-1]] == [
        "youtube"
    ] * 2


@pytest.mark.parametrize("cut_at", [0, 1, 700, 1500, 4000, 5200])
def test_what_was_cut_goes_on_where_it_was_cut(world: World, small_pages: None, cut_at: int) -> None:
    whole = lines(stream(world.telegram, "referrals"))
    got = resumed(world.telegram, "referrals", cut_at)
    ids = [one["referral"]["id"] for one in got if "referral" in one]
    assert ids == [one["referral"]["id"] for one in whole[:-1]]
    assert got[-1]["end"] is True


def test_changes_go_on_where_they_were_cut(committed: World, small_pages: None) -> None:
    apply_to_all("acknowledge", committed.made, by=SYSTEM)
    wait_for_the_log()
    whole = lines(stream(committed.telegram, "changes"))
    listed = committed.telegram.get("changes").json()["changes"]
    assert [one["change"] for one in whole[:-1]] == listed
    assert len(listed) == 12
    for cut_at in (1, 3000, 6000, 9000):
        got = resumed(committed.telegram, "changes", cut_at)
        assert [one["change"]["id"] for one in got if "change" in one] == [one["id"] for one in listed]


def test_the_feed_goes_on_from_where_the_stream_of_changes_ended(committed: World, small_pages: None) -> None:
    wait_for_the_log()
    end = lines(stream(committed.telegram, "changes"))[-1]
    assert end["count"] == 6
    apply_to_all("remove", committed.made[:1], by=SYSTEM, action="visibility_removed")
    wait_for_the_log()
    found = committed.telegram.get(f"changes?after={end['cursor']}").json()["changes"]
    assert [one["change"] for one in found] == ["remove"]  # nothing of before comes again


def test_gzip_is_read_as_far_as_it_came(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    refer(world.people, tuple(f"https://t.me/demo_packed/{number}" for number in range(1, 700)))
    answer = world.telegram.get("streams/referrals", **{"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    packed = b"".join(answer.streaming_content)
    plain = stream(world.telegram, "referrals")
    assert zlib.decompress(packed, 16 + zlib.MAX_WBITS) == plain
    assert len(packed) < len(plain) / 5
    came = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(packed[: len(packed) * 3 // 4])
    got = lines(came)
    assert len(got) > 100
    rest = lines(stream(world.telegram, f"referrals?after={got[-1]['cursor']}"))
    assert [one["referral"]["id"] for one in [*got, *rest[:-1]]] == [
        one["referral"]["id"] for one in lines(plain)[:-1]
    ]


def test_an_agency_reads_its_rows(world: World, small_pages: None) -> None:
    people = world.people
    content = (
        "url\n" + "".join(f"https://t.me/demo_rows/{number}\n" for number in range(1, 12)) + "nonsense\n"
    )
    submission = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=content.encode(),
        loading=Loading.HERE,
    ).submission
    path = f"submissions/{submission.pk}/rows"
    got = lines(stream(world.north, path))
    listed = world.north.get(path).json()["rows"]
    assert [one["row"] for one in got[:-1]] == listed
    assert (len(listed), got[-1]["count"]) == (12, 12)
    after = lines(stream(world.north, f"{path}?after={got[4]['cursor']}"))
    assert [one["row"] for one in after[:-1]] == listed[5:]
    assert world.south.get(f"streams/{path}").status_code == 404
    assert world.telegram.get(f"streams/{path}").status_code == 403


@pytest.mark.parametrize("path", ["referrals", "changes"])
def test_a_cursor_of_elsewhere_is_refused_before_the_stream_begins(world: World, path: str) -> None:
    answer = world.telegram.get(f"streams/{path}?after=nonsense")
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("invalid-cursor")
    assert world.telegram.get(f"streams/{path}?limit=7").status_code == 400


def test_what_is_referred_while_a_stream_is_taken_comes_too_or_next_time_and_once(
    world: World, small_pages: None
) -> None:
    answer = world.telegram.get("streams/referrals")
    body = iter(answer.streaming_content)
    got = [next(body)]
    new = refer(world.people, ("https://t.me/demo_meanwhile/1",))
    got += list(body)
    ids = [one["referral"]["id"] for one in lines(b"".join(got))[:-1]]
    assert len(ids) == len(set(ids))
    assert str(new[0]) in ids
