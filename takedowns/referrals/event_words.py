"""What events are called on pages, and the facts that they tell, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext_lazy as _

from takedowns.referrals.lifecycle import ANSWERS, CORRECTION, NOT_GIVEN
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason, EventKind, SilenceStep

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

#: How an event's details are called on the page, and the vocabulary their values are taken from.
_DETAILS: Final[dict[str, tuple[Words, dict[Any, Any]]]] = {
    "right_answer": (
        _("The right answer"),
        {name: one.label for name, one in ANSWERS.items()} | {NOT_GIVEN: _("None: no such answer was given")},
    ),
    "action": (_("Action"), dict(Action.choices)),
    "decision_ground": (_("Ground of the decision"), dict(DecisionGround.choices)),
    "decline_reason": (_("Reason"), dict(DeclineReason.choices)),
    "reason": (_("Reason"), {}),
    "question": (_("Question"), {}),
    "answer": (_("Answer"), {}),
    "ground": (_("Legal ground"), {}),
    "note": (_("Note"), {}),
    "explanation": (_("Explanation of the platform"), {}),
    "explained": (_("Explanation of the platform"), {}),
    "puid": (_("The platform’s reference"), {}),
    "silence": (_("Why"), dict(SilenceStep.choices)),
    "passed_on": (_("Why"), {True: _("The agency before withdrew; this one asks for it still.")}),
}
#: Every other event is a transition, and the status it enters says what happened.
EVENT_WORDS: Final[Mapping[str, Words]] = {
    **dict(EventKind.choices),
    "provide_information": _("Information given"),
    CORRECTION.name: _("Answer corrected"),
    "send_back": _("Sent back"),
    "resubmit": _("Submitted again"),
    "undo_review": _("Decision of review taken back"),
}


def facts_told(details: Mapping[str, Any]) -> list[tuple[Words, str]]:
    """Return the facts of an event's details that have words, with what each is called."""
    return [
        (_DETAILS[name][0], str(_DETAILS[name][1].get(value, value)))
        for name, value in details.items()
        if name in _DETAILS and value
    ]
