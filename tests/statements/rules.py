"""The DSA Transparency Database's own rules, read from its published source: what it would say to a statement.

The rules are Laravel's, one list a field; each rule that stands there is applied, and one that is not known here fails loudly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PUBLISHED = Path(__file__).parent / "published"
_SOURCE = (PUBLISHED / "StatementStoreRequest.php").read_text()


def constants(file: str) -> dict[str, list[str]]:
    """Return the arrays that a published class declares: their keys, or their values where they have none."""
    text = (PUBLISHED / file).read_text()
    found = {}
    for name, body in re.findall(r"public const (\w+) = \[(.*?)\];", text, re.DOTALL):
        found[name] = re.findall(r"'([^']+)' =>", body) or re.findall(r"^\s*'([^']+)',", body, re.MULTILINE)
        if not found[name]:  # a list of other constants
            found[name] = [_scalar(text, one) for one in re.findall(r"self::(\w+)", body)]
    return found


def _scalar(text: str, name: str) -> str:
    return re.search(rf"public const {name} = '([^']*)'", text)[1]  # type: ignore[index]


LISTS = {
    f"{file}::{name}": values
    for file in ("Statement", "EuropeanCountriesService", "EuropeanLanguagesService")
    for name, values in constants(f"{file}.php").items()
}


def rules() -> dict[str, list[str]]:
    """Return the published rules by field, as they are written."""
    body = re.search(r"function rules\(\): array\s*\{\s*return \[(.*?)\n        \];", _SOURCE, re.DOTALL)
    assert body is not None
    found = {}
    for field, listed in re.findall(
        r"^            '([\w.-]+)' => \[(.*?)\],$", body[1], re.DOTALL | re.MULTILINE
    ):
        found[field] = [
            one.strip()
            for one in re.split(r",\s*(?=(?:'|\$this|Rule::))", listed.strip().rstrip(","))
            if one.strip()
        ]
    return found


def problems(statement: Mapping[str, Any]) -> list[str]:
    """Return what the database would find wrong with a statement: “field: rule” for each."""
    return [
        f"{field}: {rule}"
        for field, listed in rules().items()
        for rule in listed
        if not _holds(rule, field, statement, listed)
    ]


def _holds(rule: str, field: str, statement: Mapping[str, Any], listed: list[str]) -> bool:
    parts = field.split(".")
    value: Any = statement
    for part in parts:
        value = value.get(part) if isinstance(value, Mapping) else None
    empty = value is None or value in ("", [])
    if (found := re.match(r"\$this->in\((?:array_keys\()?(\w+::\w+)", rule)) is not None:
        allowed = LISTS[found[1]]
        return empty or all(one in allowed for one in (value if isinstance(value, list) else [value]))
    if rule.startswith("Rule::requiredIf($this->checkForDecisionVisibilityOther"):
        return not empty or "DECISION_VISIBILITY_OTHER" not in (statement.get("decision_visibility") or [])
    if rule.startswith("Rule::requiredIf($this->checkForContentTypeOther"):
        return not empty or "CONTENT_TYPE_OTHER" not in (statement.get("content_type") or [])
    if rule.startswith("Rule::excludeIf"):
        return True  # then the database leaves the field out
    name, _, rest = rule.strip("'").partition(":")
    if name == "required":
        return not empty
    if name == "required_without_all":
        return not empty or any(statement.get(one) for one in rest.split(","))
    if name == "required_if":
        other, wanted = rest.split(",")
        return not empty or statement.get(other) != wanted
    if name in ("nullable", "exclude_unless"):
        return True
    return (empty and ("'nullable'" in listed or value is None)) or _OF_VALUE[name](value, rest)


_OF_VALUE: Mapping[str, Callable[[Any, str], bool]] = {
    "array": lambda value, _: isinstance(value, list | dict),
    "string": lambda value, _: isinstance(value, str),
    "max": lambda value, rest: isinstance(value, str) and len(value) <= int(rest),
    "url": lambda value, _: bool(urlsplit(value).netloc),
    "regex": lambda value, rest: bool(re.match(rest.strip("/D"), value)),
    "date_format": lambda value, _: bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)),
    "after_or_equal": lambda value, rest: date.fromisoformat(value) >= date.fromisoformat(rest),
    "before_or_equal": lambda value, rest: date.fromisoformat(value) <= date.fromisoformat(rest),
}
