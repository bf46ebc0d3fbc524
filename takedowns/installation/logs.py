"""What logs are like: a line an event, with time, level and the request it belongs to, and nobody's secrets.

A log never holds addresses that let somebody in (invitations, walls, hand-offs), nor what comes behind the question mark of an address,
which is what people search for. Whoever did it stands there by id, never by name.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Final

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: Invitations, walls and hand-offs shown without signing in, links for a forgotten password.
_SECRET_ADDRESS: Final = re.compile(r"(/invitation/|/wall/|/hand-off/|/password/reset/key/)[^/\s?\"'<>\\]+")
#: What is asked for at an address.
_ASKED: Final = re.compile(r"(/[^\s?\"'<>\\]*\?)[^\s\"'<>\\]+")


class Formatter(structlog.stdlib.ProcessorFormatter):
    """Writes records of Python's logging as lines for people, or as JSON for programs.

    Args:
        kind: ``console`` or ``json``.
    """

    def __init__(self, kind: str) -> None:
        renderer: Processor = (
            structlog.processors.JSONRenderer(serializer=_json)
            if kind == "json"
            else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, pad_level=False)
        )
        super().__init__(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
            foreign_pre_chain=[
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                _add_who,
                structlog.processors.format_exc_info,
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        """Return the line to write."""
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """Return a text without the secret part of addresses, and without what was asked for at any."""
    return _ASKED.sub(r"\1…", _SECRET_ADDRESS.sub(r"\1…", text))


def logging_to_console(level: str, kind: str) -> dict[str, Any]:
    """Return Django's ``LOGGING``: all of it to standard error.

    Args:
        level: the least that is written.
        kind: ``console`` or ``json``.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": "takedowns.access.request_ids.RequestIdFilter"}},
        "formatters": {"lines": {"()": "takedowns.installation.logs.Formatter", "kind": kind}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "lines"}
        },
        # What matters of it is told by whoever wanted a connection (takedowns.postgres.trouble).
        "loggers": {"psycopg.pool": {"level": "ERROR"}},
        "root": {"handlers": ["console"], "level": level},
    }


def _add_who(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Add the request, and the ids of the person and of the key that made it, where there are."""
    from takedowns.access.actor import doing  # noqa: PLC0415 - settings name this module
    from takedowns.access.origin import origin  # noqa: PLC0415

    record = event.get("_record")
    if (request_id := getattr(record, "request_id", "-")) != "-":
        event["request_id"] = request_id
    if person := getattr(record, "person", None) or doing().user_id:
        event["person"] = str(person)
    door, *words = origin().split(" ")
    if door in ("key", "link", "command") and words:
        event[door] = words[0]
    return event


def _json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=str).decode()
