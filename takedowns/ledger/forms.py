"""Asking what a file is: by its number, or by its bytes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.ledger.exports import find_number


class NumberForm(forms.Form):
    """The number that a file carries."""

    number = forms.CharField(
        label=_("Number of the file"),
        max_length=40,
        help_text=_("It stands in the file’s name, and in the file where it is no CSV: E-7F3K-22QX5."),
    )

    def clean_number(self) -> str:
        """Refuse what was mistyped: its last character checks the others."""
        number: str = self.cleaned_data["number"]
        if find_number(number) is None:
            raise forms.ValidationError(_("This is no number of a file: a character is wrong or missing."))
        return number


class FileForm(forms.Form):
    """A file to compare with what the ledger knows."""

    file = forms.FileField(
        label=_("The file itself"),
        help_text=_("Its digest is computed and compared. The file is not kept."),
        allow_empty_file=True,
    )
