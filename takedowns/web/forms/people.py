"""Whom to invite, and which role to give."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.directory.models import Agency, Platform, Role


class RoleForm(forms.Form):
    """A role, at an agency or for a platform."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    agency = forms.ModelChoiceField(
        label=_("At the agency"), queryset=Agency.objects.all(), required=False, empty_label="–"
    )
    platform = forms.ModelChoiceField(
        label=_("Or for the platform"), queryset=Platform.objects.all(), required=False, empty_label="–",
        help_text=_("Only with Platform contact."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Hold role and place together."""
        cleaned = super().clean() or {}
        if (cleaned.get("role") == Role.PLATFORM) != (cleaned.get("platform") is not None) or (
            cleaned.get("platform") is None
        ) == (cleaned.get("agency") is None):
            self.add_error(
                "role", _("A platform contact belongs to a platform, every other role to an agency.")
            )
        return cleaned

    def given(self) -> dict[str, Any]:
        """Return role and place."""
        return {name: self.cleaned_data[name] for name in ("role", "agency", "platform")}


class InviteForm(RoleForm):
    """Somebody, and their first role."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ["email", "name", "role", "agency", "platform"]

    def given(self) -> dict[str, Any]:
        """Return all that was given."""
        return super().given() | {name: self.cleaned_data[name] for name in ("email", "name")}
