"""A platform's answers, one and many."""

from __future__ import annotations

from typing import Any, Final, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import IF_MATCH, NAME, not_found
from takedowns.api.base import ApiView
from takedowns.api.decisions import Row, answer, etags_of, result_of, sentence_of
from takedowns.api.problems import Problem
from takedowns.api.serializers.decisions import (
    MAX_CONDITION,
    DecidedReferral,
    Decision,
    Decisions,
    DecisionsAnswered,
    DecisionsAsked,
)
from takedowns.directory.models import Scope
from takedowns.pages.etags import strong
from takedowns.representation.referrals import PLATFORM_MOVES, named, shown

#: Refusals of a single answer as problems; whatever else is a move that the lifecycle does not allow.
_PROBLEM_OF: Final = {
    "not_found": "not-found",
    "changed": "precondition-failed",
    "not_your_role": "forbidden",
}
_OF_THE_BODY: Final = ("invalid", "missing_fact", "unknown_value", "acted_before_referral")


class ManyDecisions(ApiView):
    """Answers to up to 1,000 referrals in one call."""

    opens = Opens(What.REFERRALS, listed="results")
    scope = Scope.DECISIONS_WRITE

    @extend_schema(
        operation_id="decide_many",
        tags=["Decisions"],
        summary="Answer up to 1,000 referrals",
        request=DecisionsAsked,
        responses=DecisionsAnswered,
        description="Mixed verdicts; a result for each row, in order. A bad row spoils no other, unless atomic is true:"
        " then all rows are taken or none (409 decisions-refused).",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Apply the answers; say what became of each."""
        asked = self.body(Decisions)
        rows = answer(asked["decisions"], self.caller, atomic=asked["atomic"])
        etags = etags_of(rows, self.caller)
        results = [result_of(row, etags) for row in rows]
        moved = sum(row.refusal is None for row in rows)
        return Response({"moved": moved, "refused": len(rows) - moved, "results": results})


class OneDecision(ApiView):
    """The answer to one referral."""

    opens = Opens(What.REFERRAL, "id")
    scope = Scope.DECISIONS_WRITE

    @extend_schema(
        operation_id="decide_one",
        tags=["Decisions"],
        summary="Answer one referral",
        parameters=[
            NAME,
            IF_MATCH,
        ],
        request=Decision,
        responses=DecidedReferral,
    )
    def post(self, request: Request, name: str) -> Response:
        """Apply the answer; return the referral as it stands after it."""
        self.body(
            Decision
        )  # the address names the referral, a header the condition: neither belongs in this body
        given: dict[str, Any] = {**cast("dict[str, Any]", request.data), "referral": name[:40]}
        if (condition := request.headers.get("If-Match")) is not None:
            given["if_match"] = condition.strip()[:MAX_CONDITION]
        row = answer([given], self.caller, atomic=False, pointer="#")[0]
        if row.refusal is not None:
            raise _problem(row)
        found = shown(named(name, self.caller), self.caller)[0]
        return Response(found, headers={"ETag": strong(found["etag"])})


def _problem(row: Row) -> Problem:
    assert row.refusal is not None  # noqa: S101 - asked of a refused row only
    code, message = row.refusal.code, sentence_of(row)
    if any(error["pointer"] == "#/referral" for error in row.errors):
        return not_found()
    if code in _OF_THE_BODY:
        errors = row.wrong_fields or [{"pointer": "#", "code": code, "detail": message}]
        return Problem("invalid-body", message, errors=errors)
    state: dict[str, Any] = (
        {"status_of_referral": row.refusal.status, "allowed": PLATFORM_MOVES[row.refusal.status]}
        if row.refusal.status
        else {}
    )
    return Problem(_PROBLEM_OF.get(code, "transition-refused"), message, **state)
