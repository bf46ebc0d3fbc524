"""A key that the demo prints, so that whoever runs it can try the API by copy and paste."""

from __future__ import annotations

from typing import Final

from takedowns.directory.keys import create, revoke
from takedowns.directory.models import ApiKey, Platform

_NAME: Final = "Printed by the demo"
_PLATFORM: Final = "telegram"


def new_key() -> str:
    """Make a key of the demo's platform, in the place of the one that was printed before; return its text."""
    for prefix in ApiKey.objects.filter(name=_NAME, revoked_at=None).values_list("prefix", flat=True):
        revoke(prefix)
    return create(name=_NAME, platform=Platform.objects.get(pk=_PLATFORM))[1]
