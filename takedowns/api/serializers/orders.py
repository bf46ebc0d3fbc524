"""Removal orders as their provider reads and answers them (Regulation (EU) 2021/784, Annexes I to III)."""

from __future__ import annotations

from typing import Final

from rest_framework import serializers

from takedowns.api.serializers.casework import Act
from takedowns.api.serializers.fields import Choice, Moment
from takedowns.orders.vocabulary import ClockState, Impediment, Material, Outcome
from takedowns.referrals.vocabulary import Status


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
    preserve_until = serializers.DateTimeField(
        allow_null=True,
        help_text="Until when you preserve what you took away (Art. 6): six months, or as a court or authority asked. Null: nothing was.",
    )
    sha256 = serializers.CharField(help_text="Of the document, hexadecimal.")
    document = serializers.CharField(help_text="Path of the order as issued (PDF), below this installation.")


class OrderReceipt(Act):
    """When you received it."""

    received_at = Moment(
        help_text="The hour runs from here. Not in the future, not before the order was issued."
    )


class OrderFeedback(Act):
    """Annex II: what you did."""

    outcome = Choice(Outcome.choices)
    acted_at = Moment(help_text="When the content was removed or access disabled.")
    signatory = serializers.CharField(max_length=200, help_text="Who signs: name and post.")
    provider_reference = serializers.CharField(
        max_length=200, required=False, help_text="Your own reference."
    )
    received_at = Moment(required=False, help_text="Needed where no receipt was told before.")


class OrderImpediment(Act):
    """Annex III: why you cannot comply."""

    impediment = Choice(Impediment.choices)
    explanation = serializers.CharField(
        max_length=5000,
        help_text="What stands in the way; for insufficient_information the clarification you want.",
    )
    at = Moment(required=False, help_text="Since when. Now where left out.")


class OrderResumption(Act):
    """That nothing stands in the way any more: a whole hour begins."""

    at = Moment(required=False, help_text="Since when. Now where left out.")


LONGEST: Final = 4000


def _text(help_text: str, longest: int = LONGEST) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, help_text=help_text)


class OrderDraft(Act):
    """What an order is to say, whole: what is left out is empty. All else comes from its authority, its addressee and its referral."""

    material = serializers.ListField(child=Choice(Material.choices), min_length=1, max_length=20)
    reasons = serializers.CharField(
        max_length=LONGEST, help_text="Why it is terrorist content. The provider reads this."
    )
    further_information = _text("Where the address alone does not find it.")
    file_number = _text("Your own reference.", 100)
    officer = _text("Who signs: name and post.", 200)
    content_provider_told = serializers.BooleanField(
        required=False, default=True, help_text="Whether the platform may tell who put it there (Art. 11)."
    )
    not_told_reason = _text("Needed where content_provider_told is false.")
    not_told_until = Moment(required=False, help_text="At most six weeks ahead (Art. 11(3)).")
    emergency = serializers.BooleanField(
        required=False,
        default=False,
        help_text="The first order to a provider goes without the notice of 12 hours (Art. 3(2)).",
    )
    emergency_reason = _text("Needed with emergency.")


class OrderDraftShown(serializers.Serializer[object]):
    """What an order says as it is written, and where it stands on its way."""

    referral_id = serializers.UUIDField()
    status_of_referral = serializers.ChoiceField(
        Status.choices, help_text="submitted: a second person reviews it. approved: a person issues it."
    )
    written = serializers.BooleanField()
    written_at = serializers.DateTimeField(allow_null=True)
    issued_at = serializers.DateTimeField(allow_null=True, help_text="Once it is, nothing of it changes.")
    material = serializers.ListField(child=serializers.ChoiceField(Material.choices))
    reasons = serializers.CharField(allow_null=True)
    further_information = serializers.CharField(allow_null=True)
    file_number = serializers.CharField(allow_null=True)
    officer = serializers.CharField(allow_null=True)
    content_provider_told = serializers.BooleanField()
    not_told_reason = serializers.CharField(allow_null=True)
    not_told_until = serializers.DateTimeField(allow_null=True)
    emergency = serializers.BooleanField()
    emergency_reason = serializers.CharField(allow_null=True)
    etag = serializers.CharField(help_text="For If-Match.")
