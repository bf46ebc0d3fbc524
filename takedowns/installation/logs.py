"""What a log never holds: addresses that are a secret. Whoever has such an address is let in."""

from __future__ import annotations

import logging
import re
from typing import Final

#: Invitations, walls shown without signing in, links for a forgotten password.
_SECRET_ADDRESS: Final = re.compile(r"(/invitation/|/wall/|/password/reset/key/)[^/\s?\"'<>]+")


class Formatter(logging.Formatter):
    """Leaves the secret part of addresses out, of whatever is logged and of its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to write."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """Return a text with the secret part of addresses left out."""
    return _SECRET_ADDRESS.sub(r"\1…", text)
