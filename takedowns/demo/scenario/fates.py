"""What becomes of each item: review, referral, the platform's answer, complaints. Writes the moves as batches go."""

from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

from takedowns.demo.scenario import details
from takedowns.demo.scenario.behaviour import BEHAVIOURS
from takedowns.demo.scenario.cast import COORDINATOR, desk_of, officer_of, reviewer_of
from takedowns.demo.scenario.clock import DAY, HOUR, moment, round_up
from takedowns.demo.scenario.details import Details
from takedowns.demo.scenario.dice import Dice
from takedowns.demo.scenario.files import JOINT_WINDOW, PlannedFile
from takedowns.demo.scenario.items import PlannedItem
from takedowns.demo.scenario.specs import Action, Batch

REJECTED = 0.008
WITHDRAWN = 0.0013
COMPLAINED = 0.0013
COMPLAINT_UPHELD = 0.4
QUESTION_ANSWERED = 0.5

# Moves of one minute are played in this order.
_ORDER: tuple[Action, ...] = get_args(Action)

# A case younger than this (minutes) is decided in rounds of so many minutes.
_ROUNDS = ((HOUR, 15), (3 * HOUR, HOUR), (12 * HOUR, 4 * HOUR), (2 * DAY, 12 * HOUR), (60 * DAY, DAY))

_Key = tuple[int, int, str, str, str, str, int]


class Ledger:
    """Collects single moves and hands them out as batches in the order of time."""

    def __init__(self) -> None:
        self._urls: dict[_Key, list[str]] = defaultdict(list)
        self._details: dict[int, Details] = {}

    def note(
        self,
        at: int,
        action: Action,
        item: PlannedItem,
        actor: str,
        what: Details = details.NONE,
        *,
        platform: str = "",
    ) -> None:
        """One item's move. Moves alike in everything become one batch. Without a platform it is the agency's move."""
        # The details are the constants of one module, so their identity tells them apart while we collect.
        self._details[id(what)] = what
        agency = "" if platform else item.agency
        self._urls[at, _ORDER.index(action), item.operation, platform, agency, actor, id(what)].append(
            item.url
        )

    def batches(self) -> Iterator[Batch]:
        """All moves as batches, in the order of time and, within a minute, of the lifecycle."""
        # id() differs between runs, so batches alike but for their details are ordered by those instead.
        keys = sorted(self._urls, key=lambda key: (key[:6], str(self._details[key[6]])))
        for key in keys:
            at, order, operation, platform, agency, actor, what = key
            yield Batch(
                at=moment(at),
                action=_ORDER[order],
                operation_reference=operation,
                platform_slug=platform or None,
                agency_slug=agency or None,
                actor=actor,
                urls=self._urls[key],
                details=dict(self._details[what]),
            )


def play(seed: int, files: list[PlannedFile]) -> list[Batch]:
    """Decide every item's fate, write it into the item, and return the moves in the order of time."""
    dice = Dice(seed, "fates")
    ledger = Ledger()
    for file in files:
        _review(dice, ledger, file)
    return list(ledger.batches())


def _review(dice: Dice, ledger: Ledger, file: PlannedFile) -> None:
    """A colleague reads the list; the coordinator refers what was approved; the platforms answer."""
    # Not before another agency could have named the same item, so that two requests become one.
    approved_at = file.handed_in + JOINT_WINDOW + 2 + dice.below(20)
    referred_at = approved_at + 8 + dice.below(10)
    reviewer = reviewer_of(file.agency)
    objection = dice.pick(details.REJECTED)
    for item in file.items:
        alone = not item.co_referrer
        if alone and dice.chance(REJECTED):
            item.status = "rejected"
            ledger.note(approved_at, "reject", item, reviewer, objection)
            continue
        ledger.note(approved_at, "approve", item, reviewer, details.APPROVED)
        if alone and dice.chance(WITHDRAWN):
            item.status = "withdrawn"
            ledger.note(approved_at + 5, "withdraw", item, file.officer, details.WITHDRAWN)
            continue
        item.status = "referred"
        item.referred_at = referred_at
        ledger.note(referred_at, "refer", item, COORDINATOR)
        _answer(dice, ledger, item, referred_at)


def _answer(dice: Dice, ledger: Ledger, item: PlannedItem, referred_at: int) -> None:
    behaviour = BEHAVIOURS[item.platform]
    ending = dice.weighted(behaviour.endings)
    if ending == "silent":
        return
    desk = desk_of(item.platform)
    read_at = referred_at
    if behaviour.acknowledges_every is not None:
        read_at = round_up(referred_at + 1, behaviour.acknowledges_every)
        item.status = "acknowledged"
        ledger.note(read_at, "acknowledge", item, desk, platform=item.platform)
    if ending == "acknowledged":
        return
    decided_at = _decision_time(
        dice.along(behaviour.delay), referred_at, read_at, in_bulk=ending == "removed"
    )
    if ending == "asked":
        item.status = "information_requested"
        ledger.note(decided_at, "request_information", item, desk, details.QUESTION, platform=item.platform)
        if not dice.chance(QUESTION_ANSWERED):
            return
        ledger.note(decided_at + DAY, "provide_information", item, officer_of(item.agency), details.ANSWER)
        decided_at += DAY + 3 * HOUR
    action, what = _move(item, ending, decided_at)
    item.status = "removed" if action in {"remove", "suspend"} else str(ending)
    item.decided_at = decided_at
    ledger.note(decided_at, action, item, desk, what, platform=item.platform)
    if item.status == "removed" and item.co_referrer == "" and dice.chance(COMPLAINED):
        _complain(dice, ledger, item, desk, decided_at)


def _decision_time(minutes: float, referred_at: int, read_at: int, *, in_bulk: bool) -> int:
    """When the platform decides. Desks work in rounds: short ones at first, longer ones the older the case.

    What is not simply removed goes to somebody who takes such cases twice a shift.
    """
    step = next(step for limit, step in _ROUNDS if minutes < limit)
    earliest = max(referred_at + minutes, read_at + 1)
    return round_up(earliest, step if in_bulk else max(step, 6 * HOUR))


def _move(item: PlannedItem, ending: str, decided_at: int) -> tuple[Action, Details]:
    if ending == "restricted":
        return "restrict", details.RESTRICTED
    if ending == "declined":
        # A round works through one kind of doubt at a time.
        return "decline", details.DECLINED[decided_at // (6 * HOUR) % len(details.DECLINED)]
    if ending == "unavailable":
        return "unavailable", details.UNAVAILABLE
    if item.form.kind == "account":
        return "suspend", details.SUSPENDED
    if item.platform == "youtube" and item.form.kind == "channel":
        return "suspend", details.TERMINATED
    return "remove", details.REMOVED


def _complain(dice: Dice, ledger: Ledger, item: PlannedItem, desk: str, decided_at: int) -> None:
    """The uploader objects; the platform reads again and in some cases puts it back."""
    item.complained = True
    complained_at = round_up(decided_at + DAY + dice.below(4 * DAY), 6 * HOUR)
    ledger.note(complained_at, "complaint", item, desk, details.COMPLAINT, platform=item.platform)
    if dice.chance(COMPLAINT_UPHELD):
        item.status = "reinstated"
        item.reinstated_at = complained_at + 2 * DAY
        ledger.note(item.reinstated_at, "reinstate", item, desk, details.REINSTATED, platform=item.platform)
