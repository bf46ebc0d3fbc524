"""Bytes to physical lines: decoded, bounded and counted, in constant memory."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from takedowns.readers.encoding import byte_order_mark, detect
from takedowns.readers.model import MAX_LINE, NUL_MARK

CHUNK = 1 << 16
_LINE_END = re.compile(r"\r\n?|\n")


class Lines:
    """The lines of a text in batches, each line with its own line end (LF, CRLF or CR).

    Bytes that do not decode become U+FFFD, NULs become U+2400. A line longer than MAX_LINE is cut there, which its
    length (above MAX_LINE, the line end included) tells.
    """

    def __init__(self, stream: BinaryIO, start: bytes = b"", encoding: str = "") -> None:
        """Read `stream`, of which `start` has been read already, in an encoding that is known or found out."""
        self._stream = stream
        self._start = start
        self._known = encoding
        self.bytes_read = 0
        self.encoding = "utf-8"
        """What is being decoded; "utf-8" as long as only ASCII was met."""

    def batches(self) -> Iterator[list[str]]:
        """Yield the lines, some hundred at a time; once only."""
        rest = ""
        passing_over = False
        for text in self._texts():
            if passing_over:
                end = _LINE_END.search(text)
                if end is None:
                    continue
                text, passing_over = text[end.end() :], False  # noqa: PLW2901
            may_be_long = len(rest) + len(text) > MAX_LINE
            lines = list(io.StringIO(rest + text, newline=""))
            # Without its LF the last line may go on in the next chunk: more of it, or the LF of a CRLF.
            rest = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            if len(rest) > MAX_LINE:
                passing_over = not rest.endswith("\r")
                lines.append(rest)
                rest = ""
            if may_be_long:
                lines = [_bounded(line) for line in lines]
            if lines:
                yield lines
        if rest:
            yield [rest]

    def _texts(self) -> Iterator[str]:
        decoder = _decoder(self._known) if self._known else None
        first = True
        while chunk := self._chunk():
            if first and decoder is None:
                first = False
                marked = byte_order_mark(chunk)
                if marked:
                    self.encoding, length = marked
                    decoder = _decoder(self.encoding)
                    chunk = chunk[length:]
            if decoder is None:
                if chunk.isascii() and b"\0" not in chunk:
                    yield chunk.decode("ascii")
                    continue
                if chunk[:-4].isascii():
                    chunk += self._chunk()
                self.encoding = detect(chunk)
                decoder = _decoder(self.encoding)
            yield decoder.decode(chunk).replace("\0", NUL_MARK)
        if decoder is not None:
            yield decoder.decode(b"", final=True)

    def _chunk(self) -> bytes:
        chunk = self._start or self._stream.read(CHUNK)
        self._start = b""
        self.bytes_read += len(chunk)
        return chunk


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder(encoding)("replace")


def _bounded(line: str) -> str:
    return line if len(line) <= MAX_LINE else line[:MAX_LINE] + "\n"
