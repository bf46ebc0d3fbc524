"""Streams: what may be asked, and what a line holds."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.fields import CursorField, Parameters
from takedowns.api.serializers.referrals import ChangeShown, ReferralShown
from takedowns.api.serializers.submissions import RowShown


class StreamAsked(Parameters):
    """Where the stream goes on."""

    after = CursorField()


class StreamLine(serializers.Serializer[object]):
    """One line. A row of the stream, or the last line, which says that the stream is whole."""

    cursor = serializers.CharField(
        allow_null=True, help_text="Hand it back as after to go on behind this row."
    )
    referral = ReferralShown(required=False)
    change = ChangeShown(required=False)
    row = RowShown(required=False)
    end = serializers.BooleanField(required=False, help_text="true in the last line alone.")
    count = serializers.IntegerField(required=False, help_text="In the last line: rows of this answer.")
