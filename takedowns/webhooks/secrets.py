"""Secrets of endpoints: needed again to sign, so kept, and kept encrypted."""

from __future__ import annotations

import base64
import secrets
from typing import Final

from cryptography.fernet import InvalidToken

from takedowns import sealing
from takedowns.access.actor import SYSTEM, acting_as
from takedowns.webhooks.models import Endpoint

#: Standard Webhooks: 24 to 64 bytes, base64, after this mark.
MARK: Final = "whsec_"
BYTES: Final = 32
_PURPOSE: Final = "takedowns webhook secrets"


def make() -> str:
    """Return a new secret, as the receiver keeps it."""
    return MARK + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret: str) -> str:
    """Encrypt a secret for the database."""
    return sealing.seal(secret, _PURPOSE)


def unseal(sealed: str) -> str:
    """Return the secret. Raises as ``sealing.unseal``."""
    return sealing.unseal(sealed, _PURPOSE)


def unreadable() -> int:
    """Return how many endpoints' secrets were sealed with a key that is neither in use nor a fallback."""
    with acting_as(SYSTEM):
        kept = list(Endpoint.objects.exclude(secret="").values_list("secret", flat=True))
    lost = 0
    for sealed in kept:
        try:
            unseal(sealed)
        except InvalidToken:
            lost += 1
    return lost
