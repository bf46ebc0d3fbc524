"""The facts of the sheets of an XLSX workbook, by one reading of each sheet's XML."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping

from takedowns.readers.facts import MOST_ROWS, Formula, SheetFacts
from takedowns.readers.markup import (
    CHUNK,
    Attributes,
    Budget,
    Elements,
    Reading,
    Refused,
    TooLargeError,
    local,
)


def facts_of_xlsx(
    archive: zipfile.ZipFile, parts: Mapping[str, str], budget: Budget
) -> dict[str, SheetFacts]:
    """The facts of each sheet, by its name; and, by the name of the part, of each part that could be taken for one.

    `parts`: name in lower case → name in the archive. Raises Refused for damage, what zipfile raises, and what the facts
    raise.
    """
    sheets = _sheets(archive, parts, budget)
    found: dict[str, SheetFacts] = {}
    by_part: dict[str, SheetFacts] = {}
    for name, part in sheets.items():
        if part in parts:
            if part not in by_part:
                by_part[part] = _read(archive, parts, part, budget)
            found[name] = by_part[part]
    for part, written in parts.items():
        if part not in by_part and _holds_sheet(archive, written):
            found[f"\0{part}"] = _read(archive, parts, part, budget)
    return found


def _sheets(archive: zipfile.ZipFile, parts: Mapping[str, str], budget: Budget) -> dict[str, str]:
    """Name of each sheet → name of its part, in lower case."""
    targets = _targets(archive, parts, "xl/_rels/workbook.xml.rels", budget)
    found: dict[str, str] = {}
    for element, attributes in _elements(archive, parts, "xl/workbook.xml", budget):
        if element == "sheet":
            key = next(
                (value for name, value in attributes.items() if local(name) == "id" and ":" in name), ""
            )
            name = attributes.get("name", "")
            if name in found:
                raise Refused("Two sheets have the same name.")
            found[name] = _part(targets.get(key, ""))
    return found


def _part(target: str) -> str:
    """The name of a part of the workbook as the reading library finds it, in lower case."""
    target = target.replace("\\", "/")
    if target.startswith("/"):
        return target[1:].lower()
    return target.lower() if target.startswith("xl/") else f"xl/{target}".lower()


def _targets(archive: zipfile.ZipFile, parts: Mapping[str, str], part: str, budget: Budget) -> dict[str, str]:
    """Id of each relationship of a part → what it leads to."""
    return {
        attributes.get("Id", ""): attributes.get("Target", "")
        for element, attributes in _elements(archive, parts, part, budget)
        if element == "Relationship"
    }


def _elements(
    archive: zipfile.ZipFile, parts: Mapping[str, str], part: str, budget: Budget
) -> list[tuple[str, Attributes]]:
    if part not in parts:
        return []
    reading = Elements(budget)
    with archive.open(parts[part]) as stream:
        reading.read(stream)
    return reading.found


def _holds_sheet(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a part, whatever it is called, holds what the reading library looks for in a sheet."""
    sign, rest = b"sheetData", b""
    with archive.open(name) as stream:
        while chunk := stream.read(CHUNK):
            if sign in rest + chunk:
                return True
            rest = chunk[-len(sign) :]
    return False


def _read(archive: zipfile.ZipFile, parts: Mapping[str, str], part: str, budget: Budget) -> SheetFacts:
    reading = _Sheet(budget)
    with archive.open(parts[part]) as stream:
        reading.read(stream)
    folder, _, name = part.rpartition("/")
    if reading.hyperlinks:
        targets = _targets(archive, parts, f"{folder}/_rels/{name}.rels", budget)
        reading.resolve(targets)
    reading.facts.check()
    return reading.facts


class _Sheet(Reading):
    """One reading of a sheet. Names are compared without their prefix, references without their case."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.facts = SheetFacts()
        self.hyperlinks: list[tuple[str, str, str]] = []
        """Area, id of the relationship, place within the target."""
        self._row = self._column = 0
        self._digits = "0"
        self._columns: dict[str, int] = {}
        self._shared: dict[str, tuple[int, int, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Take an element into account."""
        self.elements += 1
        if ":" in name:
            name = local(name)
        if name == "c":
            reference = attributes.get("r")
            if reference is None:
                self._column += 1
            else:
                self._place(reference)
        elif name in {"v", "is"}:
            self.facts.last_row = max(self.facts.last_row, self._row)
            self.facts.last_column = max(self.facts.last_column, self._column)
        elif name == "row":
            digits = attributes.get("r")
            self._row = self._row + 1 if digits is None else number_of(digits)
            self._digits, self._column = str(self._row), 0
            if attributes.get("hidden") in {"1", "true"}:
                self.facts.hidden_rows.add(self._row)
                self.facts.check()
        elif name == "f":
            self.facts.reach(self._row, self._column)
            self._formula(attributes)
        elif name in _AFTER_THE_CELLS:
            _AFTER_THE_CELLS[name](self, attributes)

    def _place(self, reference: str) -> None:
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_of(letters)
        self._column = column
        digits = reference[len(letters) :]
        if digits != self._digits:
            self._row, self._digits = number_of(digits), digits

    def _formula(self, attributes: Attributes) -> None:
        row, column = self._row, self._column
        shared = attributes.get("si", "") if attributes.get("t") == "shared" else ""

        def then(text: str) -> None:
            text = text.strip()
            if shared and text:
                self._shared[shared] = row, column, text
            if shared in self._shared and not text:
                top, left, text = self._shared[shared]
                formula = Formula(text, row - top, column - left)
            else:
                formula = Formula(text)
            if formula.text.upper().lstrip("=").startswith("HYPERLINK"):
                self.facts.links[row, column] = formula
                self.facts.check()

        self.collect(then)

    def _column_width(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in {"1", "true"}:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            self.facts.hidden_columns.append((number_of(first), number_of(last)))
            self.facts.check()

    def _merge(self, attributes: Attributes) -> None:
        self.facts.merged.append(area_of(attributes.get("ref", "")))
        self.facts.check()

    def _hyperlink(self, attributes: Attributes) -> None:
        key = next((value for name, value in attributes.items() if local(name) == "id" and ":" in name), "")
        if key:
            self.hyperlinks.append((attributes.get("ref", ""), key, attributes.get("location", "")))
            if len(self.hyperlinks) > MOST_ROWS:
                raise TooLargeError

    def _filter(self, attributes: Attributes) -> None:  # noqa: ARG002
        self.facts.filtered = True

    def resolve(self, targets: Mapping[str, str]) -> None:
        """Note where the links lead. A place within the target is the fragment of its address."""
        for reference, key, place in self.hyperlinks:
            target = targets.get(key, "")
            if not target:
                continue
            if place:
                target = f"{target}#{place.removeprefix('#')}"
            area = area_of(reference)
            if area[:2] == area[2:]:
                self.facts.links[area[:2]] = target
            else:
                self.facts.link_areas.append((area, target))


_AFTER_THE_CELLS = {
    "col": _Sheet._column_width,
    "mergeCell": _Sheet._merge,
    "hyperlink": _Sheet._hyperlink,
    "filterColumn": _Sheet._filter,
}


def number_of(digits: str) -> int:
    """A number of a row or column. Raises Refused."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise Refused(f"'{digits[:20]}' is no number.")
    return int(digits)


def column_of(letters: str) -> int:
    """The number of a column, 3 of "C" or "c". Raises Refused."""
    if not (letters.isascii() and letters.isalpha()) or len(letters) > 3:
        raise Refused(f"'{letters[:20]}' is no column.")
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place_of(reference: str) -> tuple[int, int]:
    """Row and column of "B12". Raises Refused."""
    letters = reference.rstrip("0123456789")
    return number_of(reference[len(letters) :]), column_of(letters)


def area_of(reference: str) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column of "A1:C3" or "B2". Raises Refused."""
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = place_of(first), place_of(last or first)
    return top, left, bottom, right
