"""Forms of signing in, of invitations and roles."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role
from takedowns.directory.models import Agency, Platform


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password. One sentence for all that is wrong, so that nobody learns which accounts exist."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class AcceptForm(forms.Form):
    """What an account needs that the invitation does not say."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Colleagues of your agency see it beside what you do."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least twelve characters; a few words in a row are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class RoleForm(forms.Form):
    """A role, at an agency or for a platform."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    agency = forms.ModelChoiceField(
        label=_("At the agency"), queryset=Agency.objects.all(), required=False, empty_label="–"
    )
    platform = forms.ModelChoiceField(
        label=_("Or for the platform"),
        queryset=Platform.objects.all(),
        required=False,
        empty_label="–",
        help_text=_("Only with Platform contact."),
    )

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
