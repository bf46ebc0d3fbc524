"""How each platform behaves: how fast it decides, and how. One row per platform.

The shape follows what was reported of 2019 (Telegram fast and thorough, TamTam late and in part); every number is
invented. Over all, 84 to 86 % of what is referred on the action day is removed, near the 83.64 % the EU IRU gave for
2015 to 2018.
"""

from dataclasses import dataclass
from typing import Literal

from takedowns.demo.scenario.clock import DAY, HOUR
from takedowns.demo.scenario.dice import Quantiles

Ending = Literal["removed", "restricted", "declined", "unavailable", "asked", "acknowledged", "silent"]
"""What becomes of a referral. `asked`: the platform wants to know more first; half of these are answered and removed.
`acknowledged`: received, not decided so far. `silent`: no word at all."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One platform. `endings` are in per mille; `delay` is minutes from referral to decision."""

    acknowledges_every: int | None
    """minutes between rounds of acknowledging; None if it never does"""
    delay: Quantiles
    endings: tuple[tuple[Ending, int], ...]
    still_online: float
    """share of what it says it removed that is online at the first look"""
    login_wall: float
    """share of first looks that see nothing but a request to sign in"""


def _endings(*per_mille: int) -> tuple[tuple[Ending, int], ...]:
    names: tuple[Ending, ...] = (
        "removed",
        "restricted",
        "declined",
        "unavailable",
        "asked",
        "acknowledged",
        "silent",
    )
    if sum(per_mille) != 1000:
        raise ValueError(f"The shares of the endings add up to {sum(per_mille)}, not to 1000.")
    return tuple(zip(names, per_mille, strict=True))


_IN_MINUTES = (
    (0.0, 8),
    (0.25, 18),
    (0.5, 36),
    (0.75, 85),
    (0.9, 4 * HOUR),
    (0.97, 15 * HOUR),
    (1.0, 36 * HOUR),
)
_WITHIN_THE_HOUR = ((0.0, 10), (0.5, 55), (0.9, 6 * HOUR), (1.0, 30 * HOUR))
_IN_HOURS = ((0.0, 30), (0.5, 4 * HOUR), (0.9, 20 * HOUR), (1.0, 3 * DAY))
_IN_DAYS = ((0.0, 10 * HOUR), (0.5, 44 * HOUR), (0.9, 5 * DAY), (1.0, 10 * DAY))
_IN_WEEKS = ((0.0, 1 * DAY), (0.25, 3.5 * DAY), (0.5, 7.5 * DAY), (0.9, 17 * DAY), (1.0, 21 * DAY))

BEHAVIOURS: dict[str, Behaviour] = {
    # Endings: removed, restricted, declined, unavailable, asked, acknowledged, silent.
    "telegram": Behaviour(5, _IN_MINUTES, _endings(876, 10, 13, 14, 6, 39, 42), 0.02, 0.005),
    "youtube": Behaviour(5, _WITHIN_THE_HOUR, _endings(880, 15, 18, 18, 8, 26, 35), 0.005, 0.005),
    "google_drive": Behaviour(2 * HOUR, _IN_HOURS, _endings(820, 10, 20, 20, 10, 60, 60), 0.03, 0.01),
    "facebook": Behaviour(2 * HOUR, _IN_HOURS, _endings(780, 30, 45, 15, 15, 55, 60), 0.015, 0.12),
    "instagram": Behaviour(2 * HOUR, _IN_HOURS, _endings(800, 20, 40, 15, 10, 60, 55), 0.015, 0.10),
    "twitter": Behaviour(2 * HOUR, _IN_HOURS, _endings(785, 45, 45, 15, 10, 50, 50), 0.02, 0.02),
    "google_play": Behaviour(2 * HOUR, _IN_DAYS, _endings(700, 30, 60, 30, 30, 100, 50), 0.01, 0.0),
    "app_store": Behaviour(2 * HOUR, _IN_DAYS, _endings(700, 20, 70, 20, 30, 100, 60), 0.01, 0.0),
    "tamtam": Behaviour(2 * HOUR, _IN_WEEKS, _endings(520, 0, 20, 30, 10, 220, 200), 0.18, 0.02),
    "matrix": Behaviour(2 * HOUR, _IN_DAYS, _endings(550, 0, 60, 40, 50, 150, 150), 0.08, 0.03),
    # Nobody at Hoop answers mail; now and then a channel is gone.
    "hoop": Behaviour(None, _IN_WEEKS, _endings(450, 0, 30, 30, 0, 0, 490), 0.08, 0.03),
    "rocketchat": Behaviour(2 * HOUR, _IN_DAYS, _endings(620, 0, 50, 30, 50, 150, 100), 0.06, 0.03),
}
