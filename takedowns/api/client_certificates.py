"""The client certificate that a program came with, as our own proxy passes it on (mutual TLS).

TLS ends at the proxy, which has seen that whoever calls has the certificate's private key. It names the certificate in
``X-Client-Certificate``, in the place of whatever a request said there itself: as PEM in percent-encoding (nginx's
``$ssl_client_escaped_cert``), or as DER in base64 (Caddy). Nothing of it is believed but behind a proxy that is known to do so
(``CLIENT_CERTIFICATES_AT``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from takedowns.access.origin import address_of
from takedowns.directory.admission import CalledFrom

log = logging.getLogger(__name__)

_HEADER = "HTTP_X_CLIENT_CERTIFICATE"
_PEM = "-----BEGIN CERTIFICATE-----"


class Certificate(NamedTuple):
    """A client certificate: its DER form and until when it is good."""

    der: bytes
    begins: float
    ends: float

    @property
    def fingerprint(self) -> str:
        """SHA-256, hexadecimal, as keys are bound to it."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def thumbprint(self) -> str:
        """The same as ``x5t#S256`` has it (RFC 8705, section 3.1)."""
        return thumbprint(self.fingerprint)


def thumbprint(fingerprint: str) -> str:
    """Return a fingerprint as ``x5t#S256`` has it: base64url without padding."""
    return base64.urlsafe_b64encode(bytes.fromhex(fingerprint)).rstrip(b"=").decode()


def certificate_of(request: HttpRequest) -> Certificate | None:
    """Return the certificate that came with a request; None where none did, or it is good no more or not yet."""
    if not (settings.CLIENT_CERTIFICATES_AT and settings.API_TRUST_FORWARDED_FOR):
        return None
    text = request.META.get(_HEADER, "")
    found = _read(text) if text else None
    if text and found is None:
        log.warning("The proxy passes on a client certificate that cannot be read.")
    return found if found and found.begins <= timezone.now().timestamp() <= found.ends else None


def called_from(request: HttpRequest) -> CalledFrom:
    """Return from where a call comes: address and client certificate."""
    certificate = certificate_of(request)
    return CalledFrom(address_of(request) or "", certificate.fingerprint if certificate else "")


@lru_cache(maxsize=256)
def _read(text: str) -> Certificate | None:
    try:
        said = unquote(text).encode("ascii")
        if said.startswith(_PEM.encode()):
            found = x509.load_pem_x509_certificate(said)
        else:
            found = x509.load_der_x509_certificate(base64.b64decode(said, validate=True))
    except (ValueError, binascii.Error):
        return None
    return Certificate(
        found.public_bytes(Encoding.DER),
        found.not_valid_before_utc.timestamp(),
        found.not_valid_after_utc.timestamp(),
    )
