"""Of which outlet an item is, and what it replaces."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.referrals.correct import LONGEST_NAME


class OriginForm(forms.Form):
    """What an officer knows of where an item comes from; what is suggested stands beside it as boxes to tick."""

    outlet = forms.CharField(
        label=_("Outlet"), required=False, max_length=LONGEST_NAME,
        help_text=_("The media outlet, actor or network behind it. Empty: none is known."),
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )  # fmt: skip
    url = forms.CharField(
        label=_("Or the address of what it replaces"), required=False, max_length=4000,
        help_text=_("In any spelling. It must have been handed in where your agency takes part."),
        widget=forms.TextInput(attrs={"class": "mono-input", "spellcheck": "false", "autocomplete": "off"}),
    )  # fmt: skip
