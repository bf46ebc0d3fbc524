"""What a file is, told from its bytes: its first ones, and then by reading it as what it says it is.

Its name and what a browser says of it are not asked. What a file bears besides (a picture with a web page at its end) does
no harm: originals are only downloaded, and pictures are drawn anew (``evidence_pictures``).
"""

from __future__ import annotations

import codecs
import re
import zlib
from typing import IO, Final

from django.utils.translation import gettext as _

from takedowns.evidence.models import MediaType
from takedowns.evidence.pictures import UnreadableError, check, check_webp
from takedowns.evidence.videos import NoVideoError, looks_like_video, seconds_of

_CHUNK: Final = 1024 * 1024
_HEADER: Final = 64 * 1024
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
#: A container of that name (RIFF), its length, and in it a picture that is lossy, lossless or extended (RFC 9649, 2.3 to 2.7).
_WEBP: Final = re.compile(rb"RIFF(....)WEBPVP8[ LX]", re.DOTALL)
_GZIP: Final = b"\x1f\x8b"
#: ISO 28500; the versions 1.0 and 1.1 are in use.
_WARC: Final = re.compile(rb"WARC/1\.[01]\r\n")
#: A record must name these (ISO 28500, 5.1).
_WARC_FIELDS: Final = (b"warc-type", b"warc-record-id", b"warc-date", b"content-length")
#: How a browser that looks for itself tells a web page or drawing (WHATWG, MIME sniffing, 7.1), and SVG.
_MARKUP: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?[\t\n\f\r ]*<(?:!--|"
    rb"(?:!doctype|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|\?xml)[\s>])",
    re.IGNORECASE,
)


class NotTakenError(Exception):
    """A file is not what may be attached; the message says why, and is meant for whoever sent it."""


def media_type_of(file: IO[bytes]) -> MediaType:
    """Return what a file is.

    Raises:
        NotTakenError: nothing that is taken, or broken.
    """
    file.seek(0)
    head = file.read(_HEADER)
    if not head:
        raise NotTakenError(_("There is nothing in it."))
    if head.startswith((_PNG, _JPEG)):
        return _picture(file, MediaType.PNG if head.startswith(_PNG) else MediaType.JPEG)
    if found := _WEBP.match(head):
        return _webp(file, int.from_bytes(found[1], "little"))
    if looks_like_video(head):
        return _video(file)
    if head.startswith(b"%PDF-"):
        return _pdf(file, head)
    if head.startswith(b"WARC/"):
        _warc_header(head)
        _warc_whole(file)
        return MediaType.WARC
    if head.startswith(_GZIP):
        _warc_header(_unpacked(head))
        return MediaType.WARC_GZ
    return _text(file, head)


def _picture(file: IO[bytes], media_type: MediaType) -> MediaType:
    try:
        check(file)
    except UnreadableError as error:
        raise NotTakenError(str(error)) from error
    return media_type


def _webp(file: IO[bytes], length: int) -> MediaType:
    # What stands behind the picture would be no part of it; its length is even, and the header of the container is not in it.
    if file.seek(0, 2) != length + 8:
        raise NotTakenError(_("This picture is cut off or broken. Save it once more."))
    try:
        check_webp(file)
    except UnreadableError as error:
        raise NotTakenError(str(error)) from error
    return MediaType.WEBP


def _video(file: IO[bytes]) -> MediaType:
    try:
        seconds_of(file)
    except NoVideoError as error:
        raise NotTakenError(str(error)) from error
    return MediaType.MP4


def _pdf(file: IO[bytes], head: bytes) -> MediaType:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    end = file.read()
    if not re.match(rb"%PDF-[12]\.\d", head):
        raise NotTakenError(_("It begins like a PDF of no known version."))
    if b"%%EOF" not in end or b"startxref" not in end:
        raise NotTakenError(_("This PDF is cut off: its end is missing. Save it once more."))
    return MediaType.PDF


def _unpacked(head: bytes) -> bytes:
    """Return the beginning of what is compressed, never more of it: a small file may unpack to a huge one."""
    try:
        return zlib.decompressobj(wbits=31).decompress(head, _HEADER)
    except zlib.error as error:
        raise NotTakenError(_("It is compressed, and cannot be unpacked.")) from error


def _warc_header(head: bytes) -> int:
    """Return the length of the header of a record that begins here, after making sure that it is one."""
    fields, end, _rest = head.partition(b"\r\n\r\n")
    names = {line.partition(b":")[0].strip().lower() for line in fields.split(b"\r\n")[1:]}
    if not _WARC.match(head) or not end or not names.issuperset(_WARC_FIELDS):
        raise NotTakenError(
            _("It is no web archive (WARC 1.0 or 1.1). Other compressed files are not taken.")
        )
    return len(fields) + len(end)


def _warc_whole(file: IO[bytes]) -> None:
    """Go from record to record by their lengths, so that one that is cut off is noticed."""
    end, at = file.seek(0, 2), 0
    while at < end:
        file.seek(at)
        head = file.read(_HEADER)
        length = _warc_header(head)
        told = re.search(rb"\r\ncontent-length:[ \t]*(\d{1,15})[ \t]*\r\n", head[:length], re.IGNORECASE)
        at += length + (int(told[1]) if told else end) + len(b"\r\n\r\n")
    if at != end:
        raise NotTakenError(_("This web archive is cut off: the end of a record is missing."))


def _text(file: IO[bytes], head: bytes) -> MediaType:
    if _MARKUP.match(head):
        raise NotTakenError(
            _(
                "It is a web page or a drawing in markup (HTML, SVG, XML). Attach a picture, a PDF or a web archive of it."
            )
        )
    if not _is_text(file):
        raise NotTakenError(
            _(
                "It is none of what is taken: PNG, JPEG, WebP, PDF, MP4, plain text in UTF-8, WARC. Its name does not count."
            )
        )
    return MediaType.TEXT


def _is_text(file: IO[bytes]) -> bool:
    """Tell whether a file is UTF-8 to its end, and without NUL, which no text bears."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
            if b"\0" in chunk:
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True
