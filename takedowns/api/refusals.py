"""A service's refusal of one thing, as problem details."""

from __future__ import annotations

from typing import Any, Final

from takedowns.api.problems import Problem
from takedowns.referrals.transitions import Refused
from takedowns.representation.referrals import PLATFORM_MOVES

_PROBLEM_OF: Final = {"not_found": "not-found", "not_your_role": "forbidden"}
_OF_THE_BODY: Final = ("unknown_value", "missing_fact")


def problem_of_refusal(refused: Refused, field: str) -> Problem:
    """Return the problem that a refusal is.

    Args:
        field: the field of the body that a value out of place stands in.
    """
    if refused.code in _OF_THE_BODY:
        error = {"pointer": f"#/{field}", "code": refused.code, "detail": refused.message}
        return Problem("invalid-body", refused.message, errors=[error])
    name = _PROBLEM_OF.get(refused.code, "conflict")
    extra: dict[str, Any] = {"code": refused.code}
    if refused.status and name == "conflict":
        extra |= {"status_of_referral": refused.status, "allowed": PLATFORM_MOVES[refused.status]}
    return Problem(name, refused.message, **extra)
