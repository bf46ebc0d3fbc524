"""Form fields that several pages use, and how what people send is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from takedowns.readers.dates import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


#: Of a field for one file: what it says when several are dropped, of which none is taken.
ONE_DROPPED: Final = {"data-drop": _("Several files were dropped, and none was taken: drop them one by one.")}
#: Of a field for several.
SEVERAL_DROPPED: Final = {"data-drop": True}


MINUTES: Final = "%Y-%m-%dT%H:%M"


class _OfTheWork(forms.Field):
    """In a year of the work. The first day of year 1 would be one before it in UTC, which nothing could read again."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["year"] = format_lazy(
            _("The year is not between {first} and {last}."), first=FIRST_YEAR, last=LAST_YEAR
        )

    def to_python(self, value: Any) -> Any:
        """Return the day or the moment."""
        found = super().to_python(value)
        if found is not None and not is_of_the_work(found):
            raise forms.ValidationError(self.error_messages["year"], code="year")
        return found


class Day(_OfTheWork, forms.DateField):
    """A day; the browser offers a calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ExactMoment(_OfTheWork, forms.DateTimeField):
    """A moment that the page wrote itself, to the microsecond and with its zone, and gets back."""

    widget = forms.HiddenInput


class LocalMoment(_OfTheWork, forms.DateTimeField):
    """A moment in the installation's zone, which the label names; the browser offers a calendar."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES)

    def __init__(self, *, label: str | _StrPromise, **kwargs: Any) -> None:
        super().__init__(
            label=label, input_formats=[MINUTES, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **kwargs
        )
        self.error_messages["invalid"] = _("Write the day and time like 2019-11-28 17:00.")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Name the zone that holds now beside the label."""
        bound = super().get_bound_field(form, field_name)
        bound.label = f"{self.label} ({timezone.localtime().tzname()})"
        return bound


class PastedList(forms.CharField):
    """A list as it was pasted, kept as it came: its reader shows a NUL as a sign and refuses that row alone."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)
        self.validators = [
            one for one in self.validators if not isinstance(one, ProhibitNullCharactersValidator)
        ]


#: The greatest that a column of whole numbers holds.
GREATEST: Final = 2**63 - 1


def whole_number(text: str, most: int = GREATEST) -> int | None:
    """Return the number that decimal digits (0 to 9 alone) say; None where the text is none, or above ``most``.

    ``str.isdigit`` is also true of superscripts and of digits that ``int`` does not read.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def as_uuid(text: str) -> UUID | None:
    """Return the id a text is, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def is_of_the_work(at: date) -> bool:
    """Tell whether something of the work may be on a day, or at a moment: of other years clocks and zones make errors."""
    return FIRST_YEAR <= at.year <= LAST_YEAR


def as_day(text: str) -> date | None:
    """Return the day of the work that a text is, as 2019-11-22, or None."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found is not None and is_of_the_work(found) else None


def as_moment(text: str) -> datetime | None:
    """Return the moment of the work that a text is, in ISO 8601, or None: also for one that no clock shows, as 25:61.

    It has a zone where the text says one.
    """
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and is_of_the_work(found) else None


def as_exact_moment(text: str) -> datetime | None:
    """Return the moment as :func:`as_moment`, where the text says its zone; else None."""
    found = as_moment(text)
    return found if found is not None and timezone.is_aware(found) else None


@dataclass(frozen=True)
class Choice:
    """One select of the form: its parameter, label, options as (value, label) and the value chosen."""

    name: str
    label: Words
    options: tuple[tuple[str, Words], ...]
    chosen: str
