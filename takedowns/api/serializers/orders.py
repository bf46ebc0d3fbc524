"""Removal orders as their provider reads and answers them (Regulation (EU) 2021/784, Annexes I to III)."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.fields import Choice, Form, Moment
from takedowns.orders.vocabulary import ClockState, Impediment, Material, Outcome


class OrderShown(serializers.Serializer[object]):
    """What an order says, and where its hour stands."""

    referral_id = serializers.UUIDField()
    reference = serializers.CharField(help_text="The referral's, to be read out on the phone.")
    issued_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField(
        allow_null=True, help_text="Null: nobody said that it arrived; no hour runs."
    )
    due_at = serializers.DateTimeField(allow_null=True, help_text="An hour after receipt (Art. 3(3)).")
    clock = serializers.ChoiceField(ClockState.choices)
    material = serializers.ListField(child=serializers.ChoiceField(Material.choices))
    reasons = serializers.CharField(help_text="The statement of reasons.")
    further_information = serializers.CharField(allow_null=True)
    file_number = serializers.CharField(allow_null=True)
    content_provider_told = serializers.BooleanField(
        help_text="Whether you may tell who put it there (Art. 11)."
    )
    not_told_until = serializers.DateTimeField(allow_null=True)
    stopped_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when an impediment stops the hour."
    )
    impediment = serializers.ChoiceField(Impediment.choices, allow_null=True)
    sha256 = serializers.CharField(help_text="Of the document, hexadecimal.")
    document = serializers.CharField(help_text="Path of the order as issued (PDF), below this installation.")


class OrderReceipt(Form):
    """When you received it."""

    received_at = Moment(
        help_text="The hour runs from here. Not in the future, not before the order was issued."
    )


class OrderFeedback(Form):
    """Annex II: what you did."""

    outcome = Choice(Outcome.choices)
    acted_at = Moment(help_text="When the content was removed or access disabled.")
    signatory = serializers.CharField(max_length=200, help_text="Who signs: name and post.")
    provider_reference = serializers.CharField(
        max_length=200, required=False, help_text="Your own reference."
    )
    received_at = Moment(required=False, help_text="Needed where no receipt was told before.")


class OrderImpediment(Form):
    """Annex III: why you cannot comply."""

    impediment = Choice(Impediment.choices)
    explanation = serializers.CharField(
        max_length=5000,
        help_text="What stands in the way; for insufficient_information the clarification you want.",
    )
    at = Moment(required=False, help_text="Since when. Now where left out.")


class OrderResumption(Form):
    """That nothing stands in the way any more: a whole hour begins."""

    at = Moment(required=False, help_text="Since when. Now where left out.")
