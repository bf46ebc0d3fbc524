"""Pictures: reading them with care, and drawing them anew, so that nothing but what is seen reaches a browser."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from django.conf import settings
from django.utils.translation import gettext as _

from takedowns.evidence import isolated_webp
from takedowns.readers import isolated_calamine

if TYPE_CHECKING:
    import PIL.Image

#: What a page shows at most, in pixels; a screenshot of a long page keeps its width.
LARGEST: Final = (1600, 12_000)
#: What a blurred one has at most; its width on the page is that of the picture.
VEILED: Final = (320, 320)
#: Seconds on the clock for one WebP.
PATIENCE_S: Final = 30
_FORMATS: Final = ("PNG", "JPEG")
#: Whatever Pillow raises upon bytes that are no picture, or one that would fill the memory.
_BROKEN: Final = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    IndexError,
    KeyError,
    OverflowError,
    MemoryError,
)


class UnreadableError(Exception):
    """It cannot be read as a picture, or has too many pixels; the message says which."""


def check(file: IO[bytes]) -> None:
    """Read a whole picture, to its last pixel and checksum.

    Raises:
        UnreadableError: it is cut off, broken or too large. What is too large is told by its header and never unpacked.
    """
    try:
        with _opened(file) as picture:
            picture.verify()  # the checksums of a PNG, also behind its last pixel
        with _opened(file) as picture:
            picture.load()
    except _BROKEN as error:
        raise UnreadableError(_("This picture is cut off or broken. Save it once more.")) from error


def check_webp(file: IO[bytes]) -> None:
    """Read a whole WebP, in a process of its own: its library has been broken by files made for it.

    Raises:
        UnreadableError: as for :func:`check`.
    """
    _by_a_process_of_its_own(file, (0, 0), _("This picture is cut off or broken. Save it once more."))


def _by_a_process_of_its_own(file: IO[bytes], largest: tuple[int, int], wrong: str) -> bytes:
    file.seek(0)
    try:
        done = subprocess.run(
            [
                sys.executable,
                "-I",
                str(Path(isolated_webp.__file__)),
                str(Path(isolated_calamine.__file__)),
                *(str(one) for one in (settings.EVIDENCE_MAX_PIXELS, *largest)),
            ],
            input=file.read(),
            capture_output=True,
            env={},
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError(wrong) from error
    if done.returncode == isolated_webp.TOO_MANY_PIXELS:
        raise _too_many_pixels()
    if done.returncode:
        raise UnreadableError(wrong)
    return done.stdout


def _is_webp(file: IO[bytes]) -> bool:
    file.seek(0)
    return file.read(12)[8:] == b"WEBP"


def redraw(file: IO[bytes]) -> tuple[bytes, str]:
    """Draw a picture anew, no larger than a page needs; return it and its media type.

    Only pixels are carried over: no metadata (where and with what it was taken), no colour profile, nothing that was put
    behind the picture.

    Raises:
        UnreadableError: as for :func:`check`.
    """
    from PIL import ImageOps  # noqa: PLC0415 - large, and most processes never need it
    from PIL.Image import Resampling  # noqa: PLC0415

    if _is_webp(file):
        ending, _line, drawn_anew = _by_a_process_of_its_own(
            file, LARGEST, _("This picture cannot be drawn.")
        ).partition(b"\n")
        return drawn_anew, f"image/{ending.decode()}"
    try:
        with _opened(file) as opened:
            opened.draft("RGB", _fitted(opened.size))  # of a JPEG, unpacks no more than is needed
            is_jpeg = opened.format != "PNG"
            turned = ImageOps.exif_transpose(opened)
        transparent = not is_jpeg and turned.has_transparency_data
        drawn = turned.convert("RGBA" if transparent else "RGB")
        drawn.thumbnail(LARGEST, Resampling.LANCZOS)
        drawn.info = {}
        into = io.BytesIO()
        if is_jpeg:
            drawn.save(into, "JPEG", quality=85)
        else:
            drawn.save(into, "PNG", compress_level=4)
    except _BROKEN as error:
        raise UnreadableError(_("This picture cannot be drawn.")) from error
    return into.getvalue(), "image/jpeg" if is_jpeg else "image/png"


def veiled(file: IO[bytes]) -> bytes:
    """Return a picture small, grey and blurred beyond what can be recognised: whether there is one, and of which shape. A JPEG.

    Raises:
        UnreadableError: as for :func:`check`.
    """
    import PIL.Image  # noqa: PLC0415 - large, and most processes never need it
    from PIL import ImageFilter  # noqa: PLC0415

    drawn, _media_type = redraw(file)
    with PIL.Image.open(io.BytesIO(drawn), formats=_FORMATS) as picture:
        grey = picture.convert("LA").convert("L")
        grey.thumbnail(VEILED)
    into = io.BytesIO()
    grey.filter(ImageFilter.GaussianBlur(max(grey.size) / 20)).save(into, "JPEG", quality=60)
    return into.getvalue()


def _fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size at which a picture is shown."""
    scale = min(1.0, LARGEST[0] / size[0], LARGEST[1] / size[1])
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _opened(file: IO[bytes]) -> PIL.Image.Image:
    """Open a picture and read its header; refuse one with more pixels than are ever unpacked."""
    import PIL.Image  # noqa: PLC0415 - large, and most processes never need it

    file.seek(0)
    try:
        picture = PIL.Image.open(file, formats=_FORMATS)
    except (PIL.Image.DecompressionBombError, PIL.Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    if picture.width * picture.height > settings.EVIDENCE_MAX_PIXELS:
        raise _too_many_pixels()
    return picture


def _too_many_pixels() -> UnreadableError:
    return UnreadableError(
        _("This picture has more than %(most)d million pixels. Attach it in parts, or as a PDF.")
        % {"most": settings.EVIDENCE_MAX_PIXELS // 1_000_000}
    )
