"""Which format a file is in, judged by how it begins, and plain words for those that are not read."""

from __future__ import annotations

from takedowns.readers.model import ReaderError

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF text"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7-Zip)"),
    (b"Rar!\x1a\x07", "a compressed file (RAR)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")
_INSTEAD = "save the list as XLSX, ODS or CSV (UTF-8) and submit that."


def is_zip(start: bytes) -> bool:
    """Whether a file begins as a ZIP archive, which XLSX and ODS are."""
    return start.startswith(ZIP)


def refuse_others(start: bytes, filename: str) -> None:
    """Raise ReaderError for a format that is known and not read; `start` is the beginning of the file."""
    if start.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in start:
            raise encrypted(filename)
        raise ReaderError(
            "legacy_workbook", f"{filename} is a document in the format of Office 97 to 2003; {_INSTEAD}"
        )
    for signature, name in _OTHERS:
        if start.startswith(signature):
            raise unsupported(filename, name)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:9].lower().startswith(_MARKUP):
        raise unsupported(filename, "a web page or XML, whatever its name says")


def encrypted(filename: str) -> ReaderError:
    """The error for a workbook with a password."""
    return ReaderError(
        "encrypted_workbook",
        f"{filename} is protected by a password; remove the password and submit it again.",
    )


def unsupported(filename: str, name: str) -> ReaderError:
    """The error for a format that is not read, named in a word or two."""
    return ReaderError("unsupported_format", f"{filename} is {name}, which is not read; {_INSTEAD}")
