"""Mail by SMTP, unless this is a copy of an installation."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from takedowns.installation.identity import CopyError, is_copy


class Backend(smtp.EmailBackend):
    """Django's own, which refuses where nothing may go out: the last door, whoever sends."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send.

        Raises:
            CopyError: this is a copy.
        """
        if is_copy():
            raise CopyError
        return super().send_messages(email_messages)
