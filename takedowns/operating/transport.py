"""How long the certificate of our own address is good for, as a browser sees it: asked through the proxy."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from takedowns.operating.findings import Finding, Level

#: What renews certificates by itself does so a month before; two weeks before the end it has failed for long.
LEAST_DAYS: Final = 14
_DAY: Final = 86_400


def certificate(address: str = "") -> Iterator[Finding]:
    """Look when the certificate of an address ends, ``SITE_URL`` unless told; nothing to say of one without TLS."""
    parts = urlsplit(address or settings.SITE_URL)
    if parts.scheme != "https" or not parts.hostname:
        return
    try:
        with (
            socket.create_connection((parts.hostname, parts.port or 443), timeout=10) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) as secure,
        ):
            told = secure.getpeercert() or {}
    except OSError as error:  # of TLS too
        yield Finding(
            "certificate",
            Level.WRONG,
            f"{parts.hostname} shows none that is believed: {error}",
            "Renew it, with the chain up to its authority, and let the proxy read it again (nginx -s reload).",
        )
        return
    days = (ssl.cert_time_to_seconds(str(told["notAfter"])) - time.time()) / _DAY
    if days < LEAST_DAYS:
        yield Finding(
            "certificate",
            Level.LOOK,
            f"It ends in {days:.0f} days.",
            "Renew it now, and look why it was not renewed by itself.",
        )
    else:
        yield Finding("certificate", Level.RIGHT, f"It is good for {days:.0f} days.")
