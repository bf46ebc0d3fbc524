"""Computes the fingerprint of one picture and ends: the part that runs as a process of its own, which holds and reaches nothing.

The libraries that open pictures are not written in Python, and a file may be made for them. What the process gives up stands in
the reader's program, whose path is the first argument; the second is how many pixels are unpacked at most. The picture comes through standard input;
standard output gets ``{"md5": …, "pdq": …, "quality": …}``.
"""

from __future__ import annotations

import hashlib
import io
import json
import runpy
import sys
from typing import Final

UNREADABLE: Final = 4


def fingerprint(content: bytes, most_pixels: int) -> dict[str, str | int]:
    """Return the fingerprint of a picture.

    Raises:
        ValueError: it has too many pixels.
        OSError: it is no picture that can be read.
    """
    import numpy as np  # noqa: PLC0415 - after the limits are set
    import pdqhash  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
        if picture.width * picture.height > most_pixels:
            raise ValueError("too many pixels")
        pixels = np.asarray(picture.convert("RGB"))
    vector, quality = pdqhash.compute(pixels)
    bits = int("".join(str(int(bit)) for bit in vector), 2)
    return {
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "pdq": f"{bits:064x}",
        "quality": max(0, min(100, int(quality))),
    }


def main() -> None:
    """Read standard input, write the fingerprint."""
    limits, most_pixels = sys.argv[1:]
    runpy.run_path(limits)["give_up"]()
    try:
        made = fingerprint(sys.stdin.buffer.read(), int(most_pixels))
    except Exception:  # noqa: BLE001 - whatever it is, it ends here and is told by the status
        sys.exit(UNREADABLE)
    sys.stdout.write(json.dumps(made))


if __name__ == "__main__":
    main()
