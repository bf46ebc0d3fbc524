"""Secrets of endpoints: needed again to sign, so kept, and kept encrypted with a key made from ``SECRET_KEY``."""

from __future__ import annotations

import base64
import secrets
from functools import lru_cache
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

#: Standard Webhooks: 24 to 64 bytes, base64, after this mark.
MARK: Final = "whsec_"
BYTES: Final = 32


def make() -> str:
    """Return a new secret, as the receiver keeps it."""
    return MARK + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def seal(secret: str) -> str:
    """Encrypt a secret for the database."""
    return _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the secret.

    Raises:
        cryptography.fernet.InvalidToken: it was sealed with a SECRET_KEY that is neither in use nor a fallback.
    """
    return _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()


@lru_cache(maxsize=8)
def _box(*keys: str) -> MultiFernet:
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derivation = HKDF(SHA256(), length=32, salt=None, info=b"takedowns webhook secrets")
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
