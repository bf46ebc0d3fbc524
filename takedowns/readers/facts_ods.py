"""The facts of the sheets of an ODS workbook, by one reading of its content."""

from __future__ import annotations

import zipfile

from takedowns.readers.facts import MOST_ROWS, Formula, SheetFacts
from takedowns.readers.facts_xlsx import number_of
from takedowns.readers.markup import Attributes, Budget, Reading, Refused, TooLargeError

_HIDDEN = frozenset({"collapse", "filter"})
_MOST_COLUMNS = 16_384


def facts_of_ods(archive: zipfile.ZipFile, name: str, budget: Budget) -> dict[str, SheetFacts]:
    """The facts of each sheet, by its name; repetitions counted out. Raises as `facts_of_xlsx`."""
    reading = _Content(budget)
    with archive.open(name) as stream:
        reading.read(stream)
    return reading.sheets


class _Content(Reading):
    """One reading of content.xml; the library knows its elements by the usual prefixes, and so does this."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.sheets: dict[str, SheetFacts] = {}
        self._facts = SheetFacts()
        self._row = self._column = self._columns = 0
        self._rows_more = self._columns_more = 0
        self._in_a_remark = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Take an element into account."""
        self.elements += 1
        if self._in_a_remark:
            return
        if name in {"table:table-cell", "table:covered-table-cell"}:
            self._cell(attributes)
        elif name == "table:table-row":
            self._row += self._rows_more
            self._rows_more = _times(attributes, "table:number-rows-repeated")
            self._column = self._columns_more = 0
            self._hide_rows(attributes)
        elif name in {"text:p", "text:a"}:
            self._facts.reach(self._row + self._rows_more, self._column + self._columns_more)
            if target := attributes.get("xlink:href", ""):
                self._facts.links.setdefault((self._row + 1, self._column + 1), target)
                self._facts.check()
        elif name == "table:table-column":
            more = _times(attributes, "table:number-columns-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self._facts.hidden_columns.append((self._columns + 1, self._columns + more))
                self._facts.check()
            self._columns += more
        elif name == "office:annotation":
            self._skip(name)
        elif name == "table:table":
            sheet = attributes.get("table:name", "")
            if sheet in self.sheets:
                raise Refused("Two sheets have the same name.")
            self._facts = self.sheets[sheet] = SheetFacts()
            self._row = self._column = self._columns = self._rows_more = self._columns_more = 0

    def _skip(self, name: str) -> None:
        """Pass over an element and all in it: a remark on a cell may hold links of its own."""

        def end(ended: str) -> None:
            if ended == name:
                self._in_a_remark = False
                self._parser.EndElementHandler = None

        self._in_a_remark = True
        self._parser.EndElementHandler = end

    def _hide_rows(self, attributes: Attributes) -> None:
        visibility = attributes.get("table:visibility")
        if visibility in _HIDDEN:
            first = self._row + 1
            self._facts.hidden_rows.update(range(first, min(first + self._rows_more, MOST_ROWS + 1)))
            self._facts.filtered |= visibility == "filter"
            self._facts.check()

    def _cell(self, attributes: Attributes) -> None:
        self._column += self._columns_more
        self._columns_more = _times(attributes, "table:number-columns-repeated")
        row, column = self._row + 1, self._column + 1
        formula = attributes.get("table:formula", "")
        if formula or any(key.startswith("office:") for key in attributes):
            self._facts.reach(self._row + self._rows_more, self._column + self._columns_more)
        if "HYPERLINK" in formula.upper():
            self._facts.links[row, column] = Formula(formula)
            self._facts.check()
        down = _times(attributes, "table:number-rows-spanned")
        across = _times(attributes, "table:number-columns-spanned")
        if down > 1 or across > 1:
            self._facts.merged.append((row, column, row + down - 1, column + across - 1))
            self._facts.check()


def _times(attributes: Attributes, name: str) -> int:
    """How often something is repeated, or over how many it spans. Raises TooLargeError for more than any sheet has."""
    if name not in attributes:
        return 1
    times = number_of(attributes[name]) or 1
    if times > (MOST_ROWS if "rows" in name else _MOST_COLUMNS):
        raise TooLargeError
    return times
