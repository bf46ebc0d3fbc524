"""Files of evidence, as they are told and shown."""

from __future__ import annotations

from typing import Final

from rest_framework import serializers

from takedowns.api.serializers.casework import ACTED_BY, Act
from takedowns.api.serializers.fields import Parameters
from takedowns.evidence.models import BY_ITSELF, EvidenceScan, MediaType
from takedowns.evidence.services import LONGEST_NOTE
from takedowns.evidence.withdrawal import LONGEST_REASON

NOT_SCANNED: Final = "not_scanned"


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


class ScanShown(serializers.Serializer[object]):
    """What a scanner for malware said of the file, where the installation has one."""

    outcome = serializers.ChoiceField(
        [(NOT_SCANNED, "not scanned"), *EvidenceScan.Outcome.choices],
        help_text="What is `found` is kept and given to nobody, until the installation says that the finding was wrong.",
    )
    signature = serializers.CharField(
        allow_null=True, help_text="The name of what was found; or why it was not scanned."
    )
    engine = serializers.CharField(allow_null=True, help_text="The scanner and its signatures.")
    at = serializers.DateTimeField(allow_null=True)
    released_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When the installation said that what was found is no malware: the file is given again.",
    )


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
    scan = ScanShown()
    does_by_itself = serializers.ListField(
        child=serializers.ChoiceField(
            list(BY_ITSELF.items()), help_text="It hides what it does where it is encrypted or packed."
        ),
        allow_null=True,
        help_text="What a PDF does when it is opened; null of what is no PDF, and of what was attached before this was looked for.",
    )
    file = serializers.CharField(help_text="Path of the file as it came, below this installation.")


class EvidenceList(serializers.Serializer[object]):
    """What your agency attached to a referral, in the order it came."""

    referral_id = serializers.UUIDField()
    evidence = EvidenceShown(many=True)
