"""The webhook endpoints of a platform or an agency."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from takedowns.access_log.declaring import Opens
from takedowns.access_log.vocabulary import What
from takedowns.api import cursors
from takedowns.api.base import ApiView
from takedowns.api.problems import Problem
from takedowns.api.serializers.webhooks import (
    DeliveriesAsked,
    DeliveryPage,
    EndpointAsked,
    EndpointChanged,
    EndpointList,
    EndpointMade,
    EndpointShown,
    ReplayAsked,
    Replayed,
    SecretRotationAsked,
)
from takedowns.directory.models import Scope
from takedowns.webhooks import endpoints
from takedowns.webhooks.endpoints import EndpointError
from takedowns.webhooks.feeding import ping
from takedowns.webhooks.log import deliveries_of, replay, shown_delivery
from takedowns.webhooks.models import Delivery, Endpoint, Owner


class Endpoints(ApiView):
    """Making and listing endpoints."""

    opens = Opens(What.ADMINISTRATION)
    scope = Scope.WEBHOOKS_MANAGE
    keeps_answers = False  # the answer holds a secret

    @extend_schema(
        operation_id="list_webhooks", tags=["Webhooks"], summary="List your endpoints", responses=EndpointList
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the caller's endpoints."""
        found = Endpoint.objects.filter(**endpoints.of(_owner(self)))
        return Response({"endpoints": [endpoints.shown(one) for one in found]})

    @extend_schema(
        operation_id="create_webhook",
        tags=["Webhooks"],
        summary="Make an endpoint",
        request=EndpointAsked,
        responses={201: EndpointMade},
        description="It is told what changes from now on: what the change feed tells the same key. The secret is shown here and never again. Idempotency-Key is"
        " not kept here; the same address twice is refused.",
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Make one."""
        asked = self.body(EndpointAsked)
        with _told():
            made, secret = endpoints.create(_owner(self), **asked)
        return Response({"endpoint": endpoints.shown(made), "secret": secret}, 201)


class OneEndpoint(ApiView):
    """One endpoint."""

    opens = Opens(What.ADMINISTRATION, "endpoint_id")
    scope = Scope.WEBHOOKS_MANAGE

    @extend_schema(
        operation_id="get_webhook", tags=["Webhooks"], summary="Read an endpoint", responses=EndpointShown
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Return it."""
        return Response(endpoints.shown(_one(self, endpoint_id)))

    @extend_schema(
        operation_id="change_webhook",
        tags=["Webhooks"],
        summary="Change an endpoint, or turn it on or off",
        request=EndpointChanged,
        responses=EndpointShown,
        description="What is left out stays as it is. Turned on again, it is told all that happened meanwhile.",
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Change what is sent."""
        asked = self.body(EndpointChanged)
        with _told():
            return Response(endpoints.shown(endpoints.change(_owner(self), endpoint_id, **asked)))

    @extend_schema(
        operation_id="delete_webhook", tags=["Webhooks"], summary="Remove an endpoint", responses={204: None}
    )
    def delete(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Remove it with its log."""
        with _told():
            endpoints.remove(_owner(self), endpoint_id)
        return Response(status=204)


class EndpointRotation(ApiView):
    """A new secret."""

    opens = Opens(What.ADMINISTRATION, "endpoint_id")
    scope = Scope.WEBHOOKS_MANAGE
    needs_body = False
    keeps_answers = False  # the answer holds a secret

    @extend_schema(
        operation_id="rotate_webhook_secret",
        tags=["Webhooks"],
        summary="Get a new secret",
        request=SecretRotationAsked,
        responses=EndpointMade,
        description="Until the overlap ends, calls are signed with both. Idempotency-Key is not kept here.",
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Replace the secret."""
        hours = self.body(SecretRotationAsked)["overlap_hours"]
        with _told():
            made, secret = endpoints.rotate(_owner(self), endpoint_id, overlap=timedelta(hours=hours))
        return Response({"endpoint": endpoints.shown(made), "secret": secret})


class EndpointPing(ApiView):
    """A call that tells nothing."""

    opens = Opens(What.ADMINISTRATION, "endpoint_id")
    scope = Scope.WEBHOOKS_MANAGE
    needs_body = False

    @extend_schema(
        operation_id="ping_webhook",
        tags=["Webhooks"],
        summary="Have a test call made",
        request=None,
        responses={202: DeliveryPage},
        description="Sent once, before all that waits; see what became of it in the log of deliveries. When it arrives, all that waits for its"
        " next try is tried at once.",
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Queue it."""
        endpoint = _one(self, endpoint_id)
        if endpoint.disabled_at is not None:
            raise Problem("conflict", "The endpoint is turned off. Turn it on first.")
        made = ping(endpoint)
        endpoints.wake(endpoint.pk)
        return Response({"deliveries": [shown_delivery(made)], "next": None}, 202)


class EndpointDeliveries(ApiView):
    """The log."""

    opens = Opens(What.ADMINISTRATION, "endpoint_id")
    scope = Scope.WEBHOOKS_MANAGE
    parameters = DeliveriesAsked

    @extend_schema(
        operation_id="list_deliveries",
        tags=["Webhooks"],
        summary="Read an endpoint's log of deliveries",
        parameters=[DeliveriesAsked],
        responses=DeliveryPage,
        description="The latest first. What was delivered is kept for thirty days.",
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Return a page of it."""
        asked = self.asked
        before = cursors.numbered_of(asked["after"]) if "after" in asked else None
        found = deliveries_of(
            _one(self, endpoint_id), state=asked.get("state"), before=before, most=asked["limit"] + 1
        )
        page = found[: asked["limit"]]
        more = len(found) > len(page)
        return Response(
            {
                "deliveries": [shown_delivery(one) for one in page],
                "next": cursors.of_numbered(page[-1].number, page[-1].pk) if more else None,
            }
        )


class EndpointReplay(ApiView):
    """Sending again."""

    opens = Opens(What.ADMINISTRATION, "endpoint_id")
    scope = Scope.WEBHOOKS_MANAGE

    @extend_schema(
        operation_id="replay_deliveries",
        tags=["Webhooks"],
        summary="Have deliveries sent again",
        request=ReplayAsked,
        responses={202: Replayed},
        description="One, or all that were made since a moment, with the same ids and in their old order. Those that wait"
        " anyway are not counted, and are tried at once.",
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:  # noqa: ARG002
        """Queue them."""
        asked = self.body(ReplayAsked)
        with _told():
            number = replay(
                _owner(self), endpoint_id, delivery_id=asked.get("delivery"), since=asked.get("since")
            )
        return Response({"deliveries": number}, 202)


def _owner(view: ApiView) -> Owner:
    owner = view.caller.platform_id or view.caller.agency_id
    assert owner is not None  # noqa: S101 - the scope is for keys, and a key is somebody's
    return owner


def _one(view: ApiView, endpoint_id: UUID) -> Endpoint:
    with _told():
        return Endpoint.objects.get(pk=endpoint_id, **endpoints.of(_owner(view)))


@contextmanager
def _told() -> Iterator[None]:
    """Say in problem details what was refused."""
    try:
        yield
    except EndpointError as error:
        errors: list[dict[str, Any]] = [
            {"pointer": f"#/{error.field}", "code": "invalid", "detail": str(error)}
        ]
        raise Problem("invalid-body", f"#/{error.field}: {error}", errors=errors) from None
    except Endpoint.DoesNotExist:
        raise Problem("not-found", "You have no such endpoint.") from None
    except Delivery.DoesNotExist:
        raise Problem("not-found", "The endpoint has no such delivery.") from None
