"""Files of evidence, as they are told and shown."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.casework import ACTED_BY, Act
from takedowns.api.serializers.fields import Parameters
from takedowns.evidence.models import MediaType
from takedowns.evidence.services import LONGEST_NOTE
from takedowns.evidence.withdrawal import LONGEST_REASON


class EvidenceAsked(Parameters):
    """What is said beside a file as the body."""

    filename = serializers.CharField(max_length=255, help_text="As people know the file.")
    note = serializers.CharField(max_length=LONGEST_NOTE, required=False, help_text="What it shows.")
    acted_by = serializers.EmailField(required=False, help_text=ACTED_BY)


class EvidenceTakenBack(Act):
    """Why a file was attached by mistake."""

    reason = serializers.CharField(
        max_length=LONGEST_REASON, help_text="Everybody who may see the evidence reads it."
    )


class TakenBackShown(serializers.Serializer[object]):
    """That it was taken back: the entry stays, the file is given to no key any more."""

    at = serializers.DateTimeField()
    by = serializers.EmailField(allow_null=True)
    reason = serializers.CharField()


class EvidenceShown(serializers.Serializer[object]):
    """One file that your agency attached to a referral."""

    id = serializers.UUIDField()
    referral_id = serializers.UUIDField()
    filename = serializers.CharField()
    media_type = serializers.ChoiceField(MediaType.choices, help_text="Told from its content alone.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of the file, hexadecimal.")
    note = serializers.CharField(allow_null=True)
    at = serializers.DateTimeField()
    by = serializers.EmailField(allow_null=True)
    taken_back = TakenBackShown(allow_null=True)
    file = serializers.CharField(help_text="Path of the file as it came, below this installation.")


class EvidenceList(serializers.Serializer[object]):
    """What your agency attached to a referral, in the order it came."""

    referral_id = serializers.UUIDField()
    evidence = EvidenceShown(many=True)
