"""Looking into a workbook before it is opened: how large it becomes, and what its sheets say beside their cells.

The library that reads workbooks lays each sheet out as one rectangle, from its first to its last filled cell, and cannot be
stopped. One cell in the far corner of XLSX makes 17 thousand million of them, in a file of a few kilobytes; so the corners
of all parts that it could take for a sheet are looked up before, whatever they are called.
"""

from __future__ import annotations

import zipfile

from takedowns.readers.facts import SheetFacts
from takedowns.readers.facts_ods import facts_of_ods
from takedowns.readers.facts_xlsx import facts_of_xlsx
from takedowns.readers.markup import Budget, Refused, TooLargeError

MAX_UNPACKED = 512 << 20
"""Bytes of all parts of a workbook together, unpacked."""

MAX_CELLS = 20_000_000
"""Cells of the rectangles of all sheets together, empty ones included: a million rows of twenty columns."""

_BODIES = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
"""What makes an archive an XLSX, XLSB or ODS workbook. The library takes the first that it can open."""


def parts_of(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name of each part in lower case → as written; the library finds parts in any case.

    Raises Refused for an archive with two parts of one name, or that is two workbooks at once.
    """
    found = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    if len(found) < len(archive.namelist()):
        raise Refused("Two parts have the same name.")
    if sum(body in found for body in _BODIES) > 1:
        raise Refused("It is two workbooks at once.")
    return found


def facts_of(archive: zipfile.ZipFile, kind: str, parts: dict[str, str]) -> dict[str, SheetFacts]:
    """What each sheet of a workbook ("xlsx" or "ods") says beside its cells, by its name.

    Raises TooLargeError for a workbook that takes more room than a list of a million links needs, Refused for a damaged
    one, and what zipfile raises.
    """
    if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
        raise TooLargeError
    budget = Budget()
    if kind == "ods":
        sheets = facts_of_ods(archive, parts["content.xml"], budget)
    else:
        sheets = facts_of_xlsx(archive, parts, budget)
    if sum(facts.cells for facts in sheets.values()) > MAX_CELLS:
        raise TooLargeError
    return sheets
