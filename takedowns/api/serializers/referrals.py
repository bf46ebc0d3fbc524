"""Referrals and changes as they are shown, and the parameters of their lists."""

from __future__ import annotations

from typing import Any, Final

from rest_framework import serializers

from takedowns.api.serializers.checks import CheckShown
from takedowns.api.serializers.complaints import ComplaintShown
from takedowns.api.serializers.evidence import EvidenceShown
from takedowns.api.serializers.fields import (
    Choice,
    CursorField,
    LimitField,
    ListOf,
    Moment,
    OperationName,
    Parameters,
)
from takedowns.api.serializers.orders import OrderShown
from takedowns.identity import Kind
from takedowns.referrals.lifecycle import TRANSITIONS
from takedowns.referrals.vocabulary import (
    Action,
    Availability,
    DecisionGround,
    DeclineReason,
    EventKind,
    Instrument,
    Status,
)
from takedowns.representation.sorting import BY_ID, SORTS

#: What a referral can be shown with.
EXPANSIONS: Final = ("history", "order", "complaints", "checks", "evidence")
#: Referrals of one page that are shown so, at most.
MOST_EXPANDED: Final = 200
#: Looks and files of one referral that are shown with it, at most.
OF_EACH: Final = 50
_EXPANDED: Final = "Where expand asks for it."


class ItemShown(serializers.Serializer[object]):
    """One thing on one platform."""

    id = serializers.UUIDField(help_text="Computed from platform and key: the same in every installation.")
    kind = serializers.CharField(
        help_text="video, channel, account, post, ...; “unknown” where only a look can tell."
    )
    url = serializers.CharField(help_text="The canonical address.")
    key = serializers.CharField(help_text="What makes two addresses the same item, within the platform.")


class AgencyShown(serializers.Serializer[object]):
    """Who asks."""

    slug = serializers.CharField()
    name = serializers.CharField()
    country = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-2; null for Europol.")


class HashesShown(serializers.Serializer[object]):
    """Hashes of one picture or file that stands at the address, as an agency gave them; at least one is there."""

    sha256 = serializers.CharField(allow_null=True, help_text="64 hexadecimal digits, in lower case.")
    md5 = serializers.CharField(allow_null=True, help_text="32 hexadecimal digits.")
    pdq = serializers.CharField(allow_null=True, help_text="PDQ, 256 bits as 64 hexadecimal digits.")
    quality = serializers.IntegerField(
        allow_null=True, min_value=0, max_value=100, help_text="PDQ's own; null where nobody told it."
    )


class HandlingShown(serializers.Serializer[object]):
    """How the agencies handled it; shown to agencies only."""

    submitted_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField(allow_null=True)
    submission = serializers.UUIDField(allow_null=True, help_text="Your own agency's submission.")
    outlet = serializers.CharField(allow_null=True)


class ChangeOnly(serializers.Serializer[object]):
    """One event of a referral."""

    id = serializers.UUIDField(help_text="Of the event; each comes once.")
    change = serializers.CharField(
        help_text="refer, acknowledge, remove, withdraw, check, ...; expect further ones."
    )
    at = serializers.DateTimeField(help_text="When it happened.")
    recorded_at = serializers.DateTimeField(help_text="When it was recorded.")
    referral_id = serializers.UUIDField()
    from_status = serializers.ChoiceField(Status.choices, allow_null=True)
    to_status = serializers.ChoiceField(Status.choices, allow_null=True)
    from_availability = serializers.ChoiceField(Availability.choices, allow_null=True)
    to_availability = serializers.ChoiceField(Availability.choices, allow_null=True)
    details = serializers.DictField(help_text="What was said with it, such as the answer to your question.")


class ReferralAlone(serializers.Serializer[object]):
    """One agency's request about one item to its platform, and nothing that belongs to it."""

    id = serializers.UUIDField()
    reference = serializers.CharField(help_text="To be read out on the phone; has a check character.")
    operation = serializers.CharField(help_text="Reference of the operation.")
    platform = serializers.CharField(help_text="Slug of the platform.")
    item = ItemShown()
    moments = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Seconds from the start of a recording to which those who submitted it point; the item is the whole.",
    )
    hashes = HashesShown(
        many=True,
        help_text="Of pictures and files at the address, as agencies gave them, to match with; nothing was downloaded for them.",
    )
    agency = AgencyShown()
    instrument = serializers.ChoiceField(Instrument.choices)
    tier = serializers.IntegerField(
        min_value=1,
        max_value=5,
        allow_null=True,
        help_text="Priority, 1 (threat to life) to 5 (other); null where nobody gave one.",
    )
    language = serializers.CharField(allow_null=True, help_text="ISO 639-1.")
    listed_group = serializers.CharField(allow_null=True)
    legal_ground = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(Status.choices)
    allowed = serializers.ListField(
        child=serializers.CharField(), help_text="Verdicts a platform may give in this status."
    )
    availability = serializers.ChoiceField(
        Availability.choices, help_text="What somebody last saw. Never inferred from a decision."
    )
    availability_since = serializers.DateTimeField(allow_null=True)
    action = serializers.ChoiceField(Action.choices, allow_null=True)
    decision_ground = serializers.ChoiceField(DecisionGround.choices, allow_null=True)
    decline_reason = serializers.ChoiceField(DeclineReason.choices, allow_null=True)
    referred_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when a removal order is to be carried out."
    )
    round = serializers.IntegerField(help_text="2 and more: the item came back.")
    handling = HandlingShown(allow_null=True)
    etag = serializers.CharField(help_text="For If-Match and if_match.")
    updated_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="When the last change was recorded that you are told of: in lists, and of single referrals.",
    )


class ReferralShown(ReferralAlone):
    """One agency's request about one item to its platform."""

    history = ChangeOnly(
        many=True,
        required=False,
        help_text=f"{_EXPANDED} Every change of it, from the moment it was referred.",
    )
    order = OrderShown(
        required=False,
        allow_null=True,
        help_text=f"{_EXPANDED} Null where it is no order, or none that was issued.",
    )
    complaints = ComplaintShown(many=True, required=False, help_text=_EXPANDED)
    checks = CheckShown(
        many=True,
        required=False,
        help_text=f"{_EXPANDED} For agencies: the latest {OF_EACH}, the latest first.",
    )
    evidence = EvidenceShown(
        many=True,
        required=False,
        help_text=f"{_EXPANDED} For agencies: the latest {OF_EACH} that yours attached, in the order they came.",
    )


class ChangeShown(ChangeOnly):
    """One event, with its referral as it stands now: it may have moved on since."""

    referral = ReferralShown()


class ReferralWithHistory(ReferralShown):
    """A referral and what happened to it, from the moment it was referred."""

    history = ChangeOnly(many=True)


class ReferralPage(serializers.Serializer[object]):
    """One page, in order of id."""

    referrals = ReferralShown(many=True)
    next = serializers.CharField(allow_null=True, help_text="Cursor of the next page; null on the last.")


class ChangePage(serializers.Serializer[object]):
    """The next changes, in log order."""

    changes = ChangeShown(many=True)
    next = serializers.CharField(
        help_text="Hand it back as after. It is never null, and moves on even where nothing was for you."
    )
    more = serializers.BooleanField(help_text="Whether there is more to read at once.")


#: Of a referral, by its name.
FIELDS: Final = tuple(ReferralAlone().fields)


class ReferralAsked(Parameters):
    """Parameters of one referral."""

    fields = ListOf(  # type: ignore[assignment]  # DRF's forms have a property of that name
        child=Choice([*FIELDS, "history"]),
        required=False,
        max_length=50,
        help_text="Only these fields; all where left out.",
    )
    expand = ListOf(
        child=Choice([one for one in EXPANSIONS if one != "history"]),
        required=False,
        max_length=10,
        help_text="What it is shown with besides, as the addresses below it show it.",
    )


class ReferralsAsked(Parameters):
    """Parameters of the list. Several values of one, separated by commas, mean any of them."""

    after = CursorField()
    limit = LimitField()
    sort = Choice(
        SORTS,
        required=False,
        default=BY_ID,
        help_text="By what it is sorted, ascending or (-) descending; what has none comes last. A cursor goes on in its own order only.",
    )
    fields = ListOf(  # type: ignore[assignment]
        child=Choice(FIELDS),
        required=False,
        max_length=50,
        help_text="Only these fields; all where left out.",
    )
    expand = ListOf(
        child=Choice(EXPANSIONS),
        required=False,
        max_length=10,
        help_text=f"What each is shown with besides, as the addresses below it show it. Then at most {MOST_EXPANDED} a page.",
    )
    status = ListOf(child=Choice(Status.choices), required=False, max_length=20)
    kind = ListOf(child=Choice([str(kind) for kind in Kind]), required=False, max_length=40)
    instrument = ListOf(child=Choice(Instrument.choices), required=False, max_length=5)
    availability = ListOf(child=Choice(Availability.choices), required=False, max_length=5)
    tier = ListOf(child=serializers.IntegerField(min_value=1, max_value=5), required=False, max_length=5)
    operation = ListOf(child=OperationName(), required=False, max_length=50)
    platform = ListOf(child=serializers.SlugField(max_length=50), required=False, max_length=50)
    agency = ListOf(child=serializers.SlugField(max_length=50), required=False, max_length=50)
    due_before = Moment(required=False)
    updated_since = Moment(
        required=False,
        help_text="To catch up by hand. It cannot see transactions in flight; to miss nothing, follow /changes.",
    )
    url = serializers.CharField(
        required=False,
        max_length=8000,
        help_text="The address of an item in any spelling: its referrals, all rounds.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a long page where each referral is shown with more."""
        if attrs.get("expand") and attrs["limit"] > MOST_EXPANDED:
            told = f"With expand, at most {MOST_EXPANDED} come at once; go on with next."
            raise serializers.ValidationError({"limit": serializers.ErrorDetail(told, "max_value")})
        return attrs


class ChangesAsked(Parameters):
    """Parameters of the change feed."""

    after = CursorField(
        help_text="From the answer before. Leave out to begin with the first change; “latest” to begin now."
    )
    limit = LimitField()
    change = ListOf(
        child=Choice(list(dict.fromkeys([*TRANSITIONS, *(str(kind) for kind in EventKind)]))),
        required=False,
        max_length=40,
        help_text="Only changes of these kinds. A cursor goes on with other kinds than those it came from, too.",
    )
    kind = ListOf(child=Choice([str(kind) for kind in Kind]), required=False, max_length=40)
    instrument = ListOf(child=Choice(Instrument.choices), required=False, max_length=5)
    operation = ListOf(child=OperationName(), required=False, max_length=50)
    platform = ListOf(child=serializers.SlugField(max_length=50), required=False, max_length=50)
    agency = ListOf(child=serializers.SlugField(max_length=50), required=False, max_length=50)
    wait = serializers.IntegerField(
        required=False,
        default=0,
        min_value=0,
        max_value=30,
        help_text="Seconds to wait for a change where there is none.",
    )
