"""Who looked when, and what was seen: one hour, a day and a week after, by a robot and now and then by an officer."""

from collections import defaultdict
from collections.abc import Iterator

from takedowns.demo.scenario.behaviour import BEHAVIOURS
from takedowns.demo.scenario.cast import officer_of
from takedowns.demo.scenario.clock import DAY, HOUR, moment, round_up
from takedowns.demo.scenario.dice import Dice
from takedowns.demo.scenario.items import PlannedItem
from takedowns.demo.scenario.specs import Availability, CheckBatch

BY_OFFICER = 0.03
"""Share of the later looks at an item that an officer makes."""

GONE_AFTER_ALL = 0.5
"""Of what is removed by word but online at first: the share that is gone a day later."""

BACK_AGAIN = 0.006
"""Share of what was seen gone that is online again a week later."""

TAKEN_DOWN_BY_ITS_AUTHOR = 0.08
"""Share of what no platform acted on that is gone after a week."""

RESTRICTION_HOLDS = 0.7
"""Share of geo-blocked items that cannot be seen from where the robot stands."""

_WEEK = 7 * DAY

Look = tuple[int, Availability]


def look_at_all(seed: int, items: list[PlannedItem]) -> list[CheckBatch]:
    """Every look at every referred item in the order of time; writes what was seen last into the item."""
    dice = Dice(seed, "looks")
    collected: dict[tuple[int, str], list[tuple[str, Availability]]] = defaultdict(list)
    for item in items:
        for place, (at, seen) in enumerate(_looks(dice, item)):
            if place and dice.chance(BY_OFFICER):
                collected[_in_office_hours(at), item.agency].append((item.url, seen))
            else:
                collected[at, ""].append((item.url, seen))
            item.availability = seen
    return [
        _batch(at, agency, looks)
        for (at, agency), looks in sorted(collected.items(), key=lambda entry: entry[0])
    ]


def _batch(at: int, agency: str, looks: list[tuple[str, Availability]]) -> CheckBatch:
    if agency:
        return CheckBatch(moment(at), "officer", agency, officer_of(agency), looks)
    return CheckBatch(moment(at), "probe", None, None, looks)


def _in_office_hours(at: int) -> int:
    """The next ten to eleven o'clock: at most a day later, and never after the look that follows."""
    return round_up(at - 10 * HOUR - 20, DAY) + 10 * HOUR + 20


def _looks(dice: Dice, item: PlannedItem) -> Iterator[Look]:
    """The looks at one item, in order. The last one always sees online or offline, so that the totals are certain."""
    if item.referred_at is None:
        return
    if item.decided_at is None:
        yield from _undecided(dice, item.referred_at)
        return
    # A platform that takes its time is looked at while it does.
    for after in (DAY, _WEEK):
        at = round_up(item.referred_at + after, 2 * HOUR)
        if at + DAY < item.decided_at:
            yield at, "online"
    first = round_up(item.decided_at + HOUR, HOUR)
    second = round_up(item.decided_at + DAY, 2 * HOUR)
    third = round_up(item.decided_at + _WEEK, 6 * HOUR)
    if item.reinstated_at is not None:
        yield first, "offline"
        yield round_up(item.reinstated_at + DAY, 6 * HOUR), "online"
    elif item.status == "removed":
        yield from _removed(dice, item, first, second, third)
    elif item.status == "restricted":
        seen: Availability = "offline" if dice.chance(RESTRICTION_HOLDS) else "online"
        yield second, seen
        yield third, seen
    elif item.status == "unavailable":
        yield first, "offline"
    else:
        yield second, "online"
        yield third, "online"


def _undecided(dice: Dice, referred_at: int) -> Iterator[Look]:
    yield round_up(referred_at + DAY, 2 * HOUR), "online"
    gone = dice.chance(TAKEN_DOWN_BY_ITS_AUTHOR)
    yield round_up(referred_at + _WEEK, 6 * HOUR), "offline" if gone else "online"


def _removed(dice: Dice, item: PlannedItem, first: int, second: int, third: int) -> Iterator[Look]:
    behaviour = BEHAVIOURS[item.platform]
    if dice.chance(behaviour.still_online):
        yield first, "online"
        seen: Availability = "offline" if dice.chance(GONE_AFTER_ALL) else "online"
        yield second, seen
        yield third, seen
        return
    yield first, "unknown" if dice.chance(behaviour.login_wall) else "offline"
    yield second, "offline"
    item.resurfaced = dice.chance(BACK_AGAIN)
    yield third, "online" if item.resurfaced else "offline"
