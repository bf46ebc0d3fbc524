"""Webhook endpoints: made, changed, sent again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform
from takedowns.pages.fields import LocalMoment
from takedowns.pages.versions import Versioned
from takedowns.webhooks.models import EventType, Owner


def _owner(value: str) -> Owner:
    """Return whose an endpoint shall be: a platform's slug is no UUID."""
    try:
        return UUID(value)
    except ValueError:
        return value


class _Settings(forms.Form):
    """What an endpoint is told, and where."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("https only. It must be reachable from the internet."),
        widget=forms.TextInput(attrs={"class": "mono-input", "spellcheck": "false", "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("What it is for"),
        max_length=200,
        required=False,
        help_text=_("So that people know it again."),
    )
    types = forms.MultipleChoiceField(
        label=_("What it is told"),
        choices=EventType.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=list(EventType.values),
        error_messages={"required": _("Choose at least one.")},
    )


class MakeForm(_Settings):
    """A new endpoint."""

    owner = forms.TypedChoiceField(
        label=_("Whose"),
        help_text=_("It is told what this platform or agency reads in the change feed."),
        coerce=_owner,
    )
    field_order = ["owner", "url", "description", "types"]

    def __init__(
        self, *args: Any, platforms: QuerySet[Platform], agencies: QuerySet[Agency], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["owner"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        groups = ((_("Platforms"), platforms), (_("Agencies"), agencies))
        offered = [(name, [(str(one.pk), str(one)) for one in found]) for name, found in groups]
        choice.choices = [(name, found) for name, found in offered if found]


class ChangeForm(Versioned, _Settings):
    """An endpoint as it shall be."""

    active = forms.BooleanField(
        label=_("Call it"), required=False, help_text=_("Off, nothing is called and nothing is lost.")
    )


class ReplayForm(forms.Form):
    """Since when to send again."""

    since = LocalMoment(label=_("Send again what was made since"))
