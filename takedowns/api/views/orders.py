"""Removal orders over the API: read, received, answered with Annex II or III of Regulation (EU) 2021/784."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access.actor import Actor
from takedowns.access_log.declaring import Opens, Shown
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import IF_MATCH, NAME, ActView
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.refusals import problem_of_agency, problem_of_refusal
from takedowns.api.serializers.orders import (
    OrderFeedback,
    OrderImpediment,
    OrderReceipt,
    OrderResumption,
    OrderShown,
)
from takedowns.api.shown import order_shown
from takedowns.api.views.referrals import one_or_problem
from takedowns.directory.models import Scope
from takedowns.orders.models import PRESERVED_UNTIL, RemovalOrder
from takedowns.orders.services import (
    CannotComply,
    Feedback,
    Receipt,
    end_impediments,
    record_feedback,
    record_impediments,
    record_receipts,
)
from takedowns.referrals.transitions import Applied

_TAG: Final = ["Removal orders"]


class Order(ApiView):
    """An order that was issued."""

    opens = Opens(What.ORDER, "referral_id")
    scope = Scope.REFERRALS_READ

    @extend_schema(
        operation_id="get_order",
        tags=_TAG,
        summary="Read a removal order",
        parameters=[NAME],
        responses=OrderShown,
        description="What a referral with the instrument removal_order says beyond others, and where its hour stands."
        " 404 for a referral that is none.",
    )
    def get(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Return it."""
        return Response(order_shown(_order_or_problem(self, name)))


class OrderDocument(ApiView):
    """An order's document."""

    opens = Opens(What.ORDER)
    scope = Scope.REFERRALS_READ

    @extend_schema(
        operation_id="get_order_document",
        tags=_TAG,
        summary="Download a removal order (PDF)",
        parameters=[NAME],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
        description="Byte for byte as it was issued.",
    )
    def get(self, request: Request, name: str) -> HttpResponse:  # noqa: ARG002
        """Return the PDF."""
        order = _order_or_problem(self, name)
        self.saw = Shown((str(order.pk),))
        return HttpResponse(bytes(order.document or b""), content_type="application/pdf")


class _Told(ActView):
    """Something a provider says of an order; or a coordinator, of one that has no program."""

    opens = Opens(What.ORDER, "referral_id")
    scope = Scope.DECISIONS_WRITE

    @property
    def needed_scope(self) -> Scope:
        """What an agency does is its own act, not an answer of its own."""
        return Scope.DECISIONS_WRITE if self.caller.agency_id is None else Scope.REFERRALS_WRITE

    def tell(
        self,
        name: str,
        given: Mapping[str, Any],
        record: Callable[[UUID, Actor], Applied],
        field: str,
    ) -> Response:
        """Record it; answer with the order as it stands after it."""
        if self.caller.agency_id is None and "acted_by" in given:
            detail = "This is for keys of agencies: a platform's key answers for the platform."
            errors = [{"pointer": "#/acted_by", "code": "misplaced", "detail": detail}]
            raise Problem("invalid-body", f"#/acted_by: {detail}", errors=errors)
        referral_id = self.referral(name)
        _order_or_problem(self, str(referral_id))
        if self.caller.agency_id is None:
            done = record(referral_id, self.caller.actor)
        else:
            with self.acting(given, also_in_sandbox=True, coordinator=True) as actor:
                done = record(referral_id, actor)
        if done.refused:
            problem_of = problem_of_refusal if self.caller.agency_id is None else problem_of_agency
            raise problem_of(done.refused[0], field)
        return Response(order_shown(_order_or_problem(self, str(referral_id))))


class TellReceipt(_Told):
    """That it arrived."""

    @extend_schema(
        operation_id="tell_order_receipt",
        tags=_TAG,
        summary="Say when an order was received",
        parameters=[NAME, IF_MATCH],
        request=OrderReceipt,
        responses=OrderShown,
        description="By the platform, or by an agency's coordinator for one without a program. The hour of Art. 3(3) runs from receipt. It also acknowledges the referral.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(OrderReceipt)
        return self.tell(
            name,
            given,
            lambda one, by: record_receipts([Receipt(one, given["received_at"])], by=by),
            "received_at",
        )


class TellFeedback(_Told):
    """Annex II."""

    @extend_schema(
        operation_id="tell_order_feedback",
        tags=_TAG,
        summary="Say what you did about an order (Annex II)",
        parameters=[NAME, IF_MATCH],
        request=OrderFeedback,
        responses=OrderShown,
        description="Decides the referral as removed or restricted.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(OrderFeedback)

        def record(one: UUID, by: Actor) -> Applied:
            told = Feedback(
                one,
                given["outcome"],
                given["acted_at"],
                given["signatory"],
                received_at=given.get("received_at"),
                provider_reference=given.get("provider_reference", ""),
            )
            return record_feedback([told], by=by)

        return self.tell(name, given, record, "acted_at")


class TellImpediment(_Told):
    """Annex III."""

    @extend_schema(
        operation_id="tell_order_impediment",
        tags=_TAG,
        summary="Say why you cannot comply with an order (Annex III)",
        parameters=[NAME, IF_MATCH],
        request=OrderImpediment,
        responses=OrderShown,
        description="The hour stands still from then on. insufficient_information also asks the agency for information.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(OrderImpediment)

        def record(one: UUID, by: Actor) -> Applied:
            told = CannotComply(
                one, given["impediment"], given["explanation"], given.get("at") or timezone.now()
            )
            return record_impediments([told], by=by)

        return self.tell(name, given, record, "at")


class TellResumption(_Told):
    """The end of an impediment."""

    @extend_schema(
        operation_id="tell_order_resumption",
        tags=_TAG,
        summary="Say that nothing stands in the way any more",
        parameters=[NAME, IF_MATCH],
        request=OrderResumption,
        responses=OrderShown,
        description="After force_majeure or manifest_errors. A whole hour begins.",
    )
    def post(self, request: Request, name: str) -> Response:  # noqa: ARG002
        """Record it."""
        given = self.body(OrderResumption)
        return self.tell(
            name,
            given,
            lambda one, by: end_impediments([Receipt(one, given.get("at") or timezone.now())], by=by),
            "at",
        )


def _order_or_problem(view: ApiView, name: str) -> RemovalOrder:
    found = one_or_problem(name, view.caller)
    order = (
        RemovalOrder.objects.visible_to(view.caller.actor)
        .annotate(preserved_until=PRESERVED_UNTIL)
        .filter(pk=found["id"], issued_at__isnull=False)
        .select_related("referral__operation")
        .first()
    )
    if order is None:
        raise Problem("not-found", "This referral is no removal order, or the order was not issued yet.")
    return order
