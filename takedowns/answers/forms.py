"""What a platform answered, as a coordinator records it on its behalf."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.answers.batches import LONGEST_REASON
from takedowns.answers.queries import FIELDS
from takedowns.answers.recording import Answer
from takedowns.answers.rows import NOTHING, Reading
from takedowns.answers.signs import comparable
from takedowns.pages.fields import ONE_DROPPED, LocalMoment, PastedList
from takedowns.pages.versions import Versioned
from takedowns.referrals.lifecycle import ANSWERS, NOT_GIVEN, RIGHT_ANSWERS, allowed_from
from takedowns.referrals.moments import misdated
from takedowns.referrals.sentences import header_of
from takedowns.referrals.vocabulary import Action, DecisionGround, DeclineReason

LARGEST_FILE: Final = 10 * 1024 * 1024
_ACTIONS: Final = [
    ("", _("Choose …")),
    *(
        (move.label, [(str(action), Action(action).label) for action in move.actions])
        for move in ANSWERS.values()
        if move.actions
    ),
]
#: What the fields are called where the platform itself answers: (field, label, help).
_OWN_WORDS: Final = (
    ("answer", _("Answer"), ""),
    ("at", _("When you acted"), _("Empty: now.")),
    ("decision_ground", _("Ground of the decision"), _("With Removed or Restricted, where you say it.")),
    ("note", _("Explanation"), _("The agency reads it.")),
)


class AnswerForm(Versioned, forms.Form):
    """One answer and what belongs to it; to a referral that stood as it was shown."""

    shows_stored = False

    answer = forms.ChoiceField(label=_("Answer"), widget=forms.RadioSelect)
    action = forms.ChoiceField(
        label=_("Action"), choices=_ACTIONS, required=False, help_text=_("With Removed or Restricted.")
    )
    decision_ground = forms.ChoiceField(
        label=_("Ground of the decision"),
        choices=[("", _("Not said")), *DecisionGround.choices],
        required=False,
        help_text=_("With Removed or Restricted, where the platform says it."),
    )
    decline_reason = forms.ChoiceField(
        label=_("Why declined"),
        choices=[("", _("Choose …")), *DeclineReason.choices],
        required=False,
        help_text=_("With Declined."),
    )
    text = forms.CharField(
        label=_("Question or reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The question with Ask for information, the reason with Reinstated."),
    )
    at = LocalMoment(label=_("When it answered"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=2000, help_text=_("How you heard it, say.")
    )

    def __init__(self, *args: Any, status: str = "", own: bool = False, **kwargs: Any) -> None:
        """Make the form; ``own`` where the platform's own person says it."""
        super().__init__(*args, **kwargs)
        self.own = own
        moves = (
            [move for move in allowed_from(status) if move.name in ANSWERS] if status else ANSWERS.values()
        )
        choice = self.fields["answer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [(move.name, move.label) for move in moves]
        choice.error_messages["required"] = _("Choose what the platform answered.")
        self.fields["at"].initial = timezone.now()
        if own:
            self._say_it_oneself()

    def _say_it_oneself(self) -> None:
        for name, label, help_text in _OWN_WORDS:
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, help_text
        self.fields["at"].required, self.fields["at"].initial = False, None
        self.fields["answer"].error_messages["required"] = _("Choose your answer.")
        self.fields["puid"] = forms.RegexField(
            r"^[a-zA-Z0-9_-]+\Z",
            label=_("Your own reference"),
            required=False,
            max_length=500,
            help_text=_("Letters, digits, - and _; the agency reads it."),
        )

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
            given["answer"],
            given["action"],
            given["decline_reason"],
            given["decision_ground"],
            given["text"].strip(),
            given["note"].strip(),
            given["at"],
            given.get("puid", ""),
        )


class RestForm(AnswerForm):
    """The answer of rows that say none themselves; none may be chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["answer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = [
            ("", _("As each row of the file says")),
            *((one.name, one.label) for one in ANSWERS.values()),
        ]
        choice.required, choice.initial = False, ""
        self.fields.pop("puid", None)  # it is of one referral
        if not self.own:
            self.fields["at"].help_text = _("For rows that say no time of their own.")


class ManyAnswersForm(RestForm):
    """One answer for all that are selected, pasted or in a file; rows of a file may say their own."""

    pasted = PastedList(
        label=_("Paste references or addresses"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off"}),
        help_text=_(
            "One a line; the answer may stand behind it. Or a table with a header, as copied from a spreadsheet."
        ),
    )
    file = forms.FileField(
        label=_("Or choose the file it returned"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs=ONE_DROPPED),
        help_text=_(
            "The hand-off file with its last columns filled in, or any list of its own: XLSX, ODS or CSV."
        ),
    )

    field_order = ["pasted", "file"]

    def clean_file(self) -> Any:
        """Refuse a file too large to be an answer."""
        file = self.cleaned_data["file"]
        if file is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                _("It is larger than %(most)d MiB; take it in in parts.") % {"most": LARGEST_FILE // 2**20}
            )
        return file


class CorrectAnswerForm(AnswerForm):
    """What the platform really answered, or that it did not, and why this was recorded wrongly."""

    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The platform and the agency read it."),
        error_messages={"required": _("Say why the answer is corrected.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["answer"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.label = _("The right answer")
        choice.choices = [
            *((name, ANSWERS[name].label) for name in RIGHT_ANSWERS if name in ANSWERS),
            (NOT_GIVEN, _("None: no such answer was given")),
        ]
        choice.error_messages["required"] = _("Choose the right answer.")
        if self.own:
            self.fields["reason"].help_text = _("The agency reads it.")
        self.fields["at"].required = False
        self.fields["at"].initial = None
        self.fields["at"].help_text = _("Empty: as it is recorded.")
        del self.fields["text"]

    def facts(self) -> dict[str, str]:
        """Return what the correction says."""
        given = self.cleaned_data
        move = ANSWERS.get(given["answer"])
        facts = {
            "right_answer": given["answer"],
            "reason": given["reason"].strip(),
            "explanation" if self.own else "note": given["note"].strip(),
            "puid": given.get("puid", ""),
        }
        if move and move.actions:
            facts |= {"action": given["action"], "decision_ground": given["decision_ground"]}
        if move and "decline_reason" in move.requires:
            facts["decline_reason"] = given["decline_reason"]
        return {name: value for name, value in facts.items() if value}


class ReasonForm(forms.Form):
    """Why answers of a whole batch are corrected or taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The platform and the agency read it."),
        error_messages={"required": _("Give a reason.")},
    )


class ReadingForm(forms.Form):
    """What the columns of a list hold, and what words mean that are not understood. Empty: rows with it stop.

    Args:
        columns: header → field as it is read now, "" where that is not known.
        unknown: words that stop rows now.
        dates: some that may begin with the day or with the month.
        reading: what was said before.
    """

    MOST_WORDS: Final = 30

    def __init__(
        self,
        *args: Any,
        columns: Mapping[str, str],
        unknown: list[str],
        dates: list[str],
        reading: Reading,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked_headers = list(columns)
        self.asked_words = list(dict.fromkeys([*unknown[: self.MOST_WORDS], *reading.words]))
        for number, header in enumerate(self.asked_headers):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=_("Column “%(header)s”") % {"header": header_of(header)[:60]},
                required=False,
                choices=[("", _("– not known: stop its rows –")), *FIELDS.items()],
                initial=columns[header],
            )
        if dates or reading.dates:
            self.fields["dates"] = forms.ChoiceField(
                label=_("Dates such as %(dates)s") % {"dates": ", ".join(dates) or "05/11/2019"},
                required=False,
                choices=[
                    ("", _("– not known: stop their rows –")),
                    ("day", _("The day stands first")),
                    ("month", _("The month stands first")),
                ],
                initial=reading.dates,
            )
        for number, word in enumerate(self.asked_words):
            self.fields[f"word-{number}"] = forms.ChoiceField(
                label=_("“%(word)s” means") % {"word": word[:60]},
                required=False,
                choices=_MEANINGS,
                initial=reading.words.get(comparable(word), ""),
            )

    def reading(self) -> Reading:
        """Return how the list is to be read."""
        given = self.cleaned_data
        columns = {one: given[f"column-{number}"] for number, one in enumerate(self.asked_headers)}
        words = {comparable(one): given[f"word-{number}"] for number, one in enumerate(self.asked_words)}
        return Reading(
            {header: field for header, field in columns.items() if field},
            {word: meaning for word, meaning in words.items() if meaning},
            given.get("dates", ""),
        )


_MEANINGS: Final[list[Any]] = [
    ("", _("– not understood: stop its rows –")),
    *((name, one.label) for name, one in ANSWERS.items() if not one.actions),
    *(
        (one.label, [(f"{name}/{action}", Action(action).label) for action in one.actions])
        for name, one in ANSWERS.items()
        if one.actions
    ),
    ("open", _("Not answered yet")),
    (NOTHING, _("Says nothing of the answer")),
]
