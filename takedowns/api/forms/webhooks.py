"""Webhook endpoints, their secrets and their log."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from takedowns.api.forms.fields import CursorField, Form, LimitField, Moment
from takedowns.delivery.models import Delivery, EventType


class EndpointAsked(Form):
    """An endpoint to be."""

    url = serializers.CharField(max_length=2000, help_text="https only.")
    types = serializers.ListField(
        child=serializers.ChoiceField(EventType.choices), default=list, help_text="Everything where empty."
    )
    description = serializers.CharField(max_length=200, allow_blank=True, default="")


class EndpointChanged(EndpointAsked):
    """An endpoint as it shall be: what is left out gets its default."""

    active = serializers.BooleanField(default=True, help_text="Off, nothing is called and nothing is lost.")


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
    """All endpoints of the platform, the first made first."""

    endpoints = EndpointShown(many=True)


class EndpointMade(serializers.Serializer[Any]):
    """The endpoint and its secret."""

    endpoint = EndpointShown()
    secret = serializers.CharField(help_text="Reads whsec_…; keep it, it is not shown again.")


class SecretRotationAsked(Form):
    """How long both secrets sign."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=168, default=24)


class DeliveriesAsked(Form):
    """Which part of the log."""

    state = serializers.ChoiceField(Delivery.State.choices, required=False)
    cursor = CursorField()
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
    next_cursor = serializers.CharField(allow_null=True)


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
