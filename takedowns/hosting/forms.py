"""Whom to ask about a host, and what it is called once it is a platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.hosting.services import Whom


class AskForm(forms.Form):
    """Which hosts below a domain, and where reports of abuse go."""

    hosts = forms.MultipleChoiceField(label=_("Hosts"), widget=forms.CheckboxSelectMultiple)
    name = forms.CharField(label=_("Who runs it"), max_length=200)
    mail_to = forms.EmailField(
        label=_("E-mail for reports of abuse"),
        help_text=_("Nothing is sent yet: what is approved in review goes there when you send it."),
    )

    def __init__(self, *args: Any, hosts: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["hosts"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - declared above
        field.choices = [(one, one) for one in hosts]
        field.initial = list(hosts)

    def whom(self) -> Whom:
        """Return who is to be asked."""
        return Whom(self.cleaned_data["name"].strip(), self.cleaned_data["mail_to"])


class PromoteForm(forms.Form):
    """What a host is called as a platform, and who runs it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    provider = forms.CharField(
        label=_("Provider"), max_length=200, required=False, help_text=_("The company that runs it.")
    )
