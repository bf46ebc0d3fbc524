"""What a log never holds: addresses that are a secret. Whoever has such an address is let in."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

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


def logging_to_console(level: str) -> dict[str, Any]:
    """Return Django's ``LOGGING``: one line an event, to the console, with the number of the request it belongs to."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "takedowns.access.request_ids.RequestIdFilter"}},
        "formatters": {
            "named": {
                "()": "takedowns.installation.logs.Formatter",
                "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            }
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "named"}
        },
        # What matters of it is told by whoever wanted a connection (takedowns.postgres.trouble).
        "loggers": {"psycopg.pool": {"level": "ERROR"}},
        "root": {"handlers": ["console"], "level": level},
    }
