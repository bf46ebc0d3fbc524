"""A statement of reasons as a platform sends it to the Transparency Database, or as that gave it back: what of it we use.

What we use is checked, everything else is kept as it came: the database judges its own schema, and adds to it. What we use is
read as the database reads it: text without blanks at its ends, empty text and the word "null" of a code as null, a number as a ``puid``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.vocabulary import Action
from takedowns.statements.codes import (
    ACCOUNT,
    AUTOMATED,
    GROUND,
    MEMBER_STATES,
    PROVISION,
    VISIBILITY,
    VISIBILITY_OTHER,
)

#: Bytes of JSON: the database's own limits of its text fields come to about 12,000 characters.
MOST_BYTES: Final = 64 * 1024
_PUID: Final = re.compile(r"[a-zA-Z0-9_-]{1,500}")
#: Its rules name this word beside the codes.
_NULL: Final = "null"
#: By verdict, the actions that it is about.
_VERDICTS: Final = ("remove", "restrict")
_EXPLAINED: Final = {
    "DECISION_GROUND_ILLEGAL_CONTENT": "illegal_content_explanation",
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": "incompatible_content_explanation",
}
_LONGEST_EXPLANATION: Final = 5000


class WrongStatement(ValueError):  # noqa: N818 - what it is, not an error of the program
    """A field that we use is not as it must be.

    Attributes:
        field: its name; empty where the whole is wrong.
        code: in a word.
    """

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Told:
    """A statement as read.

    Attributes:
        body: as it came, every field of it.
        uuid: the database's, where it was told.
        verdict: the move that it says, ``remove`` or ``restrict``; None where it says nothing of the item or its account.
        facts: of that move.
    """

    body: Mapping[str, Any]
    puid: str
    uuid: UUID | None
    verdict: str | None
    facts: Mapping[str, str]


def read(body: Any) -> Told:
    """Read a statement; nulls say nothing.

    Raises:
        WrongStatement: it is none, or a field that we use is wrong.
    """
    if not isinstance(body, Mapping):
        raise WrongStatement("", "invalid", "A statement is a JSON object: {…}.")
    if len(json.dumps(body, ensure_ascii=False).encode()) > MOST_BYTES:
        raise WrongStatement("", "too_long", f"A statement has at most {MOST_BYTES:,} bytes.")
    said = {name: value for name, sent in body.items() if (value := plain(sent)) is not None}
    action = _action(said)
    verdict = next((name for name in _VERDICTS if action in TRANSITIONS[name].actions), None)
    ground = _code(said, "decision_ground", GROUND)
    automated = _code(said, "automated_decision", AUTOMATED)
    _day(said, "application_date")
    puid = _puid(said)
    facts = {
        "action": str(action) if action else "",
        "decision_ground": str(GROUND[ground]) if ground else "",
        "automated_decision": automated or "",
        "puid": puid,
        "explanation": _explanation(said, ground),
    }
    return Told(
        body, puid, _uuid(said), verdict, {name: value for name, value in facts.items() if value and verdict}
    )


def plain(value: Any) -> Any:
    """Return a value as the database takes it (its middleware): text trimmed, empty text as null, in lists too."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value


def _action(said: Mapping[str, Any]) -> Action | None:
    """Return the gravest act on the item or its account.

    Access that is disabled in a part of the Union alone is a block by country (Regulation (EU) 2021/784, Art. 3(3): “in all
    Member States”).
    """
    account = _code(said, "decision_account", ACCOUNT)
    provision = _code(said, "decision_provision", PROVISION)
    visible = said.get("decision_visibility", [])
    if not isinstance(visible, list):
        raise WrongStatement("decision_visibility", "invalid", "This must be a list of codes: […].")
    for code in visible:
        _check_code("decision_visibility", code, {*VISIBILITY, VISIBILITY_OTHER, _NULL})
    partly = _in_a_part_of_the_union(said)
    ended = {ACCOUNT[account] if account else None, PROVISION[provision] if provision else None}
    seen = (action for code, action in VISIBILITY.items() if code in visible)
    found = next((action for action in ACCOUNT.values() if action in ended), None) or next(seen, None)
    return Action.GEO_BLOCKED if found == Action.DISABLED and partly else found


def _in_a_part_of_the_union(said: Mapping[str, Any]) -> bool:
    where = said.get("territorial_scope", [])
    if not isinstance(where, list) or not all(isinstance(one, str) and one for one in where):
        raise WrongStatement("territorial_scope", "invalid", "This must be a list of country codes: […].")
    return bool(where) and not set(where) >= MEMBER_STATES


def _code(said: Mapping[str, Any], field: str, known: Any) -> str | None:
    code = said.get(field)
    if code is None or code == _NULL:
        return None
    _check_code(field, code, known)
    return str(code)


def _check_code(field: str, code: Any, known: Any) -> None:
    if not isinstance(code, str) or code not in known:
        said = str(code)[:100]
        raise WrongStatement(
            field, "unknown_value", f"“{said}” is none of its codes: {', '.join(sorted({*known} - {_NULL}))}."
        )


def _puid(said: Mapping[str, Any]) -> str:
    puid = said.get("puid")
    if isinstance(puid, int) and not isinstance(puid, bool):
        puid = str(puid)
    if puid is None:
        raise WrongStatement(
            "puid", "required", "This field is required: your own reference of the decision."
        )
    if not isinstance(puid, str) or not _PUID.fullmatch(puid):
        raise WrongStatement("puid", "invalid", "1 to 500 letters, digits, - and _.")
    return puid


def _uuid(said: Mapping[str, Any]) -> UUID | None:
    if "uuid" not in said:
        return None
    try:
        return UUID(said["uuid"])
    except (ValueError, TypeError, AttributeError):
        raise WrongStatement("uuid", "invalid", "This must be the UUID that the database gave it.") from None


def _day(said: Mapping[str, Any], field: str) -> None:
    try:
        if field in said:
            date.fromisoformat(said[field])
    except (ValueError, TypeError):
        raise WrongStatement(field, "invalid", "Write the day like 2025-07-01.") from None


def _explanation(said: Mapping[str, Any], ground: str | None) -> str:
    """Return why it was decided, in the statement's own words; the facts where it does not say why."""
    for field in (*_EXPLAINED.values(), "decision_facts"):
        if not isinstance(said.get(field, ""), str):
            raise WrongStatement(field, "invalid", "This must be text.")
    text = said.get(_EXPLAINED.get(ground or "", "")) or said.get("decision_facts", "")
    return str(text)[:_LONGEST_EXPLANATION]
