"""Webhook endpoints, their secrets and their log."""

from __future__ import annotations

from typing import Any, Final

from drf_spectacular.utils import OpenApiWebhook, extend_schema
from rest_framework import serializers

from takedowns.api.serializers.fields import Choice, CursorField, Form, LimitField, Moment, Parameters
from takedowns.api.serializers.referrals import ReferralShown
from takedowns.referrals.vocabulary import Availability, Status
from takedowns.webhooks.models import Delivery, EventType


class EndpointAsked(Form):
    """An endpoint to be."""

    url = serializers.CharField(max_length=2000, help_text="https only.")
    types = serializers.ListField(
        child=Choice(EventType.choices), default=list, help_text="Everything where empty."
    )
    description = serializers.CharField(max_length=200, allow_blank=True, default="")


class EndpointChanged(Form):
    """What shall be otherwise. What is left out stays as it is."""

    url = serializers.CharField(required=False, max_length=2000, help_text="https only.")
    types = serializers.ListField(
        child=Choice(EventType.choices), required=False, help_text="Everything where empty."
    )
    description = serializers.CharField(required=False, max_length=200, allow_blank=True)
    active = serializers.BooleanField(required=False, help_text="Off, nothing is called and nothing is lost.")

    def validate(self, attrs: Any) -> Any:
        """Refuse a call that says nothing."""
        if not attrs:
            raise serializers.ValidationError(f"Nothing shall be changed. Known: {', '.join(self.fields)}.")
        return attrs


class EndpointShown(serializers.Serializer[Any]):
    """An endpoint. Its secret is shown when it is made, and never again."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    description = serializers.CharField()
    types = serializers.ListField(child=serializers.ChoiceField(EventType.choices))
    active = serializers.BooleanField()
    disabled_at = serializers.DateTimeField(allow_null=True)
    disabled_because = serializers.CharField(allow_null=True)
    former_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="Until then calls are signed with the former secret too."
    )
    created_at = serializers.DateTimeField()


class EndpointList(serializers.Serializer[Any]):
    """All endpoints of the caller, the first made first."""

    endpoints = EndpointShown(many=True)


class EndpointMade(serializers.Serializer[Any]):
    """The endpoint and its secret."""

    endpoint = EndpointShown()
    secret = serializers.CharField(help_text="Reads whsec_…; keep it, it is not shown again.")


class SecretRotationAsked(Form):
    """How long both secrets sign."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=168, default=24)


class EventTold(serializers.Serializer[Any]):
    """One change. Of ``referral.due_soon`` only type, at, referral_id and referral are there: nothing changed."""

    type = Choice(EventType.choices)
    id = serializers.UUIDField(required=False, help_text="Of the event, as in the change feed.")
    change = serializers.CharField(
        required=False, help_text="refer, acknowledge, remove, withdraw, check, ..."
    )
    at = serializers.DateTimeField(help_text="When it happened.")
    recorded_at = serializers.DateTimeField(required=False)
    referral_id = serializers.UUIDField()
    from_status = serializers.ChoiceField(Status.choices, required=False, allow_null=True)
    to_status = serializers.ChoiceField(Status.choices, required=False, allow_null=True)
    from_availability = serializers.ChoiceField(Availability.choices, required=False, allow_null=True)
    to_availability = serializers.ChoiceField(Availability.choices, required=False, allow_null=True)
    details = serializers.DictField(required=False)
    referral = ReferralShown(help_text="As it stood when the call was made up.")


class EventsTold(serializers.Serializer[Any]):
    """Up to a hundred changes, those of one referral in their order; none in a ping."""

    events = EventTold(many=True)


class CallMade(serializers.Serializer[Any]):
    """What an endpoint is sent."""

    type = serializers.ChoiceField([("changes", "Changes"), ("ping", "A test")])
    timestamp = serializers.DateTimeField(
        help_text="When the call was made up; the same however often it is sent."
    )
    data = EventsTold()  # type: ignore[assignment]  # the name in Standard Webhooks


#: Described as what the installation calls, not as what it answers.
CALLED: Final = OpenApiWebhook(
    "changes",
    extend_schema(
        operation_id="receive_changes",
        tags=["Webhooks"],
        summary="What your endpoint is sent",
        description="Signed as Standard Webhooks says. Check webhook-signature, then answer 2xx within 15 seconds, before you do the"
        " work. The same webhook-id may come again: you have it already. 410 turns the endpoint off; after anything else the"
        " call is made again, for three days.",
        request=CallMade,
        responses={204: None},
    ),
)


class DeliveriesAsked(Parameters):
    """Which part of the log."""

    state = Choice(Delivery.State.choices, required=False)
    after = CursorField()
    limit = LimitField()


class TryShown(serializers.Serializer[Any]):
    """One call."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="Null where no answer came.")
    problem = serializers.CharField(allow_null=True)
    milliseconds = serializers.IntegerField()


class DeliveryShown(serializers.Serializer[Any]):
    """Up to a hundred changes in one call."""

    id = serializers.UUIDField(help_text="The webhook-id: the same however often it is sent.")
    state = serializers.ChoiceField(Delivery.State.choices)
    is_ping = serializers.BooleanField()
    events = serializers.IntegerField(help_text="How many changes it tells.")
    made_at = serializers.DateTimeField()
    next_try_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    tries = TryShown(many=True)


class DeliveryPage(serializers.Serializer[Any]):
    """Deliveries, the latest first."""

    deliveries = DeliveryShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")


class ReplayAsked(Form):
    """What to send again: one delivery, or all that were made since a moment."""

    delivery = serializers.UUIDField(required=False)
    since = Moment(required=False)

    def validate(self, attrs: Any) -> Any:
        """Ask for one of the two."""
        if ("delivery" in attrs) == ("since" in attrs):
            raise serializers.ValidationError({"delivery": "Name either a delivery or since when."})
        return attrs


class Replayed(serializers.Serializer[Any]):
    """What will be sent again."""

    deliveries = serializers.IntegerField()
