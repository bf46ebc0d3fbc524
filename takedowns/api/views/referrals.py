"""Referrals: the list, one, and the change feed."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any, Final

from django.conf import settings
from django.db import connection
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import acting_as
from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors, sandbox
from takedowns.api.acting import IF_MATCH, NAME, ActView, not_found, referral_told
from takedowns.api.authentication import Caller
from takedowns.api.base import ApiView
from takedowns.api.expanding import digest_of, expanded
from takedowns.api.parameters import refused, unknown_names
from takedowns.api.places import PLACES
from takedowns.api.problems import Problem
from takedowns.api.refusals import problem_of_agency
from takedowns.api.serializers.casework import FACTS, FactsCorrected
from takedowns.api.serializers.referrals import (
    ChangePage,
    ChangesAsked,
    ReferralAsked,
    ReferralPage,
    ReferralsAsked,
    ReferralWithHistory,
)
from takedowns.directory.models import Agency, Platform, PlatformHost, Scope
from takedowns.identity import Refusal, identify
from takedowns.pages.etags import is_named, strong
from takedowns.referrals import log
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Cell
from takedowns.referrals.vocabulary import NO_TIER
from takedowns.representation.changes import changes, updated
from takedowns.representation.referrals import NOT_MADE, etag_of, named, operations, page, shown
from takedowns.representation.referrals import Shown as ReferralRow
from takedowns.representation.sorting import BY_ID, sorted_page

LOOK_EVERY_SECONDS: Final = 0.5


class Referrals(ApiView):
    """The list."""

    opens = Opens(What.REFERRALS)
    scope = Scope.REFERRALS_READ
    parameters = ReferralsAsked

    @extend_schema(
        operation_id="list_referrals",
        tags=["Referrals"],
        summary="List referrals",
        parameters=[
            ReferralsAsked,
            OpenApiParameter(
                "If-None-Match",
                str,
                OpenApiParameter.HEADER,
                description="ETag; answered by 304 where the page is the same.",
            ),
        ],
        responses={200: ReferralPage, 304: None},
        description="In order of id unless it is sorted, up to 1,000 a page. To follow what happens, use the change feed instead.",
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        asked = self.asked
        _refuse_unknown(asked, self.caller)
        rows, following = self._page(asked)
        wanted = "updated_at" in asked.get("fields", ("updated_at",))
        moments = updated([one["id"] for one in rows], self.caller) if wanted else {}
        more = expanded(self, asked.get("expand", ()), rows)
        self.saw = Shown(tuple(str(one["id"]) for one in rows), asked.get("url", ""))
        dated = [(one, moments.get(one["id"])) for one in rows]
        etag = etag_of(
            {
                "referrals": [(one["etag"], at) for one, at in dated],
                "next": following,
                "of": asked.get("fields"),
                **({"expanded": digest_of(more)} if "expand" in asked else {}),
            }
        )
        self.headers["ETag"] = strong(etag)
        if is_named(request.headers.get("If-None-Match"), etag):
            return Response(status=304)
        told = [
            _in_part({**one, "updated_at": at}, asked["fields"]) | more[one["id"]]
            if "fields" in asked
            else one.json_with(updated_at=at, **more[one["id"]])
            for one, at in dated
        ]
        return Response({"referrals": told, "next": following})

    def _page(self, asked: dict[str, Any]) -> tuple[list[ReferralRow], str | None]:
        """Return the rows of the page, and the cursor of the next; None where this is the last."""
        sort, after, limit = asked["sort"], asked.get("after"), asked["limit"]
        if "url" in asked:
            asked["item_id"] = _item_of(asked["url"], self.caller)
        if sort == BY_ID:
            rows, last = page(self.caller, asked, cursors.referral_of(after) if after else None, limit)
            return rows, cursors.of_referral(last) if last else None
        place = cursors.sorted_of(after, sort) if after else None
        rows, following = sorted_page(self.caller, asked, sort, place, limit)
        return rows, cursors.of_sorted(sort, following) if following else None


def _in_part(referral: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Return the fields that were asked for, in the order of all."""
    return {name: one for name, one in referral.items() if name in names}


class OneReferral(ActView):
    """One referral."""

    opens = Opens(What.REFERRAL, "id")
    scope = {"GET": Scope.REFERRALS_READ, "PATCH": Scope.REFERRALS_WRITE}
    parameters = {"GET": ReferralAsked}

    @extend_schema(
        operation_id="get_referral",
        tags=["Referrals"],
        summary="Read one referral with its history",
        parameters=[
            NAME,
            ReferralAsked,
            OpenApiParameter(
                "If-None-Match",
                str,
                OpenApiParameter.HEADER,
                description="ETag; answered by 304 where nothing changed.",
            ),
        ],
        responses={200: ReferralWithHistory, 304: None},
    )
    def get(self, request: Request, name: str) -> Response:
        """Return the referral and what happened to it."""
        found = one_or_problem(name, self.caller)
        told = referral_told(found, self.caller)
        etag = told.data["etag"]
        more = expanded(self, self.asked.get("expand", ()), [found])
        if "expand" in self.asked:
            etag = f"{etag}.{digest_of(more)}"
            told.headers["ETag"] = strong(etag)
        if is_named(request.headers.get("If-None-Match"), etag):
            return Response(status=304, headers={"ETag": told.headers["ETag"]})
        if "fields" in self.asked:
            self.saw = Shown((str(found["id"]),))
            told.data = _in_part(told.data, self.asked["fields"])
        told.data |= more[found["id"]]
        return told

    @extend_schema(
        operation_id="correct_referral",
        tags=["Case work"],
        summary="Correct what is known of a referral",
        parameters=[NAME, IF_MATCH],
        request=FactsCorrected,
        responses=ReferralWithHistory,
        description="For its agency: priority, kind, outlet, listed group. What was approved already goes back to review, by somebody else than whoever"
        " corrects it. Where a hold stands on its outlet, that stays (409, on_hold).",
    )
    def patch(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Correct it."""
        given = self.body(FactsCorrected)
        referral_id = self.referral(name)
        # Null says "none", which the correction knows by its own word for each.
        none: dict[str, Any] = {"tier": NO_TIER, "outlet": "", "listed_group": ""}
        facts = {fact: none[fact] if given[fact] is None else given[fact] for fact in FACTS if fact in given}
        with self.acting(given) as actor:
            done = correct([Correction(referral_id, **facts)], by=actor)
        if done.refused:
            raise problem_of_agency(done.refused[0], "outlet")
        return self.told(referral_id)


class Changes(ApiView):
    """The change feed."""

    opens = Opens(What.CHANGES, listed="changes")
    scope = Scope.REFERRALS_READ
    parameters = ChangesAsked
    asks_alone = True

    @extend_schema(
        operation_id="follow_changes",
        tags=["Referrals"],
        summary="Follow every change",
        parameters=[ChangesAsked],
        responses=ChangePage,
        description="Every change of your referrals exactly once, in one order, none missed. Keep next with what"
        " you did about the changes before it, and hand it back as after. With wait, an empty answer comes after that many seconds. Few calls of a key wait"
        " at once: 429 or 503 then say when to ask again.",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the next changes; wait for one where there is none. No transaction is open while it waits."""
        asked = self.asked
        with acting_as(self.caller.actor):
            _refuse_unknown(asked, self.caller)
            after = self._start(asked.get("after"))
        deadline = time.monotonic() + asked["wait"]
        waits = False
        with ExitStack() as waiting:
            while True:
                with acting_as(self.caller.actor, seconds=settings.API_STATEMENT_SECONDS):
                    reading, found = changes(
                        self.caller, after, asked["limit"], asked.get("change", ()), asked
                    )
                left = deadline - time.monotonic()
                if found or (left <= 0 and not reading.more) or (reading.more and left < -LOOK_EVERY_SECONDS):
                    break
                after = reading.position
                if not reading.more:
                    if not waits and self.caller.key is not None:
                        waiting.enter_context(PLACES.waiting(self.caller.key.pk))
                    waits = True
                    _rest(min(LOOK_EVERY_SECONDS, left))
        return Response(
            {"changes": found, "next": cursors.of_position(reading.position), "more": reading.more}
        )

    def _start(self, cursor: str | None) -> log.Position:
        if cursor is None:
            return log.BEGINNING
        return log.latest() if cursor == "latest" else cursors.position_of(cursor)


def one_or_problem(name: str, caller: Caller) -> ReferralRow:
    """Return the referral of an id or a short reference, as shown.

    Raises:
        Problem: ``not-found``, also for one that the caller may not see.
    """
    found = shown(named(name, caller), caller)
    if not found:
        raise not_found()
    return found[0]


def _refuse_unknown(asked: dict[str, Any], caller: Caller) -> None:
    """Refuse a filter by a name that is nobody's: the page would be empty without a word.

    Raises:
        Problem: ``invalid-parameter``.
    """
    errors: list[dict[str, str]] = []
    if "operation" in asked:
        known = (
            operations(caller).filter(reference__in=asked["operation"]).values_list("reference", flat=True)
        )
        errors += unknown_names("operation", asked["operation"], known)
    if "platform" in asked:
        slugs = Platform.objects.filter(pk__in=asked["platform"]).values_list("pk", flat=True)
        errors += unknown_names("platform", asked["platform"], slugs)
    if "agency" in asked:
        agencies = Agency.objects.filter(slug__in=asked["agency"])
        if caller.platform_id is not None:  # which others there are is not its to know
            asking = Cell.objects.filter(platform_id=caller.platform_id).exclude(status__in=NOT_MADE)
            agencies = agencies.filter(pk__in=asking.values("agency_id"))
        errors += unknown_names("agency", asked["agency"], agencies.values_list("slug", flat=True))
    if errors:
        raise refused(errors)


def _rest(seconds: float) -> None:
    """Sleep, and leave the connection to others meanwhile."""
    if not connection.in_atomic_block:
        connection.close()
    time.sleep(max(0.0, seconds))


def _item_of(url: str, caller: Caller) -> Any:
    found = identify(url, dict(PlatformHost.objects.values_list("host", "platform_id")))
    if isinstance(found, Refusal):
        raise Problem(
            "invalid-parameter",
            f"url: {found.message}",
            errors=[{"parameter": "url", "code": found.code, "detail": found.message}],
        )
    return (sandbox.item_of(found.url) if caller.actor.sandbox else None) or found.id
