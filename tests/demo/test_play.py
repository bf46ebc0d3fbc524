"""The demo, played into a real database: the board must show what the generator's own books say."""

from __future__ import annotations

from pathlib import Path

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.demo.models import Step
from takedowns.demo.play import is_played, play
from takedowns.demo.scenario import Scenario, build
from takedowns.figures.board import Board, board
from takedowns.intake.models import Submission
from takedowns.referrals.models import Operation
from tests.factories import number_of_rows
from tests.played import PlayOnce

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    "referrals_item",
    "referrals_referral",
    "referrals_event",
    "referrals_coreferral",
    "intake_submissionrow",
    "verification_check",
    "figures_selfreport",
    "directory_user",
)


@pytest.fixture
def scenario() -> Scenario:
    return build(scale=0.02)


def silent(what: str, done: int, whole: int) -> None:
    """Tell nobody."""


def counts() -> dict[str, int]:
    return {table: number_of_rows(table) for table in TABLES}


def boards() -> dict[str, Board]:
    with acting_as(SYSTEM):
        return {operation.reference: board(operation, SYSTEM) for operation in Operation.objects.all()}


def test_the_board_and_every_report_show_what_the_books_say(scenario: Scenario, play_once: PlayOnce) -> None:
    lists = play_once(0.02)
    _compare_boards(scenario)
    _compare_reports(scenario, lists)


def _compare_boards(scenario: Scenario) -> None:
    expected = scenario.expected
    shown = boards()
    for reference, platforms in expected.statuses.items():
        figures = {row.slug: row.counts for row in shown[reference].rows}
        assert {slug for slug, counted in figures.items() if counted.handed_in} == set(platforms)
        for platform, statuses in platforms.items():
            mine = figures[platform]
            assert mine.handed_in == sum(statuses.values())
            for status in (
                "removed",
                "restricted",
                "declined",
                "unavailable",
                "rejected",
                "withdrawn",
                "reinstated",
            ):
                assert getattr(mine, status) == statuses.get(status, 0), (platform, status)
            assert mine.open == sum(
                statuses.get(status, 0) for status in ("referred", "acknowledged", "information_requested")
            )
            assert mine.referred == expected.referred[reference][platform]
            assert mine.removed_but_online == expected.removed_but_online.get(reference, {}).get(platform, 0)
        assert shown[reference].total.handed_in == expected.items_by_operation[reference]
    assert number_of_rows("referrals_coreferral") == expected.co_referred
    assert sum(report.total for row in shown["RAD19"].rows for report in row.self_reports) == 5_055


def _compare_reports(scenario: Scenario, folder: Path) -> None:
    with acting_as(SYSTEM):
        reports = dict(Submission.objects.values_list("filename", "counts"))
    for filename, outcome in scenario.expected.files.items():
        assert (folder / filename).is_file()
        said = reports[filename]
        assert sum(said.values()) == outcome.rows
        assert said.get("new", 0) == outcome.new
        assert said.get("repeated", 0) == outcome.duplicate
        assert said.get("already_referred", 0) == outcome.co_referred
        assert said.get("unknown_platform", 0) == outcome.unknown_host
        assert said.get("invalid", 0) == outcome.invalid


def test_a_second_start_duplicates_nothing(scenario: Scenario, play_once: PlayOnce, tmp_path: Path) -> None:
    play_once(0.02)
    before = counts()
    assert is_played()
    play(scenario, tmp_path / "demo", silent)
    assert counts() == before


def test_one_that_was_interrupted_goes_on_where_it_ended(scenario: Scenario, tmp_path: Path) -> None:
    class PowerCutError(Exception):
        pass

    def interrupt(what: str, done: int, whole: int) -> None:
        if what.startswith("Playing") and done > whole // 2:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        play(scenario, tmp_path / "demo", interrupt)
    assert not is_played()
    steps = Step.objects.count()
    play(scenario, tmp_path / "demo", silent)
    assert Step.objects.count() > steps
    interrupted = counts()
    assert interrupted["referrals_referral"] == scenario.expected.items
    assert interrupted["verification_check"] == sum(len(batch.looks) for batch in scenario.checks)
