"""Statements of reasons: posted by a platform, and its decisions given back in that form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Func, Value
from django.db.models.fields import TextField
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors
from takedowns.api.acting import NAME, NO_REFERRAL
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.serializers.statements import (
    DecisionStatements,
    DecisionStatementsAsked,
    StatementBody,
    StatementResult,
    Statements,
    StatementsAnswered,
    StatementsAsked,
)
from takedowns.api.views.referrals import one_or_problem
from takedowns.directory.models import Scope
from takedowns.installation.switches import Way, is_on
from takedowns.ledger.services import note_file
from takedowns.referrals.models import Operation
from takedowns.representation.referrals import PLATFORM_MOVES, ids_of, operations, visible
from takedowns.representation.wire import dumps
from takedowns.statements.making import BATCH, decisions, statements_of
from takedowns.statements.reading import Told, WrongStatement, read
from takedowns.statements.services import Outcome, Taken, take

_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}")


class _StatementView(ApiView):
    """A call that is there only where the installation uses statements."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the caller in, or say why not."""
        super().initial(request, *args, **kwargs)
        if not is_on(Way.STATEMENTS):
            raise Problem("not-found", "This installation does not exchange statements of reasons.")

    def facts(self) -> dict[str, str]:
        """Return what an answer of this caller says besides: nobody is signed in, the key is who did it."""
        return {"key": self.caller.key.prefix} if self.caller.key is not None else {}


class OneStatement(_StatementView):
    """The statement of reasons of the decision on one referral."""

    opens = Opens(What.ANSWERS)
    scope = Scope.DECISIONS_WRITE

    @extend_schema(
        operation_id="post_statement",
        tags=["Statements"],
        summary="Post the statement of reasons of a decision",
        parameters=[NAME],
        request=StatementBody,
        responses=StatementResult,
        description="The very JSON that you send to the DSA Transparency Database, or the one that it gave back (with"
        " its uuid). It answers the referral, by the gravest act that it names; where you answered before, it is"
        " kept beside the answer. The same puid again is the same statement and may add the uuid.",
    )
    def post(self, request: Request, name: str) -> Response:
        """Take it."""
        referral_id = one_or_problem(name, self.caller)["id"]
        try:
            told = read(request.data)
        except WrongStatement as wrong:
            raise Problem("invalid-body", f"#/{wrong.field}: {wrong}", errors=[_error(wrong, "#")]) from None
        taken = take([(referral_id, told)], by=self.caller.actor, facts=self.facts())[0]
        if taken.outcome is Outcome.REFUSED and taken.why is not None:
            problem = "forbidden" if taken.why.code == "not_your_role" else "transition-refused"
            status = taken.why.status
            raise Problem(
                problem,
                taken.why.message,
                code=taken.why.code,
                status_of_referral=status,
                allowed=PLATFORM_MOVES.get(status, []),
            )
        return Response(_result(0, told.puid, taken))


class ManyStatements(_StatementView):
    """Statements of reasons of up to 100 decisions in one call."""

    opens = Opens(What.ANSWERS)
    scope = Scope.DECISIONS_WRITE

    @extend_schema(
        operation_id="post_statements",
        tags=["Statements"],
        summary="Post the statements of up to 100 decisions",
        request=StatementsAsked,
        responses=StatementsAnswered,
        description="The body of a call to the database's multiple endpoint, or what that gave back. A result for each, in"
        " order; a bad one spoils no other.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Take them; say what became of each."""
        given: list[Any] = self.body(Statements)["statements"]
        results: list[dict[str, Any]] = []
        good: list[tuple[int, Told]] = []
        for index, one in enumerate(given):
            results.append(_result(index, _puid(one), None))
            try:
                good.append((index, read(_without_name(one))))
            except WrongStatement as wrong:
                error = _error(wrong, f"#/statements/{index}")
                results[index] |= {
                    "code": "invalid",
                    "detail": f"{error['pointer']}: {wrong}",
                    "errors": [error],
                }
        ids = self._find({index: _name(given[index]) for index, _told in good})
        known = [(index, ids[index], told) for index, told in good if index in ids]
        for index in {index for index, _told in good} - ids.keys():
            results[index] |= {"code": "not_found", "detail": NO_REFERRAL}
        pairs = [(referral_id, told) for _index, referral_id, told in known]
        taken = take(pairs, by=self.caller.actor, facts=self.facts())
        for (index, _referral_id, told), one in zip(known, taken, strict=True):
            results[index] = _result(index, told.puid, one)
        refused = sum(one["outcome"] == Outcome.REFUSED for one in results)
        return Response({"taken": len(results) - refused, "refused": refused, "results": results})

    def _find(self, names: Mapping[int, str]) -> dict[int, UUID]:
        """Return the referral that each name is of: an id, a short reference, or the digest of the item's address."""
        found = ids_of(names.values())
        digests = {name.lower() for name in names.values() if _DIGEST.fullmatch(name)}
        if digests:
            digest = Func(
                F("item__url"), function="convert_to", template="%(function)s(%(expressions)s, 'UTF8')"
            )
            hashed = Func(
                Func(digest, function="sha256"), Value("hex"), function="encode", output_field=TextField()
            )
            rows = visible(self.caller).annotate(digest=hashed).filter(digest__in=digests).order_by("round")
            by_digest = dict(rows.values_list("digest", "pk"))  # of several rounds the last
            found |= {name: by_digest[name.lower()] for name in names.values() if name.lower() in by_digest}
        made = set(visible(self.caller).filter(pk__in=found.values()).values_list("pk", flat=True))
        return {index: found[name] for index, name in names.items() if found.get(name) in made}


class OperationStatements(_StatementView):
    """An operation's decisions as statements of reasons."""

    opens = Opens(What.ANSWERS)
    scope = Scope.REFERRALS_READ
    parameters = DecisionStatementsAsked

    @extend_schema(
        operation_id="list_decision_statements",
        tags=["Statements"],
        summary="Read decisions as statements of reasons",
        parameters=[DecisionStatementsAsked],
        responses=DecisionStatements,
        description="Your decisions in an operation in the form that the Transparency Database takes, 100 a page: what"
        " you posted as you posted it, of all others a statement made of what is recorded.",
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Return the next hundred."""
        operation = self._operation(reference)
        after = cursors.referral_of(self.asked["after"]) if "after" in self.asked else UUID(int=0)
        found = decisions(operation, self.caller.actor, self.caller.platform_id).filter(pk__gt=after)
        page = list(found[: BATCH + 1])
        statements = statements_of(page[:BATCH], operation)
        self.saw = Shown(tuple(str(one.pk) for one in page[:BATCH]))
        following = cursors.of_referral(page[BATCH - 1].pk) if len(page) > BATCH else None
        if not self.caller.actor.sandbox:
            note_file("statements", operation.reference, dumps(statements), count=len(statements))
        return Response({"statements": statements, "next": following})

    def _operation(self, reference: str) -> Operation:
        found = operations(self.caller).filter(reference=reference).first()
        if found is None:
            raise Problem("not-found", "There is no such operation for you.")
        return found


def _without_name(one: Any) -> Any:
    """Return a row without the name of its referral, which is not part of the statement."""
    return (
        {name: value for name, value in one.items() if name != "referral"} if isinstance(one, dict) else one
    )


def _name(one: Mapping[str, Any]) -> str:
    return str(one.get("referral") or one.get("puid"))[:100]


def _puid(one: Any) -> str | None:
    puid = one.get("puid") if isinstance(one, dict) else None
    return puid[:500] if isinstance(puid, str) else None


def _error(wrong: WrongStatement, pointer: str) -> dict[str, str]:
    where = f"{pointer}/{wrong.field}" if wrong.field else pointer
    return {"pointer": where, "code": wrong.code, "detail": str(wrong)}


def _result(index: int, puid: str | None, taken: Taken | None) -> dict[str, Any]:
    why = taken.why if taken else None
    return {
        "index": index,
        "referral_id": taken.referral_id if taken else None,
        "puid": puid,
        "outcome": str(taken.outcome if taken else Outcome.REFUSED),
        "status": (taken.status if taken else None) or None,
        "code": why.code if why else None,
        "detail": why.message if why else None,
        "errors": [],
    }
