"""Whether mail goes out at all, and from whom it is."""

from __future__ import annotations

from email.utils import parseaddr

from django.conf import settings

from takedowns.installation.identity import is_copy


def mail_works() -> bool:
    """Tell whether a mail server is set up (``EMAIL_URL``) and this is no copy of an installation.

    Otherwise pages say so, and links are handed over by hand.
    """
    return bool(settings.EMAIL_HOST) and not is_copy()


def sender() -> tuple[str, str]:
    """Return the address that mail comes from, and its domain: this computer's where the address has none."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address, address.rpartition("@")[2] or "localhost"


def message_id(name: str) -> str:
    """Return the Message-ID of a mail; the same mail sent again after a crash has the same name."""
    return f"<{name}@{sender()[1]}>"
