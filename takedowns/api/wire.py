"""JSON in and out, by orjson: strict (no NaN, no lone surrogates), with a limit to its depth, and fast."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from takedowns.api.problems import Problem
from takedowns.representation.wire import dumps


class JsonRenderer(BaseRenderer):
    """Writes answers."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,  # noqa: ARG002
        renderer_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> bytes:
        """Return the bytes; none for an answer without a body."""
        return b"" if data is None else dumps(data)


class JsonParser(BaseParser):
    """Reads bodies up to ``API_MAX_BODY_BYTES``."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return what the body says.

        Raises:
            Problem: it is no JSON (with line and column), or too long.
        """
        content = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if len(content) > settings.API_MAX_BODY_BYTES:
            raise too_large(settings.API_MAX_BODY_BYTES)
        if not content:
            raise Problem("malformed", "The body is empty; send one JSON value.")
        try:
            found = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise Problem("malformed", f"The body is not JSON: {error}. Send UTF-8.") from None
        _refuse_names_given_twice(content)
        return found


def _refuse_names_given_twice(content: bytes) -> None:
    """Refuse an object that gives a name twice: which of the two counts would be a guess (RFC 8259, section 4).

    orjson takes the last without a word, so the text is read once more.
    """

    def members(pairs: list[tuple[str, Any]]) -> None:
        names = {name for name, _ in pairs}
        if len(names) < len(pairs):
            twice = next(name for name in names if sum(name == one for one, _ in pairs) > 1)
            raise Problem("malformed", f"The name “{twice[:100]}” stands twice in one object. Send it once.")

    try:
        json.loads(content, object_pairs_hook=members)
    except RecursionError:
        raise Problem("malformed", "The body is nested too deeply to be read.") from None


def too_large(limit: int) -> Problem:
    """Return the problem of a body longer than ``limit`` bytes."""
    return Problem(
        "too-large", f"The body is longer than {limit:,} bytes. Send it in several calls.".replace(",", " ")
    )
