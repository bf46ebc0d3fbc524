"""Placing and releasing legal holds; asking for a pseudonym; about whom a report is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from takedowns.access.actor import Actor
from takedowns.pages.fields import LocalMoment
from takedowns.rights import disclosures
from takedowns.rights.legal_holds import Covered, LegalHoldError, named
from takedowns.rights.models import Recipient


class LegalHoldForm(forms.Form):
    """What is to be kept, and why."""

    covers = forms.CharField(
        label=_("Operation or referral"),
        max_length=80,
        help_text=_("Its reference: RAD19 for a whole operation, RAD19-7F3K-22QX5 for one referral."),
    )
    reason = forms.CharField(
        label=_("Who needs it kept"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The court, prosecutor or claim, and the file number."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_covers(self) -> Covered:
        """Return what the reference names."""
        try:
            return named(self.cleaned_data["covers"], by=self.actor)
        except LegalHoldError as error:
            raise ValidationError(str(error)) from error


class ReleaseForm(forms.Form):
    """Why a legal hold is released."""

    reason = forms.CharField(
        label=_("Why it is released"),
        max_length=1000,
        help_text=_("Who said that it need not be kept any more, and when."),
    )


class PseudonymForm(forms.Form):
    """Why somebody who left is to have a pseudonym."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("That they left and when, that they asked for it. Without their name."),
    )


class DataReportForm(forms.Form):
    """About whom a report is asked for. Posted, so that it stands in no address."""

    text = forms.CharField(
        label=_("E-mail address, telephone number, handle or name"),
        max_length=200,
        help_text=_("Of somebody with an account their e-mail address: then what they did is counted, too."),
    )


class DisclosureForm(forms.Form):
    """What was given to whom outside, and on which ground. What the address says is filled in."""

    covers = forms.CharField(
        label=_("Operation or referral"),
        max_length=80,
        required=False,
        help_text=_("Its reference: RAD19 for a whole operation, RAD19-7F3K-22QX5 for one referral."),
    )
    number = forms.CharField(
        label=_("Number of the file"),
        max_length=40,
        required=False,
        help_text=_("Where it was a file from here: E-7F3K-22QX5."),
    )
    particulars = forms.CharField(
        label=_("What exactly"),
        max_length=1000,
        required=False,
        help_text=_("Where it was not all of that: which pages, what was taken out."),
    )
    recipient = forms.ChoiceField(label=_("To whom"), choices=Recipient.choices)
    name = forms.CharField(
        label=_("Name and file number of the recipient"),
        max_length=300,
        help_text=_("The court or authority, the lawyer, the person."),
    )
    reason = forms.CharField(
        label=_("Legal basis"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The provision, and who asked for it."),
    )
    at = LocalMoment(label=_("When it was given"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_covers(self) -> Covered | None:
        """Return what the reference names; None where there is none."""
        text = self.cleaned_data["covers"]
        if not text.strip():
            return None
        try:
            return disclosures.named(text, by=self.actor)
        except disclosures.DisclosureError as error:
            raise ValidationError(str(error)) from error

    def clean_number(self) -> str:
        """Return the number as files carry it."""
        number = disclosures.number_of(self.cleaned_data["number"])
        if number is None:
            raise ValidationError(_("This is no number of a file: a character is wrong or missing."))
        return number
