"""The robot's eye: each form of answer that a platform is known to give, judged by the marks of ``signs.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from takedowns.outbound import networks
from takedowns.verification.probing.asking import Manners, Question, ask
from takedowns.verification.probing.judging import judge
from takedowns.verification.probing.signs import SIGNS, Signs, signs_of
from tests.verification.platform_server import PAGES, PlatformServer, playing_a_platform

ANSWERS = Path(__file__).parent / "answers"
#: The platforms of the action day and of the days after it.
ACTION_DAY = {
    "telegram",
    "youtube",
    "google_drive",
    "facebook",
    "twitter",
    "instagram",
    "google_play",
    "app_store",
    "tamtam",
    "matrix",
    "hoop",
    "rocketchat",
}


def answers() -> list[tuple[str, dict[str, Any]]]:
    """Return platform and answer, of each file."""
    return [
        (path.stem, answer)
        for path in sorted(ANSWERS.glob("*.toml"))
        for answer in tomllib.loads(path.read_text(encoding="utf-8"))["answer"]
    ]


def marks_of(signs: Signs) -> tuple[bytes, ...]:
    return signs.online + signs.gone + signs.private + signs.blocked_here + signs.sign_in


@pytest.fixture
def platform() -> Iterator[PlatformServer]:
    with playing_a_platform() as server:
        yield server


@pytest.mark.parametrize(
    ("platform", "answer"), [pytest.param(*one, id=f"{one[0]}: {one[1]['what']}") for one in answers()]
)
def test_each_form_of_answer_is_judged_as_its_source_says(platform: str, answer: dict[str, Any]) -> None:
    signs = signs_of(platform, answer["kind"])
    verdict = judge(answer["status"], answer["body"].encode(), signs, at_its_host=True, at_its_page=True)
    assert (str(verdict.seen), str(verdict.reason)) == (answer["seen"], answer["reason"])


def test_every_mark_has_a_source_and_an_answer_that_bears_it() -> None:
    for slug, groups in SIGNS.items():
        of_it = [answer for name, answer in answers() if name == slug]
        assert of_it, slug
        for signs in groups:
            tells = marks_of(signs) or signs.gone_at or signs.local
            assert bool(signs.source) == bool(tells), (slug, "marks have a source, and a source has marks")
            assert bool(signs.nothing) != bool(tells), (slug, "either marks or why there are none")
            for mark in marks_of(signs):
                bears = [
                    one
                    for one in of_it
                    if mark in one["body"].encode() and signs_of(slug, one["kind"]) == signs
                ]
                assert bears, (slug, mark)


def test_the_platforms_of_the_action_day_and_fifteen_others_are_looked_into() -> None:
    assert SIGNS.keys() >= ACTION_DAY
    assert len(SIGNS.keys() - ACTION_DAY) >= 15


def test_a_post_is_asked_for_in_the_form_that_tells(
    platform: PlatformServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        PAGES, "/demo/1", (200, {}, '<div class="tgme_widget_message_error">Post not found</div>')
    )
    verdict = _ask(platform, "telegram", "message", "/demo/1")
    assert [path for path, _agent in platform.asked] == ["/demo/1?embed=1&mode=tme"]
    assert str(verdict.reason) == "sign_of_gone"


def test_a_way_to_where_nothing_is_says_gone(
    platform: PlatformServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"Location": "https://wordpress.com/typo/?subdomain=demo"}
    monkeypatch.setitem(PAGES, "/blog", (302, nowhere, ""))
    assert str(_ask(platform, "wordpress", "channel", "/blog").reason) == "sign_of_gone"
    assert str(_ask(platform, "telegram", "channel", "/blog").reason) != "sign_of_gone", (
        "of others it tells nothing"
    )


def _ask(server: PlatformServer, platform: str, kind: str, path: str) -> Any:
    question = Question(UUID(int=1), platform, kind, server.url(path))
    return ask(question, Manners("Test-Probe/1", 5, networks(["127.0.0.1"]), [server.port]))
