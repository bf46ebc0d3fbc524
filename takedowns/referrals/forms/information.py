"""The form for what a platform asked."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class InformationForm(forms.Form):
    """What the platform asked for."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("The platform reads it. Nothing of an investigation belongs here."),
        error_messages={"required": _("Write the answer; the platform waits for it.")},
    )
