"""Files as officers and their enemies send them: good ones of each type, and those that pretend, burst or are cut off."""

from __future__ import annotations

import gzip
import io
import struct
import zlib

from PIL import Image

WARC = (
    b"WARC/1.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:6f8d4f0e-0000-4000-8000-000000000001>\r\n"
    b"WARC-Date: 2019-11-21T12:00:00Z\r\nContent-Length: 13\r\n\r\nsoftware: me\n\r\n\r\n"
)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\nxref\n0 1\ntrailer <<>>\nstartxref\n29\n%%EOF\n"
HTML = b"<!DOCTYPE html><script>alert(document.domain)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
TEXT = "The channel’s description, copied at 12:04 CET.\n".encode()


def picture(
    kind: str = "PNG", size: tuple[int, int] = (120, 80), mode: str = "RGB", **extra: object
) -> bytes:
    """Return a picture with stripes, so that it does not shrink to nothing."""
    into = io.BytesIO()
    drawn = Image.linear_gradient("L").resize(size).convert(mode)
    drawn.save(into, kind, **extra)
    return into.getvalue()


def png_bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of a hundred kilobytes that unpacks to gigabytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = zlib.compressobj(9)
    packed = b"".join(row.compress(bytes(width // 8 + 1)) for _ in range(height)) + row.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def text_bomb() -> bytes:
    """Return a small PNG with a comment that unpacks to two hundred megabytes."""
    good = picture()
    body = b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return good[:33] + chunk + good[33:]


def gzip_bomb() -> bytes:
    """Return a compressed file that begins with a lot of nothing."""
    return gzip.compress(bytes(50_000_000))


def box(name: bytes, content: bytes) -> bytes:
    """Return one box of a video."""
    return struct.pack(">I", 8 + len(content)) + name + content


def video(brand: bytes = b"isom", seconds: int = 95, films: bytes | None = None) -> bytes:
    """Return the boxes of an MP4 in which there is nothing to see; it says how long it runs."""
    head = box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + bytes(80))
    return (
        box(b"ftyp", brand + bytes(4) + brand)
        + box(b"moov", head if films is None else films)
        + box(b"mdat", bytes(64))
    )


GOOD = {
    "shot.png": (picture(), "image/png"),
    "photo.jpg": (picture("JPEG"), "image/jpeg"),
    "shot.webp": (picture("WEBP"), "image/webp"),
    "lossless.webp": (picture("WEBP", (30, 20), "RGBA", lossless=True), "image/webp"),
    "clip.mp4": (video(), "video/mp4"),
    "page.pdf": (PDF, "application/pdf"),
    "chat.txt": (TEXT, "text/plain"),
    "irc.log": (b"<lantern> new channel at t.me/demo_lantern\n", "text/plain"),
    "site.warc": (WARC * 3, "application/warc"),
    "site.warc.gz": (gzip.compress(WARC), "application/gzip"),
    # The name says nothing.
    "really-a-picture.txt": (picture(size=(40, 40)), "image/png"),
}

BAD = {
    "empty.png": (b"", "nothing in it"),
    "page.png": (HTML, "web page"),
    "indented.txt": (b"\xef\xbb\xbf \n" + HTML, "web page"),
    "comment.txt": (b"<!-- --><script></script>", "web page"),
    "drawing.svg": (SVG, "drawing in markup"),
    "xml.svg": (b'<?xml version="1.0"?>' + SVG, "drawing in markup"),
    "cut.png": (picture()[:-20], "cut off"),
    "wrong-checksum.png": (picture()[:-16] + bytes(4) + picture()[-12:], "broken"),
    "cut.jpg": (picture("JPEG", (400, 300))[:-200], "cut off"),
    "only-magic.png": (b"\x89PNG\r\n\x1a\n" + HTML, "broken"),
    "text-bomb.png": (text_bomb(), "broken"),
    "cut.webp": (picture("WEBP")[:-20], "cut off"),
    "page-behind.webp": (picture("WEBP") + HTML, "cut off"),
    "only-magic.webp": (b"RIFF" + struct.pack("<I", 8 + 60) + b"WEBPVP8 " + bytes(60), "cut off"),
    "sound.webp": (b"RIFF\x24\0\0\0WAVEfmt ", "none of what is taken"),
    "cut.mp4": (video()[:-1], "cut off"),
    "page-behind.mp4": (video() + HTML, "cut off"),
    "no-film.mp4": (box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat", b"x"), "cut off"),
    "no-header.mp4": (video(films=b""), "cut off"),
    "quicktime.mp4": (video(b"qt  "), "no MP4"),
    "photo.heic": (video(b"heic"), "no MP4"),
    "cut.pdf": (PDF[:-8], "cut off"),
    "pdf-behind-a-page.pdf": (HTML + PDF, "web page"),
    "nul.txt": (b"text\0more", "none of what is taken"),
    "utf16.txt": ("text".encode("utf-16"), "none of what is taken"),
    "latin1.txt": ("Überschrift".encode("latin-1"), "none of what is taken"),
    "program.png": (b"MZ\x90\0\x03", "none of what is taken"),
    "picture.gif": (b"GIF89a\x01\0\x01\0\0\0\0", "none of what is taken"),
    "archive.zip": (b"PK\x03\x04\x14\0\0\0", "none of what is taken"),
    "cut.warc": (WARC[:-12], "cut off"),
    "old.warc": (WARC.replace(b"WARC/1.1", b"WARC/9.9"), "no web archive"),
    "nothing.warc": (b"WARC/1.0\r\n\r\n", "no web archive"),
    "bomb.gz": (gzip_bomb(), "no web archive"),
    "not.gz": (b"\x1f\x8b not", "cannot be unpacked"),
}
