"""JSON in and out, by orjson: strict (no NaN, no lone surrogates), with a limit to its depth, and fast."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import IO, Any, Final

import orjson
from django.conf import settings
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from takedowns.api.problems import Problem
from takedowns.representation.wire import dumps

#: zlib's own format with a gzip header and trailer (RFC 1952).
GZIP: Final = 16 + zlib.MAX_WBITS


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
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what the body says.

        Raises:
            Problem: it is no JSON (with line and column), or too long.
        """
        content = stream.read(settings.API_MAX_BODY_BYTES + 1)
        if parser_context is not None:
            content = _unpacked(content, parser_context["request"].META.get("HTTP_CONTENT_ENCODING", ""))
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


def _unpacked(content: bytes, encoding: str) -> bytes:
    """Return a body as it was before it was packed; no more of it than the limit and one byte, whatever it would become.

    Raises:
        Problem: it is packed otherwise than by gzip, or no gzip, or cut off.
    """
    if encoding.strip().lower() in ("", "identity"):
        return content
    if encoding.strip().lower() not in ("gzip", "x-gzip"):
        raise Problem(
            "unsupported-media-type",
            f"Content-Encoding “{encoding[:40]}” is not read here; gzip is, or none.",
            headers={"Accept-Encoding": "gzip, identity"},
        )
    unpack = zlib.decompressobj(GZIP)
    try:
        found = unpack.decompress(content, settings.API_MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise Problem("malformed", f"The body is not gzip, as Content-Encoding says: {error}.") from None
    if not unpack.eof and len(found) <= settings.API_MAX_BODY_BYTES:
        raise Problem("malformed", "The body is gzip that was cut off. Send it again.")
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
