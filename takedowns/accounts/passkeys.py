"""Adding a passkey, in words that an officer knows."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from django.utils.translation import gettext_lazy as _


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A name to know it by, and whether it is enough to come in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it from others: this computer, the blue key.")
        self.fields["passwordless"].label = _("Come in with it alone, without the password")
        self.fields["passwordless"].help_text = _(
            "It must then ask for your fingerprint, your face or a PIN."
        )
