"""A service's refusal of one thing, as problem details."""

from __future__ import annotations

from typing import Any, Final

from takedowns.api.problems import Problem
from takedowns.referrals.lifecycle import allowed_from
from takedowns.referrals.transitions import Refused
from takedowns.representation.referrals import AGENCY_MOVES, PLATFORM_MOVES

_PROBLEM_OF: Final = {"not_found": "not-found", "not_your_role": "forbidden"}
_OF_THE_BODY: Final = ("unknown_value", "missing_fact")


def problem_of_refusal(refused: Refused, field: str) -> Problem:
    """Return the problem that a refusal is to a platform.

    Args:
        field: the field of the body that a value out of place stands in.
    """
    if refused.code in _OF_THE_BODY:
        error = {"pointer": f"#/{refused.fact or field}", "code": refused.code, "detail": refused.message}
        return Problem("invalid-body", refused.message, errors=[error])
    name = _PROBLEM_OF.get(refused.code, "conflict")
    extra: dict[str, Any] = {"code": refused.code}
    if refused.status and name == "conflict":
        extra |= {"status_of_referral": refused.status, "allowed": PLATFORM_MOVES[refused.status]}
    return Problem(name, refused.message, **extra)


def problem_of_agency(refused: Refused, field: str) -> Problem:
    """As :func:`problem_of_refusal`, to an agency: what it may do instead is another matter."""
    if refused.code != "not_allowed":
        problem = problem_of_refusal(refused, field)
        if "allowed" in problem.extra:
            problem.extra["allowed"] = AGENCY_MOVES[refused.status]
        return problem
    allowed = AGENCY_MOVES[refused.status]
    stands = (
        f"The referral is “{refused.status}”; your agency may now: {', '.join(allowed) or 'nothing more'}."
    )
    # The lifecycle's own sentence names the moves of everybody, or that there are none; others, as of an order's hour, say what
    # stands in the way.
    of_the_lifecycle = refused.allowed or not allowed_from(refused.status)
    detail = stands if of_the_lifecycle else f"{refused.message} {stands}"
    return Problem(
        "transition-refused",
        detail,
        code=refused.code,
        status_of_referral=refused.status,
        allowed=allowed,
    )
