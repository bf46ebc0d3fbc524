"""The rows of what a platform returned, as far as they can be understood without looking anything up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

#: As meaning of a word: it says nothing of the answer.
NOTHING: Final = "nothing"


class Problem(NamedTuple):
    """Why nothing is recorded for a row: a code and what it is about; the page says it in the reader's language."""

    code: str
    params: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """One referral of one line of what was returned.

    Attributes:
        line: as people count, from 1; several rows stand in one line where it names several.
        names: references and addresses by which it names its referral; all must name the same one.
        answer: the lifecycle's move that it says; "" where it says none.
        action: the code it says, or that its answer implies.
        decline_reason: the code it says.
        text: its reason or comment in the platform's own words.
        at: when the platform answered.
        left_open: there is a place for the answer, and this row has none in it.
        problem: what in the row cannot be understood; then nothing of it counts.
    """

    line: int
    names: tuple[str, ...]
    answer: str = ""
    action: str = ""
    decline_reason: str = ""
    text: str = ""
    at: datetime | None = None
    left_open: bool = False
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants it read; whatever is empty is as it is recognised.

    Attributes:
        columns: header as written → field, or "ignored".
        dates: "day" or "month": what stands first in dates in figures, where no date of the column decides it.
        words: comparable word → ``move``, ``move/action``, ``open`` or :data:`NOTHING`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    dates: str = ""
