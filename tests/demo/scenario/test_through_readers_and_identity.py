"""The files mean what the generator says, when the real readers and the real rules of identity read them."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from takedowns.demo.scenario import Scenario
from takedowns.demo.scenario.addresses import DAYS_AFTER_ITEMS, FORMS, MAIN_ITEMS, Form
from takedowns.demo.scenario.day import MOST
from takedowns.demo.scenario.dice import Dice
from takedowns.demo.scenario.items import make_item, plan_items
from takedowns.demo.scenario.outlets import OUTLETS
from takedowns.demo.scenario.refused import MALFORMED, malformed_row, unknown_host_row
from takedowns.demo.scenario.specs import FileOutcome, SubmissionSpec
from takedowns.demo.scenario.tables import STRAY_BYTE
from takedowns.identity import Identity, Refusal, identify
from takedowns.readers import HandedInRow, open_table

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def rows_of(submission: SubmissionSpec) -> Iterator[HandedInRow]:
    return open_table(BytesIO(submission.text_bytes), submission.filename, zone=AMSTERDAM).rows()


@dataclass
class FirstSeen:
    """Who named an item first, and how."""

    identity: Identity
    row: HandedInRow
    submission: SubmissionSpec
    last_named: datetime


@dataclass
class Intake:
    """What the files come to, row by row."""

    outcomes: dict[str, FileOutcome]
    items: dict[UUID, FirstSeen]


@pytest.fixture(scope="module")
def intake(scenario: Scenario) -> Intake:
    """Every file read and every address identified, in the order they are handed in."""
    items: dict[UUID, FirstSeen] = {}
    outcomes: dict[str, FileOutcome] = {}
    for submission in scenario.submissions:
        counts: Counter[str] = Counter()
        here: set[UUID] = set()
        for row in rows_of(submission):
            counts["rows"] += 1
            found = identify(row.url)
            if isinstance(found, Refusal):
                counts["invalid"] += 1
            elif found.platform == "web":
                counts["unknown_host"] += 1
            elif found.id in here:
                counts["duplicate"] += 1
            elif found.id in items:
                counts["co_referred"] += 1
                assert items[found.id].submission.agency_slug != submission.agency_slug
                items[found.id].last_named = submission.handed_in_at
                here.add(found.id)
            else:
                counts["new"] += 1
                here.add(found.id)
                items[found.id] = FirstSeen(found, row, submission, submission.handed_in_at)
        names = FileOutcome.__dataclass_fields__
        outcomes[submission.filename] = FileOutcome(**{name: counts[name] for name in names})
    return Intake(outcomes, items)


def test_every_row_of_every_file_has_the_outcome_the_demo_promises(
    scenario: Scenario, intake: Intake
) -> None:
    assert intake.outcomes == scenario.expected.files
    assert len(intake.items) == scenario.expected.items


def test_platforms_kinds_outlets_and_agencies_are_read_as_promised(
    scenario: Scenario, intake: Intake
) -> None:
    kinds: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    outlets: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    agencies: dict[str, Counter[str]] = defaultdict(Counter)
    for first in intake.items.values():
        operation = first.submission.operation_reference
        assert not first.row.problems
        assert first.row.tier in {1, 2, 3, 4, 5}
        kinds[operation][first.identity.platform][first.row.kind] += 1
        outlets[operation][first.row.outlet][first.identity.platform] += 1
        agencies[operation][first.submission.agency_slug] += 1
    assert kinds == scenario.expected.kinds
    assert outlets == scenario.expected.outlets
    assert agencies == scenario.expected.agencies


def test_times_found_lie_shortly_before_the_hand_in(intake: Intake) -> None:
    dated = [first for first in intake.items.values() if first.row.found_at is not None]
    assert len(dated) > len(intake.items) / 2
    for first in dated:
        found_at = first.row.found_at
        assert found_at is not None
        assert 10 * 60 <= (first.submission.handed_in_at - found_at).total_seconds() <= 2 * 3600


def test_answers_name_every_item_once_and_only_items_of_the_files(scenario: Scenario, intake: Intake) -> None:
    reviewed: set[UUID] = set()
    for batch in scenario.answers:
        ids = set()
        for url in batch.urls:
            found = identify(url)
            assert isinstance(found, Identity)
            first = intake.items[found.id]
            ids.add(found.id)
            assert batch.platform_slug in {None, found.platform}
            assert batch.agency_slug in {None, first.submission.agency_slug}
            assert batch.operation_reference == first.submission.operation_reference
            # Two agencies that name the same item do so while the referral is still open to join.
            assert batch.at > first.last_named
        assert len(ids) == len(batch.urls)
        if batch.action in {"approve", "reject"}:
            assert not reviewed & ids
            reviewed |= ids
    assert reviewed == set(intake.items)


def test_the_spellings_of_an_item_are_one_and_different_items_are_not() -> None:
    planned = plan_items(2019, 0.1)
    seen: dict[UUID, str] = {}
    for item in planned:
        spellings = [item.spelling(number) for number in range(len(item.form.spellings))]
        found = [identify(spelling) for spelling in spellings]
        ids = {identity.id for identity in found if isinstance(identity, Identity)}
        assert len(ids) == 1, dict(zip(spellings, found, strict=True))
        assert all(isinstance(f, Identity) and f.platform == item.platform for f in found), spellings
        assert seen.setdefault(ids.pop(), item.url) == item.url


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.platform}-{form.kind}")
def test_addresses_keep_to_the_platforms_rules_at_the_largest_scale(form: Form) -> None:
    counts = MAIN_ITEMS | DAYS_AFTER_ITEMS
    longest = max(OUTLETS, key=lambda outlet: len(outlet.stem))
    item = make_item(Dice(1, "test"), form, "RAD19", longest, counts[form.platform] * MOST)
    found = [identify(item.spelling(number)) for number in range(len(form.spellings))]
    assert all(isinstance(f, Identity) and f.platform == form.platform for f in found), found
    assert len({f.id for f in found if isinstance(f, Identity)}) == 1
    assert len(item.handle) <= {"telegram": 32, "twitter": 15, "instagram": 30}.get(form.platform, 50)


@pytest.mark.parametrize("number", range(MALFORMED))
def test_a_malformed_row_is_refused_with_a_sentence(number: int) -> None:
    for is_utf8 in (True, False):
        row = malformed_row(number, is_utf8=is_utf8)
        found = identify(row.address.replace(STRAY_BYTE, "\N{REPLACEMENT CHARACTER}"))
        assert isinstance(found, Refusal), row
        assert found.message.endswith(".")


def test_an_unknown_host_is_kept_as_a_web_address_and_each_is_another() -> None:
    dice = Dice(1, "test")
    found = [identify(unknown_host_row(dice, number).address) for number in range(80)]
    assert {f.platform if isinstance(f, Identity) else f.code for f in found} == {"web"}
    assert len({f.id for f in found if isinstance(f, Identity)}) == 80
