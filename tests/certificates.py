"""Client certificates as programs have them, made by openssl, and as proxies pass them on."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

#: Where the proxy asks for certificates, in tests that stand in the proxy's place.
AT = "https://takedowns.example.org:8443"


@dataclass(frozen=True)
class Made:
    """A certificate and its private key, in files."""

    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """As openssl prints it."""
        said = _openssl("x509", "-noout", "-fingerprint", "-sha256", "-in", str(self.certificate))
        return said.strip()

    @property
    def digits(self) -> str:
        """As keys are bound to it."""
        return re.sub(r".*=|:", "", self.fingerprint).lower()

    @property
    def thumbprint(self) -> str:
        """As RFC 8705 has it."""
        return base64.urlsafe_b64encode(bytes.fromhex(self.digits)).decode().rstrip("=")

    @property
    def from_nginx(self) -> dict[str, str]:
        """The header as nginx writes it."""
        return {"X-Client-Certificate": quote(self.certificate.read_text(), safe="")}

    @property
    def from_caddy(self) -> dict[str, str]:
        """The header as Caddy writes it."""
        told = "".join(self.certificate.read_text().splitlines()[1:-1])
        return {"X-Client-Certificate": told}


def make(folder: Path, name: str = "client", hosts: Sequence[str] = (), days: int = 30) -> Made:
    """Let openssl make a certificate that signs itself, good for so many days; of the host of its name, where it names no others."""
    made = Made(folder / f"{name}.pem", folder / f"{name}.key")
    named = ",".join(f"DNS:{one}" for one in hosts or (name,))
    _openssl(
        *(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            str(days),
        ),
        *("-subj", f"/O=A platform/CN={name}", "-addext", f"subjectAltName={named}"),
        *("-keyout", str(made.key), "-out", str(made.certificate)),
    )
    return made


def make_ended(folder: Path) -> Made:
    """Make one whose last day was yesterday, which openssl's command does not."""
    made, now = Made(folder / "ended.pem", folder / "ended.key"), datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ended")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now - timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    made.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return made


def _openssl(*arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], check=True, capture_output=True, text=True, timeout=60)
    return done.stdout
