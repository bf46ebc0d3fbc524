from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """E-mail and password. One sentence for all that is wrong, so that nobody learns which accounts exist."""

    username = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": "This e-mail address and password do not belong together. Check both; "
        "capital letters count in the password.",
        "inactive": "This account is switched off. Ask an administrator of your agency.",
    }
