"""Long answers are packed for programs that take it, and say the same; nobody else's are."""

from __future__ import annotations

import gzip

import pytest

from takedowns.api.packing import takes_gzip
from tests.api.conftest import World

LONG = "referrals?limit=100"
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_long_answer_is_packed_and_its_tag_names_it(world: World) -> None:
    plain, packed = world.telegram.get(LONG), world.telegram.get(LONG, **GZIP)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content) / 3
    for answer in (plain, packed):
        assert {"Accept-Encoding", "Authorization"} <= {one.strip() for one in answer["Vary"].split(",")}
    assert packed["ETag"] == plain["ETag"][:-1] + '-gzip"'
    for tag in (plain["ETag"], packed["ETag"]):
        assert world.telegram.get(LONG, **GZIP, **{"If-None-Match": tag}).status_code == 304
    one = world.telegram.get(f"referrals/{world.made[0]}", **GZIP)
    assert one["Content-Encoding"] == "gzip"
    acknowledged = {"verdict": "acknowledge"}
    path = f"referrals/{world.made[0]}/decision"
    assert world.telegram.post(path, acknowledged, **{"If-Match": one["ETag"]}).status_code == 200


def test_what_is_short_or_not_asked_for_or_without_a_key_stays_as_it_is(world: World) -> None:
    assert "Content-Encoding" not in world.telegram.get("referrals?limit=1&fields=id", **GZIP)
    assert "Content-Encoding" not in world.telegram.get(LONG, **{"Accept-Encoding": "br"})
    world.telegram.client.force_login(world.people.officer)
    for path in ("schema", LONG):
        answer = world.telegram.client.get(f"/api/v1/{path}", headers=GZIP)
        assert "Content-Encoding" not in answer, "whom a browser's cookies let in could be made to ask"


@pytest.mark.parametrize(
    ("header", "takes"),
    [
        ("", False),
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip;q=0, *", False),
        ("*", True),
        ("identity", False),
        ("gzip;q=high", False),
    ],
)
def test_whether_a_header_takes_it(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes
