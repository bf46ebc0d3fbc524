"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    RIGHT = "right"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what is the case, and how to mend it where it is not right."""

    what: str
    level: Level
    said: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return it for JSON."""
        return {**asdict(self), "level": str(self.level)}
