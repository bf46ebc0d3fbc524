"""The sandbox that test keys work in."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api.acting import referral_told
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.rehearsal import NotNow, happen
from takedowns.api.sandbox import reset
from takedowns.api.serializers.sandbox import EventAsked, EventHappened, SandboxShown
from takedowns.api.views.referrals import one_or_problem


class SandboxReset(ApiView):
    """Making the invented referrals anew."""

    opens = Opens(What.ADMINISTRATION)
    scope = None
    needs_body = False

    @extend_schema(
        operation_id="reset_sandbox",
        tags=["Sandbox"],
        summary="Begin anew in the sandbox",
        request=None,
        responses=SandboxShown,
        description="Test keys only. What you did to your invented referrals is forgotten, and they are made anew. Webhook"
        " endpoints stay, and are told of the new ones.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Make them anew."""
        _require_test_key(self)
        return Response({"referrals": reset(self.caller.actor)})


class SandboxEvents(ApiView):
    """Letting others do something in the sandbox."""

    opens = Opens(What.REFERRAL, "referral_id")
    scope = None

    @extend_schema(
        operation_id="simulate_event",
        tags=["Sandbox"],
        summary="Let something happen in the sandbox",
        request=EventAsked,
        responses={201: EventHappened},
        description="Test keys only. What others do (an agency withdraws, answers, issues an order; somebody looks again; a platform"
        " decides) happens at once, and is told by the change feed and by webhooks as it is for real. 409 says what to do first where"
        " it cannot happen.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Let it happen; answer with the referral after it."""
        _require_test_key(self)
        asked = self.body(EventAsked)
        kind, name = asked.pop("type"), asked.pop("referral", None)
        named = one_or_problem(name, self.caller)["id"] if name else None
        try:
            referral_id = happen(kind, named, asked, self.caller.actor)
        except NotNow as why:
            raise Problem("conflict", str(why)) from None
        found = one_or_problem(str(referral_id), self.caller)
        shown = referral_told(found, self.caller).data
        return Response({"type": kind, "referral_id": referral_id, "referral": shown}, status=201)


def _require_test_key(view: ApiView) -> None:
    """Refuse a real key.

    Raises:
        Problem: ``forbidden``.
    """
    if not view.caller.actor.sandbox:
        raise Problem(
            "forbidden",
            "This is for test keys (tkd_test_…); yours works on real referrals. An administrator makes one.",
        )
