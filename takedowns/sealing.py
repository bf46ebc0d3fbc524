"""Secrets that are needed again and so are kept: encrypted with a key made from ``SECRET_KEY``, one for each purpose."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(secret: str, purpose: str) -> str:
    """Encrypt a secret for the database.

    Args:
        purpose: what it is for; another purpose has another key.
    """
    return (
        _box(purpose, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(secret.encode()).decode()
    )


def unseal(sealed: str, purpose: str) -> str:
    """Return the secret.

    Raises:
        cryptography.fernet.InvalidToken: it was sealed for another purpose, or with a SECRET_KEY that is neither in use
            nor a fallback.
    """
    return (
        _box(purpose, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(sealed.encode()).decode()
    )


@lru_cache(maxsize=16)
def _box(purpose: str, *keys: str) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derived(key, purpose))) for key in keys])


def derived(key: str, purpose: str) -> bytes:
    """Return the 32 bytes that a secret key gives for a purpose; another purpose has others."""
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(key.encode())
