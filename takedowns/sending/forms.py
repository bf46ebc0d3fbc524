"""The form for what is handed over by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from takedowns.pages.fields import LocalMoment


class CodeForm(forms.Form):
    """The code of the second mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Eight digits, from the mail that came last."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class HandedOverForm(forms.Form):
    """That a bundle was sent by hand."""

    to = forms.CharField(
        label=_("To whom and how"),
        max_length=254,
        help_text=_("Such as: upload page of its trust and safety team."),
        error_messages={"required": _("Say to whom it went and how.")},
    )
    at = LocalMoment(label=_("When"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].initial = timezone.now()
