"""What an address names, and who has it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.api.authentication import KeyAuthentication, StaffSession
from takedowns.api.base import ApiView
from takedowns.api.known import look_up
from takedowns.api.serializers.others import (
    Identified,
    IdentifiedMany,
    IdentifyAsked,
    IdentifyMany,
    IdentifyManyAsked,
)
from takedowns.directory.models import Scope


class Identify(ApiView):
    """For agencies' keys, and for staff who are signed in."""

    scope = Scope.IDENTIFY
    parameters = {"GET": IdentifyAsked}
    authentication_classes = [KeyAuthentication, StaffSession]

    @extend_schema(
        operation_id="identify",
        tags=["Identify"],
        summary="Identify one address",
        parameters=[IdentifyAsked],
        responses=Identified,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Answer about one address."""
        return Response(look_up([self.asked["url"]], self.caller)[0])

    @extend_schema(
        operation_id="identify_many",
        tags=["Identify"],
        summary="Identify up to 1,000 addresses",
        request=IdentifyManyAsked,
        responses=IdentifiedMany,
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Answer about many."""
        return Response({"results": look_up(self.body(IdentifyMany)["urls"], self.caller)})
