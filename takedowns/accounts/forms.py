"""Forms of signing in, of invitations and roles."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import TOTP
from django import forms
from django.utils.translation import gettext_lazy as _

from takedowns.access.roles import Role, fits
from takedowns.directory.models import Agency, Platform
from takedowns.pages.versions import Versioned


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


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a telephone. It works once, as every later one does."""

    def clean_code(self) -> str:
        """Take the code, and let nobody who saw it use it again."""
        code: str = super().clean_code()
        if not TOTP(Authenticator(user=self.user))._mark_code_used(code):
            raise forms.ValidationError(_("This code was used already. Wait for the next one."))
        return code


class AcceptForm(forms.Form):
    """What an account needs that the invitation does not say."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("Colleagues see it beside what you do."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least twelve characters; a few words in a row are good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class _PlaceForm(forms.Form):
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
        help_text=_("Only with Platform responder and Platform manager."),
    )

    def clean(self) -> dict[str, Any]:
        """Hold role and place together."""
        cleaned = super().clean() or {}
        if not fits(cleaned.get("role", ""), agency=cleaned.get("agency"), platform=cleaned.get("platform")):
            self.add_error(
                "role", _("Responders and managers belong to a platform, every other role to an agency.")
            )
        return cleaned

    def given(self) -> dict[str, Any]:
        """Return role and place."""
        return {name: self.cleaned_data[name] for name in ("role", "agency", "platform")}


class RoleForm(Versioned, _PlaceForm):
    """A role more, for somebody whose roles and account stood as they were shown."""

    shows_stored = False


class InviteManyForm(_PlaceForm):
    """Several people, and the first role of all of them."""

    people = forms.CharField(
        label=_("People"),
        max_length=40_000,
        help_text=_(
            "One person a line: the address, or name and address with a semicolon between them. A column of a spreadsheet can be pasted."
        ),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocapitalize": "off"}),
    )
    field_order = ["people", "role", "agency", "platform"]


class InviteForm(_PlaceForm):
    """Somebody, and their first role."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ["email", "name", "role", "agency", "platform"]

    def given(self) -> dict[str, Any]:
        """Return all that was given."""
        return super().given() | {name: self.cleaned_data[name] for name in ("email", "name")}
