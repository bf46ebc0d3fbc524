"""Invented outlets: plain things in plain English that no group would call itself by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet and the pieces of its name that its handles are made of."""

    name: str
    stem: str
    """the first two words with an underscore, at most 14 characters: `amber_lantern`"""
    tag: str
    """four letters, where a platform allows only short handles: `amla`"""


_NAMES = (
    "Amber Lantern Media",
    "North Quay Bulletin",
    "Copper Ridge Press",
    "Silver Birch Channel",
    "Blue Kettle Review",
    "Stone Bench Archive",
    "Green Umbrella Courier",
    "Quiet Ferry Post",
    "Paper Kite Studio",
    "Long Meadow Radio",
    "White Teapot News",
    "Clay Bottle Dispatch",
    "Round Table Library",
    "Winter Garden Voice",
    "East Pier Gazette",
    "Open Drawer Herald",
    "Glass Button Weekly",
    "Tall Pine Video",
    "Salt Cellar Notes",
    "Old Mill Observer",
    "Corner Shop Times",
    "High Tide Monitor",
    "Apple Yard Letter",
    "Lamp Post Digest",
)


def _outlet(name: str) -> Outlet:
    first, second = name.lower().split()[:2]
    return Outlet(name, f"{first}_{second}", first[:2] + second[:2])


OUTLETS = tuple(_outlet(name) for name in _NAMES)

MOVING_OUTLETS = OUTLETS[:12]
"""Those that reappear on other platforms in the days after."""
