"""An agency's holds: read, placed, changed, released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors, sandbox
from takedowns.api.acting import IF_MATCH, ActView
from takedowns.api.problems import Problem
from takedowns.api.serializers.holds import (
    HoldChanged,
    HoldList,
    HoldReleased,
    HoldsAsked,
    HoldTold,
    OneHoldShown,
)
from takedowns.directory.hosts import declared_hosts
from takedowns.directory.models import Scope
from takedowns.holds import services
from takedowns.holds.models import Hold, HoldQuerySet
from takedowns.holds.queries import kinds_told
from takedowns.holds.services import HoldError
from takedowns.identity import Identity, identify
from takedowns.pages.etags import is_named, strong
from takedowns.referrals.models import Referral
from takedowns.representation.referrals import etag_of, named, visible

_TAG = ["Holds"]


class _OfHolds(ActView):
    """What addresses of holds share."""

    opens = Opens(What.HOLDS, "id", "holds")
    scope = Scope.HOLDS_MANAGE

    def own(self) -> HoldQuerySet:
        """Return the agency's holds."""
        found = Hold.objects.filter(agency_id=cast("UUID", self.caller.agency_id))
        seen = visible(self.caller).filter(item=OuterRef("item"))
        return (
            found.with_standing()
            .annotate(seen=Exists(seen))
            .select_related("item", "outlet", "placed_by", "override")
        )

    def one(self, hold_id: UUID) -> Hold:
        """Return one of them as the caller saw it, where the call says what that was.

        Raises:
            Problem: ``not-found``, or ``precondition-failed``.
        """
        found = self.own().filter(pk=hold_id)
        hold = found.first()
        if hold is None:
            raise Problem("not-found", "Your agency has no such hold.")
        condition = self.request.headers.get("If-Match")
        if condition is None:
            return hold
        services.lock_hold(hold)
        hold = found.get()
        if not is_named(condition, _all_shown([hold])[0]["etag"]):
            raise Problem("precondition-failed", "The hold has changed since you read it. Read it again.")
        return hold

    def told(self, hold_id: UUID, status: int = 200) -> Response:
        """Return a hold as it stands now."""
        hold = self.own().get(pk=hold_id)
        shown = {
            **_all_shown([hold])[0],
            "with_platforms": services.already_with_platforms(hold, by=self.caller.actor),
        }
        headers = {"ETag": strong(shown["etag"])}
        if status == 201:
            headers["Location"] = f"/api/v1/holds/{hold.pk}"
        return Response(shown, status, headers=headers)


class Holds(_OfHolds):
    """The list, and placing one."""

    parameters = {"GET": HoldsAsked}

    @extend_schema(
        operation_id="list_holds",
        tags=_TAG,
        summary="List your agency's holds",
        parameters=[HoldsAsked],
        responses=HoldList,
        description="The latest placed first. Holds of other agencies are told to nobody: that there is one, /identify says.",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return one page."""
        asked, found = self.asked, self.own()
        if asked["stands"] is not None:
            found = found.active() if asked["stands"] else found.ended()
        page, following = cursors.page_of_moments(found, "placed_at", asked)
        return Response({"holds": _all_shown(page), "next": following})

    @extend_schema(
        operation_id="place_hold",
        tags=_TAG,
        summary="Place a hold",
        request=HoldTold,
        responses={201: OneHoldShown},
        description="Nothing it covers is referred while it stands. What is with a platform already stays there: withdraw it if it must not be acted on.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Place it."""
        given = self.body(HoldTold)
        with self.acting(given) as actor:
            try:
                hold = self._place(given, actor)
            except HoldError as error:
                raise _problem(error) from None
        return self.told(hold.pk, 201)

    def _place(self, given: Mapping[str, Any], actor: Actor) -> Hold:
        facts: dict[str, Any] = {
            "agency_id": self.caller.agency_id,
            "by": actor,
            "reason": given["reason"],
            "ends_at": given["ends_at"],
        }
        if "referral" in given:
            item = named(given["referral"], self.caller).values_list("item_id", flat=True).first()
            if item is None:
                raise HoldError("There is no such referral for you.", "referral")
            return services.place(item_id=item, **facts)
        if "outlet" in given:
            return services.place_on_outlet(given["outlet"], **facts)
        if actor.sandbox and (item := _invented(given["url"])) is not None:
            return services.place(item_id=item, **facts)
        return services.place_on_address(given["url"], declared_hosts(), **facts)


class OneHold(_OfHolds):
    """One hold."""

    @extend_schema(operation_id="get_hold", tags=_TAG, summary="Read a hold", responses=OneHoldShown)
    def get(self, request: Request, hold_id: UUID) -> Response:  # noqa: ARG002
        """Return it."""
        return self.told(self.one(hold_id).pk)

    @extend_schema(
        operation_id="change_hold",
        tags=_TAG,
        summary="Let a hold end earlier or later, or change its reason",
        parameters=[IF_MATCH],
        request=HoldChanged,
        responses=OneHoldShown,
        description="As long as it stands: one that has ended is placed anew (409).",
    )
    def patch(self, request: Request, hold_id: UUID) -> Response:  # noqa: ARG002
        """Change it."""
        given = self.body(HoldChanged)
        hold = self.one(hold_id)
        with self.acting(given) as actor:
            try:
                services.change(hold.pk, by=actor, reason=given.get("reason"), ends_at=given.get("ends_at"))
            except HoldError as error:
                raise _problem(error) from None
        return self.told(hold.pk)


class HoldRelease(_OfHolds):
    """The end of a hold before its time."""

    needs_body = False

    @extend_schema(
        operation_id="release_hold",
        tags=_TAG,
        summary="Release a hold",
        parameters=[IF_MATCH],
        request=HoldReleased,
        responses=OneHoldShown,
        description="What it kept back goes with the next dispatch. Released twice is released once.",
    )
    def post(self, request: Request, hold_id: UUID) -> Response:  # noqa: ARG002
        """Release it."""
        given = self.body(HoldReleased)
        hold = self.one(hold_id)
        with self.acting(given) as actor:
            services.release(hold.pk, by=actor)
        return self.told(hold.pk)


def _invented(url: str) -> UUID | None:
    """Return the item of the sandbox that an address names; None where it names none of those."""
    found = identify(url)
    item = sandbox.item_of(found.url) if isinstance(found, Identity) else None
    return item if item is not None and Referral.objects.filter(item_id=item).exists() else None


def _problem(error: HoldError) -> Problem:
    if not error.about:
        return Problem("conflict", str(error))
    told = {"pointer": f"#/{error.about}", "code": "invalid", "detail": str(error)}
    return Problem("invalid-body", f"#/{error.about}: {error}", errors=[told])


def _all_shown(holds: Sequence[Hold]) -> list[dict[str, Any]]:
    kinds = kinds_told((one, one.seen) for one in holds)  # type: ignore[attr-defined]
    return [_shown(one, kinds) for one in holds]


def _shown(hold: Hold, kinds: Mapping[UUID, str]) -> dict[str, Any]:
    item = hold.item
    shown = {
        "id": hold.pk,
        "item": {"id": item.pk, "kind": kinds[item.pk], "url": item.url, "key": item.key} if item else None,
        "outlet": hold.outlet.name if hold.outlet else None,
        "reason": hold.reason,
        "placed_at": hold.placed_at,
        "placed_by": hold.placed_by.email if hold.placed_by else None,
        "ends_at": hold.ends_at,
        "stands": hold.stands,  # type: ignore[attr-defined]
        "released_at": hold.released_at,
        "lifted_because": hold.override.reason if hold.override else None,
    }
    return {**shown, "etag": etag_of(shown)}
