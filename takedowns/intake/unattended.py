"""What the preview of a list asks a person, where a program hands it in: said beforehand, or asked back by name.

Nothing that changes which items a list names is decided without a word. One thing has a default, which the answer states:
platforms outside the operation are handed in, as a program names its addresses one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, BinaryIO, Final, NamedTuple

from takedowns.directory.models import Agency
from takedowns.intake.content import IN, OUT
from takedowns.intake.models import Repair
from takedowns.intake.receive import IntakeError
from takedowns.readers import Choices, Layout, open_table

Subject = Repair.Subject

DATES: Final = ("day", "month")
IN_OR_OUT: Final = (IN, OUT)


class Said(NamedTuple):
    """What a program says; "" or nothing where it says nothing.

    ``dates``: "day" or "month", which stands first where no date decides it. ``hidden``: "in" or "out", of rows that a
    workbook hides. ``sheets``: names of those that are read. ``outside``: "in" or "out", of platforms outside the operation.
    ``columns``: our field to the header as written, "" for one that is not read.
    """

    dates: str = ""
    hidden: str = ""
    sheets: tuple[str, ...] = ()
    outside: str = ""
    columns: Mapping[str, str] = MappingProxyType({})


class Question(NamedTuple):
    """What a list asks: the name of the fact of :class:`Said` that decides it, and a sentence."""

    name: str
    sentence: str


class UndecidedError(IntakeError):
    """The list asks something that was not said. Nothing was stored."""

    def __init__(self, questions: Sequence[Question]) -> None:
        super().__init__("undecided", " ".join(one.sentence for one in questions))
        self.questions = questions


def decided(
    content: BinaryIO, filename: str, agency: Agency, said: Said, *, asks: bool = True
) -> dict[tuple[Subject, str], str]:
    """Return what was said about a file as decisions for :func:`takedowns.intake.receive.receive`.

    The file is looked into up to where its layout is known; it is then at its start again.

    Args:
        asks: whether all must be decided; a preview asks later.

    Raises:
        ReaderError: nothing of it can be read, or not with these columns.
        UndecidedError: it asks something that was not said, or has no sheet of a name that was.
    """
    content.seek(0)
    try:
        choices = Choices(columns=said.columns)
        layout = open_table(content, filename, zone=agency.time_zone, choices=choices).layout
    finally:
        content.seek(0)
    if questions := questions_of(layout, said) if asks else unknown_sheets(layout, said):
        raise UndecidedError(questions)
    found: dict[tuple[Subject, str], str] = {
        (Subject.DATES, ""): said.dates,
        (Subject.HIDDEN, ""): said.hidden,
        (Subject.PLATFORM, ""): said.outside,
    }
    if said.sheets:
        found |= {(Subject.SHEET, one.name): IN if one.name in said.sheets else OUT for one in layout.sheets}
    found = {about: becomes for about, becomes in found.items() if becomes}
    return found | {(Subject.COLUMN, name): header for name, header in said.columns.items()}


def questions_of(layout: Layout, said: Said) -> list[Question]:
    """Return what a file asks that was not said, and what was said that it has not."""
    return [one for ask in _ASKED for one in ask(layout, said)]


def _dates(layout: Layout, said: Said) -> list[Question]:
    if not layout.dates_open or said.dates:
        return []
    return [
        Question(
            "dates",
            f"Day or month first? No date of the column decides it, such as {', '.join(layout.dates_open)}. Say dates=day or "
            "dates=month, or write them as 2019-11-21.",
        )
    ]


def _hidden(layout: Layout, said: Said) -> list[Question]:
    if not layout.hidden_rows or said.hidden:
        return []
    how = " by a filter" if layout.filtered else ""
    return [
        Question(
            "hidden",
            f"Rows hidden in the workbook{how}: {layout.hidden_rows}. Say hidden=in to submit them, hidden=out to leave them out.",
        )
    ]


def unknown_sheets(layout: Layout, said: Said) -> list[Question]:
    """Return what to say of the first sheet that was named and that the workbook has not."""
    names = [one.name for one in layout.sheets]
    return [
        Question("sheets", f"There is no sheet “{missing}” with addresses. There are: {_listed(layout)}.")
        for missing in [name for name in said.sheets if name not in names][:1]
    ]


def _listed(layout: Layout) -> str:
    return ", ".join(f"“{one.name}”" for one in layout.sheets) or "none"


def _sheets(layout: Layout, said: Said) -> list[Question]:
    if len(layout.sheets) < 2 or said.sheets:
        return []
    return [
        Question(
            "sheets",
            f"Several sheets hold addresses: {_listed(layout)}. Say sheets= for each that is submitted.",
        )
    ]


_ASKED: Final[tuple[Callable[[Layout, Said], list[Question]], ...]] = (
    _dates,
    _hidden,
    unknown_sheets,
    _sheets,
)


def stated(said: Said) -> Mapping[str, Any]:
    """Return what holds of a list that was handed in so, defaults included, for the answer."""
    return {
        "dates": said.dates or None,
        "hidden": said.hidden or None,
        "sheets": list(said.sheets) or None,
        "outside": said.outside or IN,
    }
