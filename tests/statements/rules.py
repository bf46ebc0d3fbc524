"""What the DSA Transparency Database says to a statement, by a schema written down from the documentation of its API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator

_HERE: Final = Path(__file__).parent
SCHEMA: Final = json.loads((_HERE / "statement.schema.json").read_text())
#: The columns of the files that the database offers, by form: full and light.
ARCHIVE: Final[Mapping[str, list[str]]] = json.loads((_HERE / "archive_columns.json").read_text())
_VALIDATOR: Final = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
#: Every field that a platform may send, as it would.
EXAMPLE: Final[dict[str, Any]] = {
    "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],
    "decision_monetary": "DECISION_MONETARY_TERMINATION",
    "end_date_monetary_restriction": "2026-12-31",
    "decision_provision": "DECISION_PROVISION_TOTAL_SUSPENSION",
    "decision_account": "DECISION_ACCOUNT_SUSPENDED",
    "account_type": "ACCOUNT_TYPE_PRIVATE",
    "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
    "decision_ground_reference_url": "https://rules.example/violent-extremism",
    "content_type": ["CONTENT_TYPE_VIDEO", "CONTENT_TYPE_AUDIO", "CONTENT_TYPE_SYNTHETIC_MEDIA"],
    "category": "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY",
    "illegal_content_legal_ground": "Directive (EU) 2017/541, Art. 5",
    "illegal_content_explanation": "It calls for an attack.",
    "incompatible_content_ground": "Rule 7 of the terms of use",
    "incompatible_content_explanation": "It praises an attack.",
    "incompatible_content_illegal": "Yes",
    "territorial_scope": ["PT", "ES", "DE"],
    "content_language": "FR",
    "content_date": "2026-11-21",
    "content_id": {"EAN-13": "4006381333931"},
    "application_date": "2026-11-24",
    "decision_facts": "Referred by an authority, looked at by a person, no longer shown in three countries.",
    "source_type": "SOURCE_TRUSTED_FLAGGER",
    "automated_detection": "No",
    "automated_decision": "AUTOMATED_DECISION_PARTIALLY",
    "puid": "case-4711",
}
#: What the database answers: the statement without what does not belong to its ground, and what it knows it by.
RESPONSE: Final[dict[str, Any]] = {
    name: value for name, value in EXAMPLE.items() if not name.startswith("illegal_content")
} | {
    "territorial_scope": ["DE", "ES", "PT"],
    "end_date_visibility_restriction": None,
    "end_date_account_restriction": None,
    "end_date_service_restriction": None,
    "uuid": "5f0c7d1e-8a52-4f6e-9b1d-2c7be0a94c11",
    "created_at": "2026-11-24 09:16:55",
    "id": 34509873504987,
    "platform_name": "A platform",
    "permalink": "https://database.example/statement/5f0c7d1e-8a52-4f6e-9b1d-2c7be0a94c11",
    "self": "https://database.example/api/v1/statement/5f0c7d1e-8a52-4f6e-9b1d-2c7be0a94c11",
}


def problems(statement: Mapping[str, Any]) -> list[str]:
    """Return what the database would find wrong with a statement: “field: what” for each."""
    said = {name: value for name, value in statement.items() if name in SCHEMA["properties"]}
    found = [
        f"{'.'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _VALIDATOR.iter_errors(said)
    ]
    for name, value in said.items():
        field = SCHEMA["properties"][name]
        told = field.get("anyOf", [field])[0]
        if value and "x-to" in told and not told.get("x-from", "") <= value <= told["x-to"]:
            found.append(f"{name}: not between the days that are taken")
    return found
