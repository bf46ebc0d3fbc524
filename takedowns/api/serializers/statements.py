"""Statements of reasons as platforms post them, and as decisions are given back."""

from __future__ import annotations

from rest_framework import serializers

from takedowns.api.serializers.decisions import ErrorShown
from takedowns.api.serializers.fields import AnyValue, Form, Parameters
from takedowns.referrals.vocabulary import Status
from takedowns.statements.making import BATCH
from takedowns.statements.services import Outcome


class StatementBody(serializers.Serializer[object]):
    """A statement as you send it to the Transparency Database, or as that gave it back. All its fields are taken; these are read."""

    puid = serializers.CharField(help_text="Your own reference: up to 500 letters, digits, - and _.")
    uuid = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The one that the database gave it. Kept for reconciliation.",
    )
    decision_visibility = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, help_text="DECISION_VISIBILITY_…"
    )
    decision_account = serializers.CharField(required=False, allow_null=True, help_text="DECISION_ACCOUNT_…")
    decision_provision = serializers.CharField(
        required=False, allow_null=True, help_text="DECISION_PROVISION_…; a total one ends the account."
    )
    decision_ground = serializers.CharField(required=False, allow_null=True, help_text="DECISION_GROUND_…")
    illegal_content_explanation = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    incompatible_content_explanation = serializers.CharField(
        required=False, allow_null=True, allow_blank=True
    )
    decision_facts = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    territorial_scope = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, help_text="ISO 3166-1 alpha-2."
    )
    automated_decision = serializers.CharField(required=False, allow_null=True)


class StatementRow(StatementBody):
    """One statement of many."""

    referral = serializers.CharField(
        required=False,
        help_text="Not of the database's schema, and not kept: the referral, by id or short reference. Where it is left"
        " out, puid must be that reference, or the SHA-256 of the item's canonical address in hex.",
    )


class Statements(Form):
    """Up to 100 statements, each judged alone."""

    statements = serializers.ListField(child=AnyValue(), min_length=1, max_length=BATCH)


class StatementsAsked(serializers.Serializer[object]):
    """Up to 100 statements, as many as the database takes in one call."""

    statements = serializers.ListField(child=StatementRow(), min_length=1, max_length=BATCH)


class StatementResult(serializers.Serializer[object]):
    """What became of one statement."""

    index = serializers.IntegerField()
    referral_id = serializers.UUIDField(allow_null=True)
    puid = serializers.CharField(allow_null=True)
    outcome = serializers.ChoiceField(
        [(str(one), str(one)) for one in Outcome],
        help_text="moved: it answered the referral. kept: it is kept beside what was answered before, or names no act on"
        " the item. repeated: it was told before. refused: nothing of it is kept.",
    )
    status = serializers.ChoiceField(Status.choices, allow_null=True, help_text="Of the referral now.")
    code = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_null=True)
    errors = ErrorShown(many=True)  # type: ignore[assignment]  # the name that callers expect


class StatementsAnswered(serializers.Serializer[object]):
    """What became of the call."""

    taken = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = StatementResult(many=True)


class DecisionStatementsAsked(Parameters):
    """Which page of the decisions."""

    after = serializers.CharField(
        required=False, max_length=100, help_text="As next of the page before gave it."
    )


class DecisionStatements(serializers.Serializer[object]):
    """Up to 100 decisions as statements: the body of one call to the database's multiple endpoint, and where to go on."""

    statements = serializers.ListField(child=serializers.DictField())
    next = serializers.CharField(allow_null=True)
