"""From a platform's answers to moves along the lifecycle: each row judged alone, all in a fixed number of statements."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from rest_framework.exceptions import ValidationError

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.api.acting import NO_REFERRAL
from takedowns.api.authentication import Caller
from takedowns.api.problems import Problem, errors_of
from takedowns.api.serializers.decisions import DecisionRow, answer_in
from takedowns.api.serializers.fields import form_of
from takedowns.pages.etags import is_named
from takedowns.referrals.lifecycle import RIGHT_ANSWERS, TRANSITIONS
from takedowns.referrals.locks import lock_referrals
from takedowns.referrals.moments import misdated, moment_told
from takedowns.referrals.transitions import Applied, Move, Refused, Rejected, apply
from takedowns.referrals.vocabulary import DeclineReason, Status
from takedowns.representation.changes import etag_with_history, history
from takedowns.representation.referrals import PLATFORM_MOVES, among, ids_of, shown, visible
from takedowns.representation.wire import dumps

#: Fields of a row that are not facts of the decision.
_NO_FACTS: Final = ("referral", "verdict", "if_match", "acted_at")
#: A referral's id or short reference, written so that the form would take it as it stands.
_PLAIN_NAME: Final = re.compile(r"[0-9A-Za-z-]{1,40}")
#: Rows that differ in more than their referral are remembered up to this number in a call.
_REMEMBERED: Final = 100


class _State(NamedTuple):
    """A referral as it stands: its status, and its tags as lists and as its own address give them."""

    status: str
    tags: tuple[str, str]


@dataclass(slots=True)
class Row:
    """One answer on its way.

    Attributes:
        index: its place in the call.
        given: as it came.
        pointer: where it stands in the body, as a JSON Pointer.
        decision: as read; None where it is not valid.
        referral_id: which referral it names, where that is known.
        status: the one it was moved to.
    """

    index: int
    given: Any
    pointer: str = "#"
    decision: dict[str, Any] | None = None
    referral_id: UUID | None = None
    refusal: Refused | None = None
    status: str | None = None
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The referral as the caller named it."""
        return str(self.given.get("referral", ""))[:100] if isinstance(self.given, dict) else ""

    @property
    def wrong_fields(self) -> list[dict[str, str]]:
        """Each field that is wrong, with its JSON Pointer; none where not a field but the referral stands in the way."""
        name = _field_of(self)
        if self.errors or self.refusal is None or not name:
            return self.errors
        return [{"pointer": f"{self.pointer}/{name}", "code": self.refusal.code, "detail": sentence_of(self)}]

    def refuse(self, code: str, message: str, status: str = "") -> None:
        """Refuse the row; the first refusal stands."""
        if self.refusal is None:
            self.refusal = Refused(self.referral_id or UUID(int=0), code, message, status)


def answer(
    given: Sequence[Any], caller: Caller, *, atomic: bool, pointer: str = "#/decisions/{}"
) -> list[Row]:
    """Judge and apply answers; return each row with what became of it.

    Args:
        given: rows as they came (see ``DecisionRow``).
        atomic: change nothing unless every row is right.
        pointer: where a row stands in the body.

    Raises:
        Problem: ``decisions-refused``, with ``atomic``.
    """
    rows = [Row(index, one, pointer.format(index)) for index, one in enumerate(given)]
    _read(rows)
    _find(rows, caller)
    if atomic and any(row.refusal for row in rows):
        raise _all_refused(rows)
    good = [row for row in rows if row.refusal is None]
    try:
        applied = apply([_move(row, caller) for row in good], by=caller.actor, atomic=atomic)
    except Rejected as rejected:
        _put_refusals(good, Applied([], rejected.refused))
        raise _all_refused(rows) from None
    _put_refusals(good, applied)
    return rows


def etags_of(rows: Sequence[Row], caller: Caller) -> dict[UUID, str]:
    """Return the tags of what was moved, as it stands now: what the next answer names as its condition. One statement."""
    moved = [row.referral_id for row in rows if row.refusal is None and row.referral_id]
    return (
        {one["id"]: one["etag"] for one in shown(visible(caller).filter(among(moved)), caller)}
        if moved
        else {}
    )


def result_of(row: Row, etags: Mapping[UUID, str]) -> dict[str, Any]:
    """Return what the caller is told about a row; ``etags`` as :func:`etags_of` gives them."""
    refusal = row.refusal
    if refusal is None:
        etag = etags.get(row.referral_id) if row.referral_id else None
        return _result(row, "moved", row.status) | {"etag": etag}
    return _result(row, "refused", refusal.status or None) | {
        "code": refusal.code,
        "detail": sentence_of(row),
    }


def sentence_of(row: Row) -> str:
    """Return why a row was refused, in the words of who may do what next: a platform cannot withdraw."""
    assert row.refusal is not None  # noqa: S101 - asked of refused rows only
    if row.refusal.code == "missing_fact" and (words := _words_for(row)):
        return f"{row.refusal.message.removesuffix('.')}: one of {', '.join(words)}."
    if row.refusal.code != "not_allowed":
        return row.refusal.message
    status = Status(row.refusal.status)
    can = ", ".join(PLATFORM_MOVES[status]) or "nothing more"
    return f"The referral is “{status.value}”; you may now answer: {can}."


def _field_of(row: Row) -> str:
    """Return the field that a refusal is about; empty where it is about none."""
    if row.refusal is None or row.decision is None:
        return ""
    if row.refusal.code == "acted_before_referral":
        return "acted_at"
    return row.refusal.fact


def _words_for(row: Row) -> list[str]:
    """Return what may stand in the field that a refusal is about, where that is one of a list."""
    name = _field_of(row)
    if row.decision is None or row.refusal is None or row.refusal.code != "missing_fact":
        return []
    if name == "decline_reason":
        return [str(one) for one in DeclineReason]
    if name == "right_answer":
        return list(RIGHT_ANSWERS)
    return sorted(TRANSITIONS[answer_in(row.decision)].actions) if name == "action" else []


def _read(rows: list[Row]) -> None:
    """Check each row against the form. Many rows say the same of another referral: that is checked once a call."""
    form = form_of(DecisionRow)
    checked: dict[bytes, dict[str, Any]] = {}
    for row in rows:
        try:
            row.decision = _like_another(row.given, checked) or _checked(form, row.given, checked)
        except ValidationError as error:
            row.errors = [
                {**found, "pointer": row.pointer + found["pointer"].removeprefix("#")}
                for found in errors_of(error.detail)
            ]
            first = row.errors[0]
            row.refuse("invalid", f"{first['pointer']}: {first['detail']}")


def _like_another(given: Any, checked: Mapping[bytes, dict[str, Any]]) -> dict[str, Any] | None:
    """Return a row that says what a checked one does, of a referral whose name needs no second look; else None."""
    name = given.get("referral") if isinstance(given, dict) else None
    if not isinstance(name, str) or not _PLAIN_NAME.fullmatch(name):
        return None
    known = checked.get(_without_name(given))
    return {**known, "referral": name} if known is not None else None


def _checked(form: Any, given: Any, checked: dict[bytes, dict[str, Any]]) -> dict[str, Any]:
    decision: dict[str, Any] = form.run_validation(given)
    if len(checked) < _REMEMBERED:
        checked[_without_name(given)] = dict(decision)
    return decision


def _without_name(given: dict[str, Any]) -> bytes:
    return dumps({name: value for name, value in given.items() if name != "referral"})


def _find(rows: list[Row], caller: Caller) -> None:
    """Find the rows' referrals; hold those with a condition fast before the condition is looked at."""
    valid = [row for row in rows if row.decision]
    ids = ids_of(row.decision["referral"] for row in valid if row.decision)
    conditional = []
    for row in valid:
        assert row.decision is not None  # noqa: S101
        row.referral_id = ids.get(row.decision["referral"])
        if "if_match" in row.decision and row.referral_id is not None:
            conditional.append(row)
    wanted = [row.referral_id for row in valid if row.referral_id is not None]
    if conditional:
        _lock(wanted)
    referred = _referred(valid, wanted, caller)
    states = _states(conditional, caller)
    named: dict[UUID, int] = {}
    for row in valid:
        _judge(row, referred, states)
        if (
            row.referral_id is not None
            and (first := named.setdefault(row.referral_id, row.index)) != row.index
        ):
            row.refuse(
                "repeated", f"Row {first} of this call names the same referral. Answer it once a call."
            )


def _states(rows: list[Row], caller: Caller) -> dict[UUID, _State]:
    """Return the tags that name referrals as they stand; histories are read for conditions that speak of them alone."""
    ids = [row.referral_id for row in rows if row.referral_id]
    if not ids:
        return {}
    seen = [
        row.referral_id
        for row in rows
        if row.decision and row.referral_id and "." in row.decision["if_match"]
    ]
    events = history(seen, caller) if seen else {}
    return {
        one["id"]: _State(
            one["status"], (one["etag"], etag_with_history(one["etag"], events.get(one["id"], [])))
        )
        for one in shown(visible(caller).filter(pk__in=ids), caller)
    }


def _referred(rows: list[Row], wanted: list[UUID], caller: Caller) -> dict[UUID, datetime | None]:
    """Return which of these the caller may see, and since when; without that where no row says when it acted."""
    found = visible(caller).filter(among(wanted))
    if any(row.decision and "acted_at" in row.decision for row in rows):
        return dict(found.values_list("pk", "referred_at"))
    return dict.fromkeys(found.values_list("pk", flat=True))


def _judge(row: Row, referred: dict[UUID, datetime | None], states: dict[UUID, _State]) -> None:
    assert row.decision is not None  # noqa: S101
    if row.referral_id not in referred:
        row.refuse("not_found", NO_REFERRAL)
        return
    expected = row.decision.get("if_match")
    state = states.get(row.referral_id)
    if expected is not None and state is not None and not is_named(expected, *state.tags):
        row.refuse(
            "changed",
            "The referral has changed since you read it. Read it again and decide anew.",
            state.status,
        )
    at, since = row.decision.get("acted_at"), referred[row.referral_id]
    if at is None or since is None:
        return
    if misdated(at, since=since):
        row.refuse(
            "acted_before_referral", f"acted_at is before the referral was made ({since:%Y-%m-%dT%H:%M:%SZ})."
        )
    row.decision["acted_at"] = moment_told(at, since=since)


def _lock(ids: list[UUID]) -> None:
    """Lock in the order in which moves do, so that nobody waits in a circle."""
    with acting_as(SYSTEM):
        lock_referrals(ids)


def _move(row: Row, caller: Caller) -> Move:
    assert row.decision is not None and row.referral_id is not None  # noqa: S101, PT018 - refused otherwise
    facts = {name: value for name, value in row.decision.items() if name not in _NO_FACTS}
    if caller.key is not None:
        facts["key"] = caller.key.prefix  # nobody is signed in: the key is who did it
    at = row.decision.get("acted_at")
    if at is not None:
        facts["acted_at"] = at.isoformat()
    return Move(row.referral_id, row.decision["verdict"], facts, at)


def _put_refusals(rows: list[Row], applied: Applied) -> None:
    """Give each refusal back to its row; of the rows that come here, no two name one referral."""
    refusals = {refused.referral_id: refused for refused in applied.refused}
    for row in rows:
        assert row.referral_id is not None  # noqa: S101
        row.refusal = refusals.get(row.referral_id)
        row.status = applied.entered.get(row.referral_id)


def _all_refused(rows: list[Row]) -> Problem:
    errors: list[dict[str, Any]] = []
    for row in rows:
        if row.refusal is not None:
            errors += row.wrong_fields or [
                {"pointer": row.pointer, "code": row.refusal.code, "detail": sentence_of(row)}
            ]
    return Problem(
        "decisions-refused",
        f"{len(errors)} of {len(rows)} rows stand in the way; nothing was changed.",
        errors=errors,
    )


def _result(row: Row, outcome: str, status: str | None) -> dict[str, Any]:
    return {
        "index": row.index,
        "referral": row.name,
        "outcome": outcome,
        "status": status,
        "code": None,
        "detail": None,
        "allowed": PLATFORM_MOVES[status] if status else [],
        "etag": None,
        "errors": row.wrong_fields,
    }
