"""Client certificates that API keys are bound to: a key with some is good for nothing without one of them (mutual TLS).

A certificate is known by the SHA-256 of its DER form, as ``openssl x509 -fingerprint -sha256`` prints it. Who issued it is not
asked: whoever has the private key of exactly this certificate is meant (RFC 8705, section 2.2).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.directory.changes import Action, Kind, NotAllowed, keep, may_administer
from takedowns.directory.models import ApiKey

#: So many at once: one in use, one that follows it, for a few machines.
MOST: Final = 20
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


class CertificatesNotBound(ValueError):  # noqa: N818 - what happened, not an error of the program
    """Certificates cannot be bound to a key; the message says why and what to do."""


def fingerprint(text: str) -> str:
    """Return a fingerprint as it is stored: 64 hexadecimal digits in lower case; colons and blanks may stand between them.

    Raises:
        CertificatesNotBound: it is none.
    """
    _, _, said = text.rpartition("=")  # openssl prints "sha256 Fingerprint=AB:CD…"
    found = re.sub(r"[:\s]", "", said).lower()
    if not _FINGERPRINT.fullmatch(found):
        raise CertificatesNotBound(
            f"“{text[:100]}” is no SHA-256 fingerprint of a certificate: 64 hexadecimal digits, as"
            " “openssl x509 -noout -fingerprint -sha256 -in client.pem” prints them."
        )
    return found


def fingerprints(texts: Collection[str]) -> list[str]:
    """Return fingerprints as they are stored, each once.

    Raises:
        CertificatesNotBound: one is none, or there are too many.
    """
    found = list(dict.fromkeys(fingerprint(one) for one in texts))
    if len(found) > MOST:
        raise CertificatesNotBound(
            f"A key is bound to {MOST} certificates at most, and these are {len(found)}."
        )
    return found


def bind(key: ApiKey, texts: Collection[str], *, by: Actor = SYSTEM) -> list[str]:
    """Bind a key to these certificates, in the place of those it was bound to, and keep who did; to none where empty.

    Args:
        by: an administrator; the system where the key's own program asks, with the key.

    Returns:
        The fingerprints as they are stored.

    Raises:
        NotAllowed: no administrator.
        CertificatesNotBound: see :func:`fingerprints`.
    """
    if not may_administer(by):
        raise NotAllowed("API keys are looked after by administrators.")
    wanted = fingerprints(texts)
    with acting_as(SYSTEM):
        found = ApiKey.objects.select_for_update(of=("self",)).get(pk=key.pk)
        before = found.certificates
        if before != wanted:
            found.certificates = wanted
            found.save(update_fields=["certificates"])
            said = [", ".join(before), ", ".join(wanted)]
            keep(Kind.KEY, Action.CHANGED, found.prefix, by=by, details={"certificates": said})
    return wanted
