"""The sandbox that test keys work in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.sandbox import reset
from takedowns.api.serializers.others import SandboxShown


class SandboxReset(ApiView):
    """Making the invented referrals anew."""

    scope = None
    needs_body = False

    @extend_schema(
        operation_id="reset_sandbox",
        tags=["Key"],
        summary="Begin anew in the sandbox",
        request=None,
        responses=SandboxShown,
        description="Test keys only. What you did to your invented referrals is forgotten, and they are made anew.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Make them anew."""
        if not self.caller.actor.sandbox:
            raise Problem("forbidden", "This is for test keys; yours works on real referrals.")
        return Response({"referrals": reset(self.caller.actor)})
