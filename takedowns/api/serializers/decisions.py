"""A platform's answers. Fields carry the vocabulary of the DSA's transparency database, so that a platform can send
the record it made for that (https://transparency.dsa.ec.europa.eu/page/api-documentation)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils import timezone
from rest_framework import serializers

from takedowns.access.roles import Role
from takedowns.api.serializers.fields import MAX_PAGE, AnyValue, Choice, Form, Moment
from takedowns.api.serializers.referrals import ReferralAlone
from takedowns.referrals.lifecycle import CORRECTION, NOT_GIVEN, RIGHT_ANSWERS, TRANSITIONS
from takedowns.referrals.moments import misdated, moment_told
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, Status
from takedowns.statements.codes import ACCOUNT, AUTOMATED, GROUND, VISIBILITY

#: What a platform may answer: the moves that the lifecycle leaves to it.
VERDICTS: Final = [(move.name, move.label) for move in TRANSITIONS.values() if Role.PLATFORM in move.roles]

#: A ground may be given in our words or in the DSA's.
GROUNDS: Final = [*DecisionGround.choices, *((code, code) for code in GROUND)]


#: Characters of a condition: several tags, each as long as a proxy may have made it.
MAX_CONDITION: Final = 500
_ACTING: Final = tuple(name for name, _ in VERDICTS if TRANSITIONS[name].actions)
#: What belongs to which verdicts; on any other it is refused, since it would be kept where nobody looks for it.
BELONGS_TO: Final[Mapping[str, tuple[str, ...]]] = {
    "action": _ACTING,
    "decision_visibility": _ACTING,
    "decision_account": _ACTING,
    "decision_ground": _ACTING,
    "automated_decision": (*_ACTING, "decline"),
    "decline_reason": ("decline",),
    "question": ("request_information",),
    "reason": ("reinstate", CORRECTION.name),
    "right_answer": (CORRECTION.name,),
}


class Decision(Form):
    """One answer to one referral."""

    verdict = Choice(VERDICTS)
    right_answer = Choice(
        [(name, name) for name in RIGHT_ANSWERS],
        required=False,
        help_text="For correct_answer: what should have been said, with what belongs to it; none where nothing was, which"
        " puts the referral back to where it stood.",
    )
    action = Choice(
        Action.choices,
        required=False,
        help_text="What was done; for remove and restrict. Not needed beside decision_visibility or decision_account.",
    )
    decision_visibility = serializers.ListField(
        child=Choice([(code, code) for code in VISIBILITY]),
        required=False,
        max_length=6,
        help_text="As in the DSA's transparency database.",
    )
    decision_account = Choice([(code, code) for code in ACCOUNT], required=False)
    decision_ground = Choice(GROUNDS, required=False)
    automated_decision = Choice([(code, code) for code in AUTOMATED], required=False)
    decline_reason = Choice(DeclineReason.choices, required=False, help_text="For decline.")
    question = serializers.CharField(required=False, max_length=5000, help_text="For request_information.")
    reason = serializers.CharField(
        required=False, max_length=5000, help_text="For reinstate and correct_answer."
    )
    explanation = serializers.CharField(
        required=False, max_length=5000, help_text="Free text for the agency."
    )
    puid = serializers.RegexField(
        r"^[a-zA-Z0-9_-]+\Z",
        required=False,
        max_length=500,
        help_text="Your own unique reference (the DSA's puid): letters, digits, - and _.",
    )
    acted_at = Moment(
        required=False,
        help_text="When you acted: not in the future, not before the referral. Now where left out.",
    )

    def validate_acted_at(self, value: Any) -> Any:
        """Refuse a time to come; forgive a clock that runs a little fast."""
        now = timezone.now()
        if misdated(value, now=now):
            raise serializers.ValidationError(
                f"It is in the future: here it is {now:%Y-%m-%dT%H:%M:%SZ}. Check the offset from UTC.",
                "future",
            )
        return moment_told(value, now=now)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold facts and verdict together; derive our action from the DSA's codes where only these are given."""
        verdict = answer_in(attrs)
        for name, verdicts in BELONGS_TO.items():
            if name in attrs and not {verdict, attrs["verdict"]} & set(verdicts):
                raise serializers.ValidationError(
                    {name: f"It belongs to {' or '.join(verdicts)}, not to {verdict}. Leave it out."},
                    "misplaced",
                )
        if "action" not in attrs and (derived := action_of(attrs)) is not None:
            attrs["action"] = derived
        if (ground := attrs.get("decision_ground")) in GROUND:
            attrs["decision_ground"] = str(GROUND[ground])
        actions = TRANSITIONS[verdict].actions if verdict != NOT_GIVEN else ()
        if actions and "action" in attrs and attrs["action"] not in actions:
            fitting = ", ".join(sorted(actions))
            raise serializers.ValidationError({"action": f"“{verdict}” is one of: {fitting}."}, "misplaced")
        return attrs


class DecisionRow(Decision):
    """One answer of many."""

    referral = serializers.CharField(max_length=40, help_text="Its id or its short reference.")
    if_match = serializers.CharField(
        required=False,
        max_length=MAX_CONDITION,
        help_text="The etag you saw: refused where the referral has changed since.",
    )


class Decisions(Form):
    """Up to 1,000 answers."""

    atomic = serializers.BooleanField(required=False, default=False, help_text="All or none.")
    decisions = serializers.ListField(
        child=AnyValue(), min_length=1, max_length=MAX_PAGE, help_text="Each as DecisionRow."
    )


class DecisionsAsked(serializers.Serializer[object]):
    """Up to 1,000 answers, with whatever verdicts. Rows are judged one by one, so that a bad one spoils no other."""

    atomic = serializers.BooleanField(required=False, default=False, help_text="All or none.")
    decisions = serializers.ListField(child=DecisionRow(), min_length=1, max_length=MAX_PAGE)


class ErrorShown(serializers.Serializer[object]):
    """One field that is wrong."""

    pointer = serializers.CharField(
        required=False, help_text="JSON Pointer into the body, as a fragment: #/decisions/3/action."
    )
    parameter = serializers.CharField(required=False, help_text="Name of the query parameter.")
    code = serializers.CharField(required=False)
    detail = serializers.CharField()


class DecisionResult(serializers.Serializer[object]):
    """What became of one row; in the order of the rows."""

    index = serializers.IntegerField()
    referral = serializers.CharField(help_text="As you named it.")
    outcome = serializers.ChoiceField([("moved", "Moved"), ("refused", "Refused")])
    status = serializers.ChoiceField(
        Status.choices, allow_null=True, help_text="Where it stands now, as far as known."
    )
    code = serializers.CharField(allow_null=True, help_text="Why it was refused.")
    detail = serializers.CharField(allow_null=True)
    allowed = serializers.ListField(child=serializers.CharField(), help_text="Verdicts you may give now.")
    etag = serializers.CharField(
        allow_null=True, help_text="Of the referral after it, for the next if_match; null for a refused row."
    )
    errors = ErrorShown(many=True)  # type: ignore[assignment]  # the name that callers expect


class DecisionsAnswered(serializers.Serializer[object]):
    """What became of the call."""

    moved = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = DecisionResult(many=True)


class DecidedReferral(ReferralAlone):
    """The referral after the answer."""


def answer_in(decision: Mapping[str, Any]) -> str:
    """Return what is answered: the verdict, or the right one of a correction."""
    verdict: str = decision["verdict"]
    return str(decision.get("right_answer", verdict)) if verdict == CORRECTION.name else verdict


def action_of(decision: dict[str, Any]) -> str | None:
    """Return the gravest action that the DSA's codes of a decision name, or None."""
    if (account := decision.get("decision_account")) is not None:
        return str(ACCOUNT[account])
    given = decision.get("decision_visibility") or ()
    return next((str(action) for code, action in VISIBILITY.items() if code in given), None)
