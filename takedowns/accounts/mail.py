"""Whether mail goes out at all."""

from __future__ import annotations

from django.conf import settings


def mail_works() -> bool:
    """Tell whether a mail server is set up (``EMAIL_URL``); without one pages say so, and links are handed over by hand."""
    return bool(settings.EMAIL_HOST)
