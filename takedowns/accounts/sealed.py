"""Secrets of second factors, which stand sealed in the database: can they still be opened?"""

from __future__ import annotations

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken


def unreadable() -> int:
    """Return how many secrets of apps on telephones were sealed with a key that is neither in use nor a fallback."""
    adapter, lost = get_adapter(), 0
    for data in Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("data", flat=True):
        try:
            adapter.decrypt(data["secret"])
        except InvalidToken:
            lost += 1
    return lost
