"""Typesetting with typst, the same bytes for the same content on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from takedowns.tabular.signs import shown


def typeset(template: Path, content: Mapping[str, Any]) -> bytes:
    """Return the PDF that ``template`` makes of ``content``, which it reads as JSON from ``sys.inputs.content``.

    Signs that turn the direction of reading are written out. The template sets the document's date from the content: then the same content gives the same bytes.
    """
    import typst  # noqa: PLC0415 - large, and most processes never need it

    written = typst.compile(
        template.read_bytes(),
        # The fonts that come with typst: the same page on every machine.
        ignore_system_fonts=True,
        sys_inputs={"content": shown(json.dumps(content, ensure_ascii=False, sort_keys=True))},
    )
    if not isinstance(written, bytes):
        raise TypeError("typst wrote no single document.")
    return written


def typeset_picture(svg: bytes, pixels_an_inch: float = 192) -> bytes:
    """Return an SVG as PNG, drawn by typst; system fonts are used, since the ones that come with it have no sans serif.

    Raises:
        TypeError: typst wrote more than one picture.
    """
    import typst  # noqa: PLC0415 - large, and most processes never need it

    written = typst.compile(
        b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")',
        format="png",
        ppi=pixels_an_inch,
        sys_inputs={"svg": svg.decode()},
    )
    if not isinstance(written, bytes):
        raise TypeError("typst wrote no single picture.")
    return written
