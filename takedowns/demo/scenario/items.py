"""The items of the demo: which there are, whose they are, and what becomes of each."""

from dataclasses import dataclass, field

from takedowns.demo.scenario.addresses import DAYS_AFTER_ITEMS, FORMS, MAIN_ITEMS, Form
from takedowns.demo.scenario.cast import DAYS_AFTER, MAIN
from takedowns.demo.scenario.dice import Dice, portions
from takedowns.demo.scenario.outlets import MOVING_OUTLETS, OUTLETS, Outlet
from takedowns.demo.scenario.specs import Availability

# Neutral on purpose: the languages of the demo agencies and a few more, so that the demo points at nobody.
_LANGUAGES = (("en", 30.0), ("fr", 20.0), ("de", 18.0), ("es", 12.0), ("nl", 10.0), ("it", 6.0), ("sv", 4.0))
_TIERS = ((1, 1.0), (2, 6.0), (3, 28.0), (4, 55.0), (5, 10.0))
_OUTLET_NAMED = 0.93


@dataclass(slots=True, eq=False)
class PlannedItem:
    """One item, what is written about it, and the generator's own books on it."""

    form: Form
    operation: str
    handle: str
    number: str
    outlet: str
    """name of the outlet, empty where the officer names none"""
    tier: int
    language: str
    url: str = ""
    """the plain spelling"""
    agency: str = ""
    """who hands it in first"""
    co_referrer: str = ""
    referred_at: int | None = None
    status: str = "submitted"
    decided_at: int | None = None
    reinstated_at: int | None = None
    complained: bool = False
    resurfaced: bool = False
    availability: Availability = field(default="unknown")

    @property
    def platform(self) -> str:
        """Slug of the platform it is on."""
        return self.form.platform

    def spelling(self, number: int) -> str:
        """One of the ways to write its address; number 0 is the plain one."""
        return self.form.spellings[number].format(h=self.handle, H=self.handle.upper(), n=self.number)


def plan_items(seed: int, scale: float) -> list[PlannedItem]:
    """All items of both operations, in a fixed order, each on its platform, with outlet, tier and language."""
    dice = Dice(seed, "items")
    planned: list[PlannedItem] = []
    for operation, counts in ((MAIN, MAIN_ITEMS), (DAYS_AFTER, DAYS_AFTER_ITEMS)):
        for platform, count in counts.items():
            planned += _plan_platform(dice, operation, platform, max(4, round(count * scale)))
    return planned


def _plan_platform(dice: Dice, operation: str, platform: str, count: int) -> list[PlannedItem]:
    forms = [form for form in FORMS if form.platform == platform]
    circle = MOVING_OUTLETS if operation == DAYS_AFTER else OUTLETS
    planned: list[PlannedItem] = []
    serial = 0
    for form, share in zip(forms, portions(count, [form.weight for form in forms]), strict=True):
        parent_outlet = circle[0]
        for _ in range(share):
            serial += 1
            # Every outlet once in turn, then at random and the first ones more often: no outlet of the days after
            # is without a past on Telegram, however small the demo.
            outlet = (
                circle[(serial - 1) % len(circle)]
                if serial <= len(circle)
                else _often_the_first(dice, circle)
            )
            if "parent" in form.handle:
                # Eight posts in a row are of one channel, hence of one outlet.
                if serial % 8 == 0 or serial <= len(circle):
                    parent_outlet = outlet
                outlet = parent_outlet
            planned.append(make_item(dice, form, operation, outlet, serial))
    return planned


def _often_the_first(dice: Dice, circle: tuple[Outlet, ...]) -> Outlet:
    return circle[int(dice.roll() * dice.roll() * len(circle))]


def make_item(dice: Dice, form: Form, operation: str, outlet: Outlet, serial: int) -> PlannedItem:
    """The item of a form and an outlet with a serial number, which no other item of the platform has."""
    pieces = {
        "stem": outlet.stem,
        "dotted": outlet.stem.replace("_", "."),
        "dashed": outlet.stem.replace("_", "-"),
        "joined": outlet.stem.replace("_", ""),
        "tag": outlet.tag,
        "serial": serial,
        "parent": serial // 8,
    }
    # The first item of each outlet always names it, so that even a small demo shows where outlets went.
    named = serial <= len(OUTLETS) or dice.chance(_OUTLET_NAMED)
    item = PlannedItem(
        form=form,
        operation=operation,
        handle=form.handle.format(**pieces),
        number=form.number.format(**pieces),
        outlet=outlet.name if named else "",
        tier=dice.weighted(_TIERS),
        language=dice.weighted(_LANGUAGES),
    )
    item.url = item.spelling(0)
    return item
