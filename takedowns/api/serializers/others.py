"""Identify, operations and figures, keys, problems."""

from __future__ import annotations

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from takedowns.api.serializers.fields import AnyValue, Form, Parameters
from takedowns.api.serializers.referrals import ReferralShown
from takedowns.directory.models import Scope

MAX_URLS = 1000
NOT_TOLD = "Null where it is not told: to agencies that take part in an open operation, of a number of addresses a day."


class IdentifyAsked(Parameters):
    """One address."""

    url = serializers.CharField(max_length=8000)


class IdentifyMany(Form):
    """Up to 1,000 addresses, each judged alone."""

    urls = serializers.ListField(child=AnyValue(), min_length=1, max_length=MAX_URLS)


class IdentifyManyAsked(serializers.Serializer[object]):
    """Up to 1,000 addresses. Posted, they stand in no log. One that names nothing is refused in its place."""

    urls = serializers.ListField(
        child=serializers.CharField(allow_blank=True), min_length=1, max_length=MAX_URLS
    )


class IdentityShown(serializers.Serializer[object]):
    """What an address names."""

    item_id = serializers.UUIDField(help_text="The same for every spelling, in every installation.")
    platform = serializers.CharField(help_text="Slug of the platform; “web” for a host that is none here.")
    kind = serializers.CharField()
    key = serializers.CharField()
    url = serializers.CharField(help_text="The canonical address.")
    domain = serializers.CharField(allow_null=True, help_text="Registrable domain of an unknown host.")
    wrappers = serializers.ListField(
        child=serializers.CharField(), help_text="Redirectors that were taken off."
    )
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="Codes: how the address was written."
    )
    moment = serializers.IntegerField(
        allow_null=True, help_text="Seconds from the start to which the address leads (t=95)."
    )


class RefusalShown(serializers.Serializer[object]):
    """Why an address names no item."""

    code = serializers.CharField()
    message = serializers.CharField()
    platform = serializers.CharField(allow_null=True)


class Identified(serializers.Serializer[object]):
    """The answer about one address. Either identity or refusal is null."""

    asked = serializers.CharField(allow_null=True, help_text="As you wrote it; null where that was no text.")
    identity = IdentityShown(allow_null=True)
    refusal = RefusalShown(allow_null=True)
    referrals = ReferralShown(
        many=True, help_text="Those of the item that you may see, the first round first."
    )
    elsewhere = serializers.BooleanField(
        allow_null=True, help_text=f"Somebody has it whose referral you may not see. {NOT_TOLD}"
    )
    on_hold = serializers.BooleanField(
        allow_null=True, help_text=f"There is a hold on it, whoever's. {NOT_TOLD}"
    )


class IdentifiedMany(serializers.Serializer[object]):
    """Answers in the order of the addresses."""

    results = Identified(many=True)


class OperationShown(serializers.Serializer[object]):
    """A referral action day or a standing stream of work."""

    reference = serializers.CharField()
    name = serializers.CharField()
    starts = serializers.DateField()
    ends = serializers.DateField(allow_null=True)
    open = serializers.BooleanField(help_text="Whether submissions are taken.")


class MessageShown(serializers.Serializer[object]):
    """What a coordinator says to everybody in an operation."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Name of who wrote it.")
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Null: until somebody ends it.")
    ended_at = serializers.DateTimeField(allow_null=True, help_text="Null: it stands.")


class MessageList(serializers.Serializer[object]):
    """An operation's messages, the latest first: at most 100."""

    messages = MessageShown(many=True)


class OperationList(serializers.Serializer[object]):
    """Operations, the latest first."""

    operations = OperationShown(many=True)


class SelfReportRow(Form):
    """Your own total for one day."""

    day = serializers.DateField()
    what = serializers.CharField(
        max_length=200, help_text="What you counted, in your words: accounts and bots."
    )
    count = serializers.IntegerField(min_value=0, max_value=2_147_483_647)


class SelfReports(Form):
    """A platform's own totals. One for each day and thing; sending it again replaces the number."""

    reports = serializers.ListField(child=SelfReportRow(), min_length=1, max_length=366)


class SelfReportsShown(serializers.Serializer[object]):
    """Your own totals as they are kept. Shown beside the counts, never added to them."""

    reports = SelfReportRow(many=True)


class KeyShown(serializers.Serializer[object]):
    """The key you call with."""

    prefix = serializers.CharField()
    name = serializers.CharField()
    platform = serializers.CharField(allow_null=True)
    agency = serializers.CharField(allow_null=True)
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    test = serializers.BooleanField(help_text="Works on invented referrals, never on real ones.")
    addresses = serializers.ListField(child=serializers.CharField())
    certificates = serializers.ListField(
        child=serializers.CharField(),
        help_text="SHA-256 fingerprints of client certificates, one of which calls need; empty: none is asked for.",
    )
    requests_per_minute = serializers.IntegerField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    token = inline_serializer(
        "TokenShown",
        {
            "scopes": serializers.ListField(child=serializers.ChoiceField(Scope.choices)),
            "expires_at": serializers.DateTimeField(),
            "cnf": serializers.DictField(
                child=serializers.CharField(),
                allow_null=True,
                help_text="x5t#S256: the client certificate that it is good with alone (RFC 8705); null for none.",
            ),
        },
        required=False,
        allow_null=True,
        help_text="The token that you call with; null where you call with the key. Not of a successor.",
    )


class RotationAsked(Form):
    """How long the old key goes on working."""

    overlap_hours = serializers.IntegerField(min_value=0, max_value=168, required=False, default=24)


class Rotated(serializers.Serializer[object]):
    """The new key. Its text is shown this once."""

    key = serializers.CharField(help_text="tkd_<prefix>_<secret>. Keep it now; it cannot be read again.")
    successor = KeyShown()
    old_key_expires_at = serializers.DateTimeField()


class ProblemKind(serializers.Serializer[object]):
    """One kind of problem."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    remedy = serializers.CharField()


class CollectionShown(serializers.Serializer[object]):
    """All calls as a collection of Postman's, format 2.1."""

    info = serializers.DictField()
    auth = serializers.DictField()
    variable = serializers.ListField(child=serializers.DictField(), help_text="base and key: set the key.")
    item = serializers.ListField(child=serializers.DictField(), help_text="A folder for each subject.")


class Statistics(serializers.Serializer[object]):
    """An operation's figures, with the definition of each measure; of a platform, its own only."""

    operation = serializers.DictField()
    as_of = serializers.DateTimeField()
    unit_of_count = serializers.CharField()
    definitions = serializers.DictField()
    figures = serializers.DictField()
    hours = serializers.ListField(child=serializers.DictField())


class JsonStat(serializers.Serializer[object]):
    """A dataset of JSON-stat 2.0: its dimensions, and the values in row-major order."""

    version = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the format's name
    updated = serializers.CharField()
    id = serializers.ListField(child=serializers.CharField(), help_text="Names of the dimensions.")
    size = serializers.ListField(child=serializers.IntegerField())
    dimension = serializers.DictField()
    value = serializers.JSONField(help_text="Numbers by place, or null where there is none.")
