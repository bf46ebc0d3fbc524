"""What a platform answered, as a coordinator records it on its behalf."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.referrals.answers import Answer
from takedowns.referrals.lifecycle import ANSWERS, allowed_from
from takedowns.referrals.moments import misdated
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason
from takedowns.web.forms.dropping import ONE_DROPPED
from takedowns.web.forms.holds import LocalMoment

LARGEST_FILE: Final = 10 * 1024 * 1024
_ACTIONS: Final = [
    ("", _("Choose …")),
    *(
        (move.label, [(str(action), Action(action).label) for action in move.actions])
        for move in ANSWERS.values()
        if move.actions
    ),
]


class AnswerForm(forms.Form):
    """One answer and what belongs to it."""

    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    action = forms.ChoiceField(
        label=_("Action"), choices=_ACTIONS, required=False, help_text=_("With Removed or Restricted.")
    )
    decision_ground = forms.ChoiceField(
        label=_("Ground of the decision"), choices=[("", _("Not said")), *DecisionGround.choices], required=False,
        help_text=_("With Removed or Restricted, where the platform says it."),
    )  # fmt: skip
    decline_reason = forms.ChoiceField(
        label=_("Why declined"), choices=[("", _("Choose …")), *DeclineReason.choices], required=False,
        help_text=_("With Declined."),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Question or reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The question with Ask for information, the reason with Reinstated."),
    )  # fmt: skip
    at = LocalMoment(label=_("When it answered"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, help_text=_("How you heard it, say.")
    )

    def __init__(self, *args: Any, status: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moves = (
            [move for move in allowed_from(status) if move.name in ANSWERS] if status else ANSWERS.values()
        )
        choice = self.fields["answer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [(move.name, move.label) for move in moves]
        choice.error_messages["required"] = _("Choose what the platform answered.")
        self.fields["at"].initial = timezone.now()

    def clean(self) -> dict[str, Any]:
        """Ask for what the answer needs."""
        cleaned = super().clean() or {}
        move = ANSWERS.get(cleaned.get("answer", ""))
        if move is None:
            return cleaned
        if move.actions and cleaned.get("action") not in move.actions:
            fitting = ", ".join(str(Action(one).label) for one in move.actions)
            self.add_error(
                "action",
                _("Choose what it did. With %(answer)s: %(actions)s.")
                % {"answer": move.label, "actions": fitting},
            )
        if "decline_reason" in move.requires and not cleaned.get("decline_reason"):
            self.add_error("decline_reason", _("Choose why it does not act."))
        if {"reason", "question"} & set(move.requires) and not cleaned.get("text", "").strip():
            self.add_error("text", _("Write what belongs to %(answer)s.") % {"answer": move.label})
        if (at := cleaned.get("at")) and misdated(at):
            self.add_error("at", _("This moment lies ahead of now."))
        return cleaned

    def given(self) -> Answer:
        """Return the answer as it was given."""
        given = self.cleaned_data
        return Answer(
            given["answer"], given["action"], given["decline_reason"], given["decision_ground"], given["text"].strip(),
            given["note"].strip(), given["at"],
        )  # fmt: skip


class ManyAnswersForm(AnswerForm):
    """One answer for all that are selected, pasted or in a file; rows of a file may say their own."""

    pasted = forms.CharField(
        label=_("Paste references or addresses"), required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_("One a line. Or rows of a CSV with a header: reference or url, answer, action, reason, answered_at."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or choose the file it returned"), required=False, allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs=ONE_DROPPED),
        help_text=_("The hand-off file with its last columns filled in, as CSV."),
    )  # fmt: skip

    field_order = ["pasted", "file"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["answer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [
            ("", _("As each row of the file says")),
            *((one.name, one.label) for one in ANSWERS.values()),
        ]
        choice.required, choice.initial = False, ""
        self.fields["at"].help_text = _("For rows that say no time of their own.")

    def clean_file(self) -> Any:
        """Refuse a file too large to be an answer."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("It is larger than %(most)d MiB; take it in in parts.") % {"most": LARGEST_FILE // 2**20}
            )
        return file
