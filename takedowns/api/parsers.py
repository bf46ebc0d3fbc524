"""Bodies of calls that are files, and not JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import IO, Any, Final

from rest_framework.parsers import BaseParser

from takedowns.evidence.models import MediaType

_SPOOL_BYTES: Final = 1024 * 1024
_CHUNK: Final = 256 * 1024


class FileParser(BaseParser):
    """Takes a file as it is, to disk when it is long. What it is, its content decides: the reader of the pages reads it."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Return the content as a file."""
        spool: IO[bytes] = tempfile.SpooledTemporaryFile(_SPOOL_BYTES)  # noqa: SIM115 - closed with the request
        while chunk := stream.read(_CHUNK):
            spool.write(chunk)
        spool.seek(0)
        return spool


class CsvParser(FileParser):
    """Takes CSV."""

    media_type = "text/csv"


class XlsxParser(FileParser):
    """Takes a workbook of Excel (Office Open XML)."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class OdsParser(FileParser):
    """Takes a workbook of LibreOffice (OpenDocument)."""

    media_type = "application/vnd.oasis.opendocument.spreadsheet"


def _as_it_is(media_type: str) -> type[FileParser]:
    return type("EvidenceParser", (FileParser,), {"media_type": media_type})


#: Files of evidence. What one is, its content decides; the media type is only one under which it may be sent.
EVIDENCE: Final = tuple(
    _as_it_is(one) for one in ("application/octet-stream", *(str(one) for one in MediaType))
)
#: The files that are taken, by media type: how the name of one ends.
FILES: Final = {CsvParser.media_type: ".csv", XlsxParser.media_type: ".xlsx", OdsParser.media_type: ".ods"}
