from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignInForm(AuthenticationForm):
    """E-mail and password. One sentence for all that is wrong, so that nobody learns which accounts exist."""

    username = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": _(
            "This e-mail address and password do not belong together. Check both; "
            "capital letters count in the password."
        ),
        "inactive": _("This account is switched off. Ask an administrator of your agency."),
    }
