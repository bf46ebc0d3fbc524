"""Partners: adding one, changing what is said of it, entering a code."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.deconfliction.models import NAME_LENGTH
from takedowns.deconfliction.pairing import Facts
from takedowns.pages.versions import Versioned

_MONO: Final = {"class": "mono-input", "spellcheck": "false", "autocomplete": "off"}


class _Said(forms.Form):
    """What is said of a partner."""

    name = forms.CharField(
        label=_("Whose installation it is"),
        max_length=NAME_LENGTH,
        help_text=_("Officers read this name beside what it says."),
    )
    url = forms.CharField(
        label=_("Its address"),
        max_length=280,
        help_text=_("As people open it there: https://takedowns.example.org"),
        widget=forms.TextInput(attrs=_MONO),
    )
    contact = forms.CharField(
        label=_("Whom they reach here"),
        max_length=300,
        help_text=_("A phone number or a shared mailbox. They read it beside each of our answers."),
    )

    def facts(self) -> Facts:
        """Return what was said; the form is valid."""
        given = self.cleaned_data
        return Facts(given["name"], given["url"], given["contact"])


class CodeForm(forms.Form):
    """A pairing code that was made at the other installation."""

    code = forms.CharField(
        label=_("Pairing code"),
        max_length=300,
        help_text=_("As it was shown there. It begins with deconfliction1-."),
        widget=forms.TextInput(attrs=_MONO),
    )


class AddForm(_Said):
    """A new partner: with a code from there, or with one to be made here."""

    code = forms.CharField(
        label=_("Pairing code from there"),
        max_length=300,
        required=False,
        help_text=_("Leave it empty to make one here, for their administrator to enter."),
        widget=forms.TextInput(attrs=_MONO),
    )


class ChangeForm(Versioned, _Said):
    """A partner as it shall be."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = ""
