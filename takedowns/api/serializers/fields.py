"""Fields that several forms share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn

from django.http import QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Serializer = serializers.Serializer[Any]
MAX_PAGE = 1000
#: Characters of a wrong value that the answer repeats.
SHOWN_OF_A_VALUE = 100


class Form(serializers.Serializer[Any]):
    """What callers send. A field that nobody reads is an error: it is misspelt, and would be lost without a word."""

    default_error_messages = {
        "invalid": "This must be a JSON object: {{…}}.",
        "null": "This is null; it must be a JSON object: {{…}}.",
    }

    def to_internal_value(self, data: Any) -> Any:
        """Read the fields; refuse others."""
        if isinstance(data, Mapping) and (unknown := [name for name in data if name not in self.fields]):
            known = ", ".join(self.fields)
            raise serializers.ValidationError(
                {
                    str(name)[:100]: serializers.ErrorDetail(
                        f"There is no such field. Known: {known}.", "unknown"
                    )
                    for name in unknown[:10]
                }
            )
        # A form sent as HTML forms are holds text alone; JSON tells text, numbers and truth apart, and so do we.
        if isinstance(data, dict) and not isinstance(data, QueryDict):
            wrong = {
                name: serializers.ErrorDetail(why, "invalid")
                for name, value in data.items()
                if (why := _of_another_type(self.fields[name], value))
            }
            if wrong:
                raise serializers.ValidationError(wrong)
            return self._read(data)
        return super().to_internal_value(data)

    def _read(self, data: dict[str, Any]) -> dict[str, Any]:
        """Read what was sent, and what matters though it was not.

        As DRF's own, which for each of 1,000 rows would look at every field there could be.
        """
        read: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        for name, field in self.fields.items():
            if name not in data and not field.required and field.default is serializers.empty:
                continue
            try:
                value = field.run_validation(data.get(name, serializers.empty))
                judge = getattr(self, f"validate_{name}", None)
                read[name] = value if judge is None else judge(value)
            except serializers.ValidationError as error:
                errors[name] = error.detail
        if errors:
            raise serializers.ValidationError(errors)
        return read


@cache
def form_of(form: type[Serializer]) -> Serializer:
    """Return a form to check many calls' data with: making one copies every field that it has. Checking leaves nothing in it."""
    return form()


class Parameters(serializers.Serializer[Any]):
    """What may stand in an address after the question mark: text alone, so a number is read from it."""


def _of_another_type(field: serializers.Field[Any, Any, Any, Any], value: Any) -> str:
    """Return why a JSON value is not of the field's type, where DRF would quietly turn it into one; else nothing."""
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        return next((why for one in value if (why := _of_another_type(field.child, one))), "")
    if value is None:
        return ""
    if isinstance(field, serializers.CharField) and not isinstance(value, str):
        return "This is no text: put it in quotes."
    if isinstance(field, serializers.IntegerField) and (
        isinstance(value, bool) or not isinstance(value, int)
    ):
        return "This is no whole number; a number stands without quotes."
    if isinstance(field, serializers.BooleanField) and not isinstance(value, bool):
        return "Say true or false, without quotes."
    return ""


class Choice(serializers.ChoiceField):
    """One of a list of words. Whoever sends another is told the list: it is what they look for next."""

    default_error_messages = {"invalid_choice": "“{input}” is none of: {known}."}

    def fail(self, key: str, **about: Any) -> NoReturn:
        """Refuse a value; what was sent is named, not echoed at any length."""
        sent = str(about.pop("input", ""))
        known = ", ".join(str(one) for one in self.choices)
        super().fail(
            key,
            input=sent if len(sent) <= SHOWN_OF_A_VALUE else f"{sent[:SHOWN_OF_A_VALUE]}…",
            known=known,
            **about,
        )


class ListOf(serializers.ListField):
    """A query parameter that holds several values, separated by commas or given several times."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the values wherever they stand."""
        return super().to_internal_value([one.strip() for text in data for one in text.split(",")])


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(serializers.DateTimeField):
    """A moment with its offset from UTC; one without is refused rather than guessed."""

    default_error_messages = {
        "naive": "Say the offset from UTC, such as Z or +01:00.",
        "invalid": "Write a moment as 2019-11-21T10:15:00Z or 2019-11-21T11:15:00+01:00, between the years 1 and 9999;"
        " in an address, + is written %2B.",
    }

    def enforce_timezone(self, value: Any) -> Any:
        """Refuse a moment without an offset."""
        if timezone.is_naive(value):
            self.fail("naive")
        try:
            return super().enforce_timezone(value)
        except OverflowError:
            self.fail("invalid")


class OperationName(serializers.CharField):
    """The reference of an operation, written in capitals or not, as in addresses."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=16, **options)

    def to_internal_value(self, data: Any) -> str:
        """Return it as references are kept."""
        return super().to_internal_value(data).upper()


class CursorField(serializers.CharField):
    """Where to go on."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "From the answer before. Leave out to begin.")
        super().__init__(required=False, max_length=200, **options)


class LimitField(serializers.IntegerField):
    """How many at most."""

    def __init__(self, default: int = 100) -> None:
        super().__init__(
            required=False,
            default=default,
            min_value=1,
            max_value=MAX_PAGE,
            help_text=f"At most {MAX_PAGE} a page.",
            error_messages={
                "max_value": f"A page has at most {MAX_PAGE}. Go on from the cursor that each page gives."
            },
        )


class AnyValue(serializers.Field[Any, Any, Any, Any]):
    """Whatever was sent, null too, to be looked at later: what is wrong with one row of many spoils no other."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_null=True, **options)

    def to_internal_value(self, data: Any) -> Any:
        """Return it as it is."""
        return data
