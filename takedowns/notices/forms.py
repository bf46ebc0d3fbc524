"""What somebody wants to be told, which of it to list, and a message to everybody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from takedowns.notices.models import LONGEST_MESSAGE, Attention, Mail, Scope, What
from takedowns.pages.fields import LocalMoment, whole_number
from takedowns.pages.versions import Versioned


class AttentionForm(forms.Form):
    """On whose referrals, and how often by mail."""

    scope = forms.ChoiceField(label=_("Tell me of"), choices=Scope.choices, widget=forms.RadioSelect)
    mail = forms.ChoiceField(
        label=_("Mail with the counts"),
        choices=Mail.choices,
        widget=forms.RadioSelect,
        help_text=_("Counts and a link, no addresses; none when nothing changed."),
    )

    def __init__(self, *args: Any, attention: Attention | None = None, **kwargs: Any) -> None:
        if attention is not None:
            kwargs["initial"] = {"scope": attention.scope, "mail": attention.mail}
        super().__init__(*args, **kwargs)


class AlertForm(forms.Form):
    """By which mails one of a platform's own people is alerted."""

    hand_offs = forms.BooleanField(
        label=_("New referrals"), required=False, help_text=_("One mail for each time that some were sent.")
    )
    orders = forms.BooleanField(
        label=_("One-hour deadline"),
        required=False,
        help_text=_("When it begins to run, and again shortly before it ends if nothing was decided."),
    )


class MessageForm(Versioned, forms.Form):
    """What everybody should know, and until when it stands."""

    shows_stored = False

    text = forms.CharField(
        label=_("Announcement"),
        max_length=LONGEST_MESSAGE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Short and plain. It cannot be changed afterwards, only ended."),
        error_messages={"required": _("Write what everybody should know.")},
    )
    ends_at = LocalMoment(label=_("Ends"), required=False, help_text=_("Empty: it stands until you end it."))


def what_asked(parameters: QueryDict) -> str:
    """Return the kind of change asked for, or "" where it is none."""
    what = parameters.get("what", "")
    return what if what in What.values else ""


def number_asked(text: str) -> int | None:
    """Return a notice's number as an address or form names it; None where it is none."""
    return whole_number(text)
