"""What the demo says of itself is what its answers and looks lead to, counted here a second time."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from takedowns.demo.scenario import Scenario, build

AMSTERDAM = ZoneInfo("Europe/Amsterdam")

# action → (statuses it may leave, status it enters); a complaint leaves the status as it is.
DECIDABLE = {"referred", "acknowledged"}
MOVES: dict[str, tuple[set[str], str | None]] = {
    "approve": ({"submitted"}, "approved"),
    "reject": ({"submitted"}, "rejected"),
    "withdraw": ({"approved"}, "withdrawn"),
    "refer": ({"approved"}, "referred"),
    "acknowledge": ({"referred"}, "acknowledged"),
    "request_information": (DECIDABLE, "information_requested"),
    "provide_information": ({"information_requested"}, "acknowledged"),
    "remove": (DECIDABLE, "removed"),
    "suspend": (DECIDABLE, "removed"),
    "restrict": (DECIDABLE, "restricted"),
    "decline": (DECIDABLE, "declined"),
    "unavailable": (DECIDABLE, "unavailable"),
    "complaint": ({"removed", "restricted"}, None),
    "reinstate": ({"removed", "restricted"}, "reinstated"),
}

SCALES = [0.004, 0.03, 1.0]


def replay(scenario: Scenario) -> tuple[dict[str, str], dict[str, str]]:
    """Play all answers; (status by URL, operation by URL). Fails at the first move that is not allowed."""
    status: dict[str, str] = {}
    operation: dict[str, str] = {}
    for batch in scenario.answers:
        leaves, enters = MOVES[batch.action]
        assert len(set(batch.urls)) == len(batch.urls) > 0
        for url in batch.urls:
            before = status.get(url, "submitted")
            assert before in leaves, f"{batch.action} of {url} leaves {before} at {batch.at}"
            assert operation.setdefault(url, batch.operation_reference) == batch.operation_reference
            status[url] = enters or before
    return status, operation


@pytest.mark.parametrize("scale", SCALES)
def test_every_move_is_allowed_and_the_statuses_add_up(scale: float) -> None:
    scenario = build(scale=scale)
    status, operation = replay(scenario)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for url, reached in status.items():
        counted[operation[url]][reached] += 1
    for reference, platforms in scenario.expected.statuses.items():
        told: Counter[str] = Counter()
        for by_status in platforms.values():
            told.update(by_status)
        assert counted[reference] == told
        assert told.total() == scenario.expected.items_by_operation[reference]
    assert len(status) == scenario.expected.items


@pytest.mark.parametrize("scale", SCALES)
def test_the_rows_of_the_reports_add_up(scale: float) -> None:
    expected = build(scale=scale).expected
    files = expected.files.values()
    for file in files:
        assert file.rows == file.new + file.duplicate + file.co_referred + file.unknown_host + file.invalid
    assert sum(file.new for file in files) == expected.items == sum(expected.items_by_operation.values())
    assert sum(file.co_referred for file in files) == expected.co_referred
    assert sum(file.rows for file in files) == expected.rows
    for figures in (expected.kinds, expected.availability, expected.outlets):
        for reference, groups in figures.items():
            total = sum(count for group in groups.values() for count in group.values())
            assert total == expected.items_by_operation[reference]


def test_platforms_answer_only_for_themselves_and_agencies_only_before_that(scenario: Scenario) -> None:
    people = {person.email: person for person in scenario.people}
    for batch in scenario.answers:
        actor = people[batch.actor]
        if batch.platform_slug:
            assert actor.platform_slug == batch.platform_slug
            assert batch.agency_slug is None
        else:
            assert batch.action in {"approve", "reject", "withdraw", "refer", "provide_information"}
            assert actor.role == "coordinator" or actor.agency_slug == batch.agency_slug
        if batch.action in {"approve", "reject"}:
            assert actor.role == "reviewer"


@pytest.mark.parametrize("scale", SCALES)
def test_looks_add_up_to_what_the_board_must_show(scale: float) -> None:
    scenario = build(scale=scale)
    status, operation = replay(scenario)
    seen: dict[str, list[str]] = defaultdict(list)
    for batch in scenario.checks:
        assert (batch.by == "officer") == (batch.agency_slug is not None) == (batch.actor is not None)
        assert len({url for url, _ in batch.looks}) == len(batch.looks) > 0
        for url, availability in batch.looks:
            seen[url].append(availability)
    assert set(seen) <= set(status)
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for url in status:
        counted[operation[url]][seen[url][-1] if url in seen else "unknown"] += 1
    for reference, platforms in scenario.expected.availability.items():
        told: Counter[str] = Counter()
        for by_availability in platforms.values():
            told.update(by_availability)
        assert counted[reference] == told
    gap = Counter(
        operation[u] for u, reached in status.items() if reached == "removed" and seen[u][-1] == "online"
    )
    assert gap == {ref: sum(n.values()) for ref, n in scenario.expected.removed_but_online.items()}
    back = [
        u for u, looks in seen.items() if "offline" in looks and "online" in looks[looks.index("offline") :]
    ]
    assert sum(status[u] == "removed" for u in back) == scenario.expected.resurfaced
    assert sum(status[u] == "reinstated" for u in back) == scenario.expected.reinstated
    assert len(back) == scenario.expected.resurfaced + scenario.expected.reinstated


def test_everything_comes_in_the_order_of_time(scenario: Scenario) -> None:
    for times in (
        [batch.at for batch in scenario.answers],
        [batch.at for batch in scenario.checks],
        [submission.handed_in_at for submission in scenario.submissions],
    ):
        assert times == sorted(times)
        assert all(at.tzinfo is UTC for at in times)


def test_the_action_day_is_worked_between_seven_and_seven(scenario: Scenario) -> None:
    def hours(at: datetime) -> float:
        local = at.astimezone(AMSTERDAM)
        return local.hour + local.minute / 60

    ours = [s.handed_in_at for s in scenario.submissions if s.operation_reference == "RAD19"]
    ours += [
        b.at
        for b in scenario.answers
        if b.operation_reference == "RAD19" and b.action in {"approve", "reject", "withdraw", "refer"}
    ]
    assert {at.astimezone(AMSTERDAM).date().isoformat() for at in ours} == {"2019-11-21", "2019-11-22"}
    assert all(7 <= hours(at) <= 19 for at in ours)


def test_the_removal_rate_of_the_action_day_is_near_the_one_the_eu_iru_published(scenario: Scenario) -> None:
    expected = scenario.expected
    referred = sum(expected.referred["RAD19"].values())
    removed = sum(by_status["removed"] for by_status in expected.statuses["RAD19"].values())
    assert referred > 26_000
    assert 0.84 < removed / referred < 0.86


def test_telegram_is_quick_and_tamtam_slow_and_partial(scenario: Scenario) -> None:
    referred: dict[str, datetime] = {}
    hours: dict[str, list[float]] = defaultdict(list)
    for batch in scenario.answers:
        for url in batch.urls:
            if batch.action == "refer":
                referred[url] = batch.at
            elif batch.action in {"remove", "suspend"}:
                hours[batch.platform_slug or ""].append((batch.at - referred[url]).total_seconds() / 3600)
    median = {platform: sorted(found)[len(found) // 2] for platform, found in hours.items()}
    assert median["telegram"] < 1 < median["google_drive"] < 24 < median["app_store"] < median["tamtam"]
    assert max(hours["tamtam"]) > 14 * 24
    tamtam = scenario.expected.availability["RAD19-F"]["tamtam"]
    assert 0.35 < tamtam["online"] / sum(tamtam.values()) < 0.6
    assert scenario.expected.removed_but_online["RAD19"]["telegram"] > 50
