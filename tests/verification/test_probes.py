"""Probes against a platform of the tests' own: each answer judged as a careful officer would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.outbound import networks
from takedowns.referrals.models import Item, Referral
from takedowns.referrals.vocabulary import Availability
from takedowns.verification import tasks
from takedowns.verification.looking import mark
from takedowns.verification.models import Check, ProbeLane, Reason
from takedowns.verification.probing.asking import MOST_HOPS, Manners, Question, ask
from takedowns.verification.probing.judging import judge
from takedowns.verification.probing.rounds import TOLD_OFF, manners, pick, probe_round
from takedowns.verification.probing.signs import signs_of
from tests.people import People, make_people
from tests.verification.conftest import answered
from tests.verification.platform_server import PlatformServer, playing_a_platform

AGENT = "Test-Probe/1"
LEASE = timedelta(minutes=2)


@pytest.fixture
def platform() -> Iterator[PlatformServer]:
    with playing_a_platform() as server:
        yield server


def saw(
    server: PlatformServer, path: str, *, kind: str = "channel", allow: str = "127.0.0.1", seconds: float = 5
) -> tuple[str, str, int | None]:
    """Ask for a page as if it were a Telegram channel's."""
    verdict = ask(
        Question(UUID(int=1), "telegram", kind, server.url(path)),
        Manners(AGENT, seconds, networks([allow] if allow else []), [server.port, 80]),
    )
    return str(verdict.seen), str(verdict.reason), verdict.http_status


@pytest.mark.parametrize(
    ("path", "seen", "reason", "status"),
    [
        ("/gone", "offline", "gone", 404),
        ("/gone-for-good", "offline", "gone", 410),
        ("/gone-next-door", "offline", "gone", 404),
        ("/sign-in", "unknown", "sign_in", 302),
        ("/other-sign-in", "unknown", "sign_in", 302),
        ("/unauthorised", "unknown", "sign_in", 401),
        ("/blocked", "unknown", "blocked_here", 451),
        ("/forbidden", "unknown", "forbidden", 403),
        ("/odd", "unknown", "forbidden", 999),
        ("/bored", "unknown", "too_many", 429),
        ("/broken", "unknown", "fault", 503),
        ("/lying", "unknown", "no_sign", 200),
        ("/home", "unknown", "elsewhere", 200),
        ("/there", "online", "sign_of_online", 200),
        ("/slash", "online", "sign_of_online", 200),
        ("/private", "unknown", "not_asked", 302),
        ("/metadata", "unknown", "not_asked", 302),
        ("/to-a-file", "unknown", "not_asked", 302),
        ("/nonsense", "unknown", "not_asked", 302),
        ("/round", "unknown", "too_many_hops", 302),
        ("/nowhere", "unknown", "forbidden", 302),
    ],
)
def test_each_answer_is_judged_with_care(
    platform: PlatformServer, path: str, seen: str, reason: str, status: int
) -> None:
    assert saw(platform, path) == (seen, reason, status)
    assert platform.asked[0] == (path, AGENT)


def test_another_hosts_404_says_nothing_of_the_item(platform: PlatformServer) -> None:
    verdict = ask(
        Question(UUID(int=1), "telegram", "channel", platform.url("/gone-elsewhere")),
        Manners(AGENT, 5, networks(["127.0.0.0/8", "::1"]), [platform.port]),
    )
    assert (verdict.seen, verdict.http_status) == ("unknown", 404)


def test_a_sign_in_is_not_visited_and_a_circle_is_left(platform: PlatformServer) -> None:
    saw(platform, "/sign-in")
    assert [path for path, _ in platform.asked] == ["/sign-in"]
    platform.asked.clear()
    saw(platform, "/round")
    assert len(platform.asked) == MOST_HOPS + 1


def test_a_slow_platform_is_not_waited_for(platform: PlatformServer) -> None:
    assert saw(platform, "/slow", seconds=0.3) == ("unknown", "too_slow", None)


def test_a_platform_that_is_not_there_is_not_gone() -> None:
    with playing_a_platform() as ended:
        pass
    assert saw(ended, "/there") == ("unknown", "unreachable", None)


def test_a_mark_counts_only_for_the_kinds_it_is_known_of(platform: PlatformServer) -> None:
    assert saw(platform, "/there", kind="message") == ("unknown", "no_sign", 200)
    assert signs_of("rumble", "video").online == ()


@given(
    status=st.integers(100, 999),
    body=st.binary(max_size=40),
    at_its_host=st.booleans(),
    at_its_page=st.booleans(),
)
def test_nothing_is_said_gone_or_online_without_the_platforms_word(
    status: int, body: bytes, at_its_host: bool, at_its_page: bool
) -> None:
    signs = signs_of("telegram", "channel")
    verdict = judge(status, body, signs, at_its_host=at_its_host, at_its_page=at_its_page)
    if verdict.seen == Availability.OFFLINE:
        assert status in (404, 410)
        assert at_its_host
    if verdict.seen == Availability.ONLINE:
        assert at_its_page
        assert signs.online[0] in body


# -- rounds ----------------------------------------------------------------------------------------


def lane(slug: str = "telegram", seconds: int = 30) -> ProbeLane:
    return ProbeLane.objects.create(platform_id=slug, seconds=seconds, next_at=timezone.now())


def move_to(server: PlatformServer, referral_ids: list[UUID], paths: list[str]) -> None:
    """Let items live on the test's platform."""
    with acting_as(SYSTEM):
        for one, path in zip(referral_ids, paths, strict=True):
            item_id = Referral.objects.get(pk=one).item_id
            Item.objects.filter(pk=item_id).update(url=server.url(path), kind="channel")


@pytest.fixture
def asked_here(platform: PlatformServer) -> Iterator[PlatformServer]:
    with override_settings(
        PROBES=True, PROBE_ALLOW_NETWORKS=["127.0.0.1"], PROBE_PORTS=[platform.port], PROBE_TIMEOUT_SECONDS=5
    ):
        yield platform


def checks() -> list[tuple[str, str, int | None, str]]:
    with acting_as(SYSTEM):
        return list(Check.objects.order_by("at", "id").values_list("seen", "reason", "http_status", "robot"))


def test_a_round_asks_each_lane_once_and_keeps_what_it_saw(
    people: People, removed: list[UUID], asked_here: PlatformServer
) -> None:
    move_to(asked_here, removed, ["/gone", "/there", "/gone-for-good"])
    lane("telegram"), lane("youtube")
    assert len(probe_round().verdicts) == 2
    assert len(asked_here.asked) == 2
    assert all(robot == "probe" for *_, robot in checks())
    assert probe_round().verdicts == {}, "no lane is free so soon"
    ProbeLane.objects.update(next_at=timezone.now())
    assert len(probe_round().verdicts) == 1, "youtube has nothing due any more"
    with acting_as(SYSTEM):
        assert dict(Referral.objects.values_list("pk", "availability")) == dict(
            zip(removed, ["offline", "online", "offline"], strict=True)
        )
    assert sorted(checks()) == [
        ("offline", "gone", 404, "probe"),
        ("offline", "gone", 410, "probe"),
        ("online", "sign_of_online", 200, "probe"),
    ]


def test_an_installation_that_allows_nothing_asks_no_private_address(
    people: People, removed: list[UUID], platform: PlatformServer
) -> None:
    """The settings as they come: loopback is refused, whatever an item's address says."""
    move_to(platform, removed, ["/gone", "/gone", "/gone"])
    lane()
    assert manners().allow == frozenset()
    with override_settings(PROBES=True, PROBE_PORTS=[platform.port]):
        probe_round()
    assert platform.asked == []
    assert checks() == [("unknown", "not_asked", None, "probe")]
    with acting_as(SYSTEM):
        assert set(Referral.objects.values_list("availability", flat=True)) == {"unknown"}


def test_what_a_robot_could_not_tell_is_left_for_people_and_not_asked_again_at_once(
    people: People, removed: list[UUID], asked_here: PlatformServer
) -> None:
    move_to(asked_here, removed, ["/lying", "/lying", "/lying"])
    lane()
    for _ in range(3):
        ProbeLane.objects.update(next_at=timezone.now())
        probe_round()
    assert len(asked_here.asked) == 2, "each of the two once"
    outcome = mark(removed, Availability.OFFLINE, people.operation, by=people.actor("officer"))
    assert outcome.recorded == removed


def test_whoever_asks_for_fewer_questions_is_left_alone(
    people: People, removed: list[UUID], asked_here: PlatformServer
) -> None:
    move_to(asked_here, removed, ["/bored", "/bored", "/bored"])
    lane()
    probe_round()
    assert checks() == [("unknown", Reason.TOO_MANY, 429, "probe")]
    assert ProbeLane.objects.get().next_at > timezone.now() + TOLD_OFF - timedelta(minutes=1)


@pytest.mark.parametrize("lanes", [1, 3])
def test_any_number_of_lanes_costs_the_same(
    people: People, asked_here: PlatformServer, lanes: int, django_assert_num_queries: Any
) -> None:
    urls = ["https://t.me/demo_first", "https://youtu.be/demoVIDEO01", "https://x.com/demo_quay"][:lanes]
    move_to(asked_here, answered(people, urls), ["/gone"] * lanes)
    for slug in ("telegram", "youtube", "twitter")[:lanes]:
        lane(slug)
    with django_assert_num_queries(29):  # one of them asks whether this is a copy
        assert len(probe_round().verdicts) == lanes


def test_nothing_is_asked_unless_the_installation_wants_it(
    people: People, removed: list[UUID], platform: PlatformServer
) -> None:
    move_to(platform, removed, ["/gone", "/gone", "/gone"])
    lane()
    with override_settings(PROBE_ALLOW_NETWORKS=["127.0.0.1"], PROBE_PORTS=[platform.port]):
        tasks.probe_each_minute(timestamp=0)
        tasks.probe()
    assert platform.asked == []


def test_a_platform_without_a_lane_is_never_asked(
    people: People, removed: list[UUID], asked_here: PlatformServer
) -> None:
    move_to(asked_here, removed, ["/gone", "/gone", "/gone"])
    lane("twitter")
    assert probe_round().verdicts == {}
    assert asked_here.asked == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_ask_one_platform_at_once() -> None:
    people = make_people()
    answered(people, [f"https://t.me/demo_{number}" for number in range(5)])
    lane("telegram")
    ready, picked = threading.Barrier(4), []

    def worker() -> None:
        try:
            ready.wait(10)
            picked.extend(pick(timezone.now(), lease=LEASE))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(picked) == 1
    assert pick(timezone.now() + LEASE * 2, lease=LEASE) == picked, "a worker that died gives it back"


def test_the_command_says_who_is_asked_and_refuses_haste(people: People) -> None:
    def told(*arguments: str) -> str:
        out = StringIO()
        call_command("probes", *arguments, stdout=out)
        return out.getvalue()

    assert "telegram: at most every 30 s" in told("telegram", "--every", "30")
    assert "nothing is asked" in told()
    for wrong, why in (
        (["telegram", "--every", "1"], "no faster"),
        (["nosuch", "--every", "30"], "no platform"),
        (["telegram"], "Say either"),
        (["--off"], "Name the platform"),
        (["telegram", "--every", "9", "--off"], "Say either"),
    ):
        with pytest.raises(CommandError, match=why):
            told(*wrong)
    assert "telegram" not in told("telegram", "--off")
