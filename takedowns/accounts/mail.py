"""Whether mail goes out at all."""

from __future__ import annotations

from django.conf import settings

from takedowns.installation.identity import is_copy


def mail_works() -> bool:
    """Tell whether a mail server is set up (``EMAIL_URL``) and this is no copy of an installation.

    Otherwise pages say so, and links are handed over by hand.
    """
    return bool(settings.EMAIL_HOST) and not is_copy()
