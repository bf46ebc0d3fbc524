"""Writing a removal order: an agency's program drafts it, a second person reviews it, and a person issues it."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import IF_MATCH, NAME, ActView, not_found, of_agencies
from takedowns.api.problems import Problem
from takedowns.api.refusals import problem_of_agency
from takedowns.api.serializers.orders import OrderDraft, OrderDraftShown
from takedowns.directory.models import Scope
from takedowns.orders.models import RemovalOrder
from takedowns.orders.writing import OrderText, lock_to_write, write_orders
from takedowns.pages.etags import is_named, strong
from takedowns.referrals.models import Referral
from takedowns.referrals.vocabulary import Instrument
from takedowns.representation.referrals import etag_of, named

#: What is written, as the draft and the text both name it; each is empty where nothing is said.
_TEXTS: Final = (
    "reasons",
    "further_information",
    "file_number",
    "officer",
    "not_told_reason",
    "emergency_reason",
)


class Draft(ActView):
    """The text of an order until it is issued."""

    opens = Opens(What.ORDER, "referral_id")
    scope = {"GET": Scope.REFERRALS_READ, "PUT": Scope.REFERRALS_WRITE}

    @extend_schema(
        operation_id="get_order_draft",
        tags=["Removal orders"],
        summary="Read the draft of an order",
        parameters=[NAME],
        responses=OrderDraftShown,
        description="For agencies: what a removal order says as it is written, also before it is issued. 404 for a referral that is none.",
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return it."""
        of_agencies(self.caller)
        return self._answer(self._referral(name))

    @extend_schema(
        operation_id="write_order",
        tags=["Removal orders"],
        summary="Write the draft of an order",
        parameters=[NAME, IF_MATCH],
        request=OrderDraft,
        responses=OrderDraftShown,
        description="The whole text, until the order is issued; what is left out is empty. A second person reviews it and a person issues it, on the pages. What was"
        " approved already is changed by a reviewer or coordinator there (403).",
    )
    def put(self, request: Request, name: str) -> Response:
        """Keep what it is to say."""
        given = self.body(OrderDraft)
        found = self._referral(name)
        lock_to_write(found.pk)
        condition = request.headers.get("If-Match")
        if condition is not None and not is_named(condition, _shown(self._referral(name))["etag"]):
            raise Problem("precondition-failed", "The draft has changed since you read it. Read it again.")
        text = OrderText(
            material=tuple(given["material"]),
            content_provider_told=given["content_provider_told"],
            not_told_until=given.get("not_told_until"),
            emergency=given["emergency"],
            **{one: given.get(one, "").strip() for one in _TEXTS},
        )
        with self.acting(given) as actor:
            done = write_orders([found.pk], text, by=actor)
        if done.refused:
            raise problem_of_agency(done.refused[0], "reasons")
        return self._answer(self._referral(name))

    def _referral(self, name: str) -> Referral:
        found = named(name, self.caller).select_related("removal_order").first()
        if found is None:
            raise not_found()
        if found.instrument != Instrument.REMOVAL_ORDER:
            raise Problem("not-found", "This referral is no removal order.")
        return found

    def _answer(self, referral: Referral) -> Response:
        shown = _shown(referral)
        return Response(shown, headers={"ETag": strong(shown["etag"])})


def _shown(referral: Referral) -> dict[str, Any]:
    order: RemovalOrder | None = getattr(referral, "removal_order", None)
    pk: UUID = referral.pk
    shown = {
        "referral_id": pk,
        "status_of_referral": referral.status,
        "written": order is not None,
        "written_at": order.written_at if order else None,
        "issued_at": order.issued_at if order else None,
        "material": order.material if order else [],
        "content_provider_told": order.content_provider_told if order else True,
        "not_told_until": order.not_told_until if order else None,
        "emergency": order.emergency if order else False,
        **{one: (getattr(order, one) or None) if order else None for one in _TEXTS},
    }
    return {**shown, "etag": etag_of(shown)}
