"""Operations, their figures, and what platforms say of themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import of_agencies
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.serializers.others import (
    JsonStat,
    MessageList,
    OperationList,
    OperationShown,
    SelfReports,
    SelfReportsShown,
    Statistics,
)
from takedowns.directory.models import Scope
from takedowns.figures.board import board, fingerprint
from takedowns.figures.exports import json_of, jsonstat_of
from takedowns.figures.self_reports import report_totals, totals_of
from takedowns.figures.values import Board
from takedowns.notices.messages import Kept, messages_of
from takedowns.pages.etags import is_named, weak
from takedowns.referrals.models import Operation
from takedowns.representation.referrals import operations


class Operations(ApiView):
    """The list."""

    opens = Opens(What.OPERATIONS)
    scope = Scope.REFERRALS_READ

    @extend_schema(
        operation_id="list_operations",
        tags=["Operations"],
        summary="List operations",
        responses=OperationList,
        description="An agency sees those it takes part in; a platform those in which something was referred to it.",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return all that the caller may know of."""
        return Response({"operations": [_shown(one) for one in operations(self.caller)]})


class OneOperation(ApiView):
    """One operation."""

    opens = Opens(What.OPERATIONS, "reference")
    scope = Scope.REFERRALS_READ

    @extend_schema(
        operation_id="get_operation",
        tags=["Operations"],
        summary="Read one operation",
        responses=OperationShown,
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Return the operation."""
        return Response(_shown(_one(self, reference)))


class OperationMessages(ApiView):
    """What coordinators say to everybody in an operation."""

    opens = Opens(What.MESSAGES, listed="messages")
    scope = Scope.REFERRALS_READ

    @extend_schema(
        operation_id="list_messages",
        tags=["Operations"],
        summary="Read what is announced in an operation",
        responses=MessageList,
        description="For agencies that take part: the latest 100, also those that have ended. A message is never changed. Writing and ending one is a person's.",
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Return them."""
        of_agencies(self.caller)
        kept = messages_of(_one(self, reference), self.caller.actor)
        return Response({"messages": [_message(one) for one in kept]})


class _Figures(ApiView):
    """An operation's figures, in some form."""

    opens = Opens(What.FIGURES)
    scope = Scope.STATISTICS_READ

    def answer_with(self, write: Callable[[Board], bytes], request: Request, reference: str) -> Response:
        """Return the figures as they are now, written by ``write``; 304 where they are those the caller has."""
        operation = _one(self, reference)
        etag = fingerprint(operation, self.caller.actor)
        # Weak: the figures are the same, the moment that they are said to be of is not.
        self.headers["ETag"] = weak(etag)
        if is_named(request.headers.get("If-None-Match"), etag):
            return Response(status=304)
        figures = board(operation, self.caller.actor, etag=etag)
        if self.caller.platform_id is not None:
            # A platform is told of itself; that others take part is not its to know.
            own = [row for row in figures.rows if row.slug == self.caller.platform_id]
            figures = replace(figures, rows=tuple(own))
        return Response(orjson.loads(write(figures)))


class OperationStatistics(_Figures):
    """An operation's figures."""

    @extend_schema(
        operation_id="get_statistics",
        tags=["Operations"],
        summary="Read an operation's figures",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={200: Statistics, 304: None},
        description="Of all that an agency may see, or of a platform's own referrals. Each measure comes with its definition.",
    )
    def get(self, request: Request, reference: str) -> Response:
        """Return the figures as they are now."""
        return self.answer_with(json_of, request, reference)


class OperationJsonStat(_Figures):
    """The same figures as JSON-stat 2.0."""

    @extend_schema(
        operation_id="get_statistics_json_stat",
        tags=["Operations"],
        summary="Read an operation's figures as JSON-stat 2.0",
        parameters=[OpenApiParameter("If-None-Match", str, OpenApiParameter.HEADER)],
        responses={200: JsonStat, 304: None},
        description="One dataset, for any reader of the format (https://json-stat.org).",
    )
    def get(self, request: Request, reference: str) -> Response:
        """Return the figures as they are now."""
        return self.answer_with(jsonstat_of, request, reference)


class OperationSelfReports(ApiView):
    """A platform's own totals."""

    opens = Opens(What.FIGURES)
    scope = Scope.SELF_REPORTS_WRITE

    @extend_schema(
        operation_id="list_self_reports",
        tags=["Operations"],
        summary="Read your own totals",
        responses=SelfReportsShown,
    )
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Return what the platform reported."""
        return Response({"reports": self._reports(_one(self, reference))})

    @extend_schema(
        operation_id="report_totals",
        tags=["Operations"],
        summary="Report your own totals",
        request=SelfReports,
        responses=SelfReportsShown,
        description="Shown beside our counts and never added to them. The same day and thing again replaces the number.",
    )
    def put(self, request: Request, reference: str) -> Response:  # noqa: ARG002
        """Keep the totals."""
        operation = _one(self, reference)
        # Of several about one day and thing the last counts, as if they had been sent one after the other.
        reports = {(one["day"], one["what"]): one["count"] for one in self.body(SelfReports)["reports"]}
        platform_id = str(self.caller.platform_id)  # the scope is for platforms' keys alone
        report_totals(operation, platform_id, reports, by_id=None)
        return Response({"reports": self._reports(operation)})

    def _reports(self, operation: Operation) -> list[Any]:
        found = totals_of(operation, str(self.caller.platform_id))
        return [{"day": one.day, "what": one.what, "count": one.count} for one in found]


def _one(view: ApiView, reference: str) -> Operation:
    found = operations(view.caller).filter(reference=reference.upper()).first()
    if found is None:
        raise Problem("not-found", "There is no such operation for you.")
    return found


def _message(kept: Kept) -> dict[str, object]:
    message = kept.message
    return {
        "id": message.pk,
        "text": message.text,
        "at": message.at,
        "by": (message.by.get_full_name() or None) if message.by else None,
        "ends_at": message.ends_at,
        "ended_at": kept.ended_at,
    }


def _shown(operation: Operation) -> dict[str, object]:
    return {
        "reference": operation.reference,
        "name": operation.name,
        "starts": operation.starts,
        "ends": operation.ends,
        "open": operation.is_open,
    }
