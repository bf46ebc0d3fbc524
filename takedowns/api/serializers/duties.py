"""What an authority decides or is told beside removal orders, as it is told and shown."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.casework import Act
from takedowns.api.serializers.fields import Choice, CursorField, LimitField, Moment, Parameters
from takedowns.duties.models import Kind, Outcome


class DutyTold(Act):
    """One act: what it came to, which says what it is; when; about whom."""

    outcome = Choice(Outcome.choices, help_text="What was decided or done; its kind follows from it.")
    at = Moment(help_text="Of the decision; of a notice or a request, when it came.")
    platform = serializers.SlugField(max_length=50, required=False, help_text="Slug, where it is known here.")
    file_number = serializers.CharField(
        max_length=100, required=False, help_text="Yours, or that of the order."
    )
    note = serializers.CharField(max_length=2000, required=False)


class DutyTakenBack(Act):
    """Why a record does not count."""

    reason = serializers.CharField(max_length=500)


class DutyShown(serializers.Serializer[object]):
    """One act of your authority's. It is never changed; what was recorded by mistake is taken back, and stays in the list."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(Kind.choices, help_text="By which article it is.")
    outcome = serializers.ChoiceField(Outcome.choices)
    at = serializers.DateTimeField()
    platform = serializers.CharField(allow_null=True)
    file_number = serializers.CharField(allow_null=True)
    note = serializers.CharField(allow_null=True)
    recorded_at = serializers.DateTimeField()
    recorded_by = serializers.EmailField(allow_null=True)
    taken_back_at = serializers.DateTimeField(allow_null=True, help_text="Null: it counts.")
    taken_back_reason = serializers.CharField(allow_null=True)


class DutiesAsked(Parameters):
    """Parameters of the list."""

    after = CursorField()
    limit = LimitField()


class DutyList(serializers.Serializer[object]):
    """Your authority's acts, the latest recorded first."""

    duties = DutyShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")
