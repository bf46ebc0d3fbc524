"""Draws one WebP anew and ends: the part that runs as a process of its own, which holds and reaches nothing.

The library that opens WebP is not written in Python, and has been broken by files made for it. What the process gives up stands in the
reader's program, whose path is the first argument; then how many pixels are unpacked at most, and the most that is shown, width and height (0 0: only
read it). The picture comes through standard input; standard output gets ``png`` or ``jpeg``, a line end, and the picture drawn anew.
"""

from __future__ import annotations

import io
import runpy
import sys
from typing import Final

UNREADABLE: Final = 4
TOO_MANY_PIXELS: Final = 5


class TooManyPixelsError(Exception):
    """It would unpack to more than is taken."""


def redraw(content: bytes, most_pixels: int, largest: tuple[int, int]) -> bytes:
    """Return a picture drawn anew, its first frame; only its pixels are carried over. Nothing where ``largest`` is 0 by 0.

    Raises:
        TooManyPixelsError: told by its header; it is never unpacked.
        OSError: it is no picture that can be read to its end.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - after the limits are set

    with Image.open(io.BytesIO(content), formats=("WEBP",)) as picture:
        if picture.width * picture.height > most_pixels:
            raise TooManyPixelsError
        picture.load()
        if not all(largest):
            return b""
        turned = ImageOps.exif_transpose(picture)
    drawn = turned.convert("RGBA" if turned.has_transparency_data else "RGB")
    drawn.thumbnail(largest, Image.Resampling.LANCZOS)
    drawn.info = {}
    into = io.BytesIO()
    if drawn.mode == "RGBA":
        drawn.save(into, "PNG", compress_level=4)
        return b"png\n" + into.getvalue()
    drawn.save(into, "JPEG", quality=85)
    return b"jpeg\n" + into.getvalue()


def main() -> None:
    """Read standard input, write the picture; the status says what was wrong."""
    limits, most_pixels, width, height = sys.argv[1:]
    runpy.run_path(limits)["give_up"]()
    try:
        drawn = redraw(sys.stdin.buffer.read(), int(most_pixels), (int(width), int(height)))
    except TooManyPixelsError:
        sys.exit(TOO_MANY_PIXELS)
    except Exception:  # noqa: BLE001 - whatever it is, it ends here and is told by the status
        sys.exit(UNREADABLE)
    sys.stdout.buffer.write(drawn)


if __name__ == "__main__":
    main()
