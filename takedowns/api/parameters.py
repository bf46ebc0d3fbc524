"""A call's query parameters: checked, and none passed over without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from rest_framework.serializers import ListField

from takedowns.api.problems import Problem, errors_of
from takedowns.api.serializers.fields import Parameters


def read_parameters(form: type[Parameters], given: QueryDict) -> dict[str, Any]:
    """Return the query's parameters, checked. One that nobody reads, or reads once of two, is an error: it is a mistake.

    Raises:
        Problem: ``invalid-parameter``, with each that is wrong.
    """
    known = form().fields
    errors = [*_unknown(given, known), *_repeated(given, known)]
    # Plain values: DRF reads a form's empty text as "not there", which would hide a mistake.
    values = {
        name: given.getlist(name) if isinstance(known[name], ListField) else given[name]
        for name in given
        if name in known
    }
    one = form(data=values)
    if not one.is_valid():
        errors += [
            {"parameter": found.pop("pointer").removeprefix("#/").partition("/")[0], **found}
            for found in errors_of(one.errors)
        ]
    if errors:
        raise refused(errors)
    return dict(one.validated_data)


def unknown_names(parameter: str, asked: Iterable[str], known: Iterable[str]) -> list[dict[str, str]]:
    """Return an error for each name that a filter asks for and that is none for the caller: it would find nothing, silently."""
    there = {*known}
    return [
        {"parameter": parameter, "code": "unknown", "detail": f"There is no {parameter} “{name}” for you."}
        for name in asked
        if name not in there
    ]


def refused(errors: list[dict[str, str]]) -> Problem:
    """Return the problem of parameters that are wrong."""
    return Problem("invalid-parameter", f"{errors[0]['parameter']}: {errors[0]['detail']}", errors=errors)


def _unknown(given: QueryDict, known: Mapping[str, Any]) -> list[dict[str, str]]:
    told = f"Known: {', '.join(known)}." if known else "This address has none."
    return [
        {"parameter": name[:100], "code": "unknown", "detail": f"There is no such parameter. {told}"}
        for name in given
        if name not in known
    ]


def _repeated(given: QueryDict, known: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "parameter": name,
            "code": "repeated",
            "detail": f"It is given {len(values)} times. Give it once.",
        }
        for name, values in given.lists()
        if len(values) > 1 and name in known and not isinstance(known[name], ListField)
    ]
