"""Forms of the ladder and of who is reminded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.pages.versions import Versioned
from takedowns.referrals.vocabulary import SilenceStep
from takedowns.reminders.ladder import LONGEST_HOURS, Asked, LadderError


class LadderForm(Versioned, forms.Form):
    """After how many hours each step is taken; empty: it is left out."""

    def __init__(self, *args: Any, hours: dict[str, int | None], **kwargs: Any) -> None:
        super().__init__(*args, initial=hours, **kwargs)
        for step in SilenceStep:
            self.fields[str(step)] = forms.IntegerField(
                label=step.label,
                required=False,
                min_value=1,
                max_value=LONGEST_HOURS,
                help_text=_("Hours after the referral. Empty: this step is left out."),
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    def hours(self) -> dict[str, int | None]:
        """Return what was filled in, once it is valid."""
        return {str(step): self.cleaned_data[str(step)] for step in SilenceStep}

    def refuse(self, error: LadderError) -> None:
        """Show what the domain refused, at its field where it names one."""
        self.add_error(error.field or None, error.message)


class RecipientsForm(Versioned, forms.Form):
    """Who is reminded at a platform."""

    mail_to = forms.EmailField(label=_("E-mail of the contact"), required=False)
    name = forms.CharField(
        label=_("Superior of the contact"), required=False, max_length=200, help_text=_("Name and post.")
    )
    copy_to = forms.EmailField(
        label=_("E-mail of the superior"),
        required=False,
        help_text=_("Empty: the reminders to the superior are left out."),
    )

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        stored = {"mail_to": asked.own_mail, "name": asked.name, "copy_to": asked.copy_to}
        super().__init__(*args, initial=stored, **kwargs)
        self.fields["mail_to"].help_text = (
            _("Empty: %(address)s, the address for hand-offs.") % {"address": asked.standard}
            if asked.standard
            else _("Empty: the reminders to the contact are left out.")
        )

    def refuse(self, error: LadderError) -> None:
        """Show what the domain refused, at its field where it names one."""
        self.add_error(error.field or None, error.message)
