"""Whether client certificates arrive, and none that a caller made up: asked through the proxy, as a program would."""

from __future__ import annotations

import json
import ssl
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import ApiKey
from takedowns.operating.findings import Finding, Level

_TOPIC: Final = "client certificates"
_MEND: Final = "Compare the proxy's file with deploy/: it sets X-Client-Certificate itself at both ports. Until it does, empty CLIENT_CERTIFICATES_AT."


def bound_in_vain() -> Iterator[Finding]:
    """Look whether keys are bound to certificates that never arrive."""
    with acting_as(SYSTEM):
        works = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
        bound = ApiKey.objects.filter(works, revoked_at=None).exclude(certificates=[]).count()
    believed = bool(settings.CLIENT_CERTIFICATES_AT and settings.API_TRUST_FORWARDED_FOR)
    if bound and not believed:
        yield Finding(
            _TOPIC,
            Level.WRONG,
            f"{bound} API keys are bound to one, and none is believed here: calls with these keys are refused.",
            "Set CLIENT_CERTIFICATES_AT and BEHIND_PROXY (docs/operators/install.md, The proxy), or unbind the keys on their pages.",
        )
    elif settings.CLIENT_CERTIFICATES_AT and not believed:
        yield Finding(
            _TOPIC,
            Level.LOOK,
            "CLIENT_CERTIFICATES_AT is set and BEHIND_PROXY is not, so nothing is believed of them.",
            "Set BEHIND_PROXY, or empty CLIENT_CERTIFICATES_AT.",
        )
    else:
        yield Finding(_TOPIC, Level.RIGHT, f"{bound} API keys are bound to one.")


def through_the_proxy() -> Iterator[Finding]:
    """Show the proxy a certificate made for this moment, and say another in a header, which must not arrive."""
    at = settings.CLIENT_CERTIFICATES_AT
    if not at:
        return
    with tempfile.TemporaryDirectory() as folder:
        shown, made_up = _make(Path(folder) / "shown.pem"), _make(Path(folder) / "made-up.pem")
        said = quote(
            (Path(folder) / "made-up.pem").read_text().partition("-----BEGIN EC")[0].strip(), safe=""
        )
        context = ssl.create_default_context()
        try:
            without = [_arrives(place, said, context) for place in (settings.SITE_URL, at)]
            context.load_cert_chain(Path(folder) / "shown.pem")
            arrived = _arrives(at, said, context)
        except (urllib.error.URLError, OSError, ValueError, KeyError) as error:
            yield Finding(_TOPIC, Level.WRONG, f"{at}: {error}", _MEND)
            return
    if made_up in (*without, arrived):
        yield Finding(_TOPIC, Level.WRONG, "One that a caller only names in a header is believed.", _MEND)
    elif arrived != shown:
        yield Finding(_TOPIC, Level.WRONG, f"One that is shown at {at} does not arrive.", _MEND)
    else:
        yield Finding(_TOPIC, Level.RIGHT, f"One that is shown at {at} arrives, and none that is made up.")


def _arrives(place: str, said: str, context: ssl.SSLContext) -> str | None:
    """Return the fingerprint of the certificate that arrives where a header names one."""
    asked = urllib.request.Request(f"{place}/api/v1/certificate", headers={"X-Client-Certificate": said})  # noqa: S310 - our own address
    secure = context if place.startswith("https:") else None
    with urllib.request.urlopen(asked, timeout=10, context=secure) as answer:  # noqa: S310 - the same
        found = json.load(answer)["certificate"]
    return str(found["sha256"]) if found else None


def _make(place: Path) -> str:
    """Write a certificate and its key into a file; return its fingerprint."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "takedowns doctor")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    place.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return made.fingerprint(hashes.SHA256()).hex()
