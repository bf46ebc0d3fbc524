"""Typesetting with typst, the same bytes for the same content on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst


def typeset(template: Path, content: Mapping[str, Any]) -> bytes:
    """Return the PDF that ``template`` makes of ``content``, which it reads as JSON from ``sys.inputs.content``.

    The template sets the document's date from the content: then the same content gives the same bytes.
    """
    written = typst.compile(
        template.read_bytes(),
        # The fonts that come with typst: the same page on every machine.
        ignore_system_fonts=True,
        sys_inputs={"content": json.dumps(content, ensure_ascii=False, sort_keys=True)},
    )
    if not isinstance(written, bytes):
        raise TypeError("typst wrote no single document.")
    return written
