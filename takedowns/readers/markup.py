"""XML of foreign files, read without anything that could grow: no entities, no document type, bounded tags."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO
from xml.parsers import expat

CHUNK = 1 << 20
MOST_OF_A_TAG = 8 << 20
MOST_ELEMENTS = 20_000_000
"""A million rows of nine columns; each costs a microsecond."""

Attributes = dict[str, str]


class TooLargeError(ValueError):
    """A workbook would take more room or time than a list of a million links needs."""


class Refused(ValueError):  # noqa: N818 - what is the case, not an error of the program
    """The XML is damaged, or declares what no workbook declares."""


class Budget:
    """How many elements the parts of one file may have together."""

    def __init__(self, elements: int = MOST_ELEMENTS) -> None:
        self._left = elements

    def spend(self, elements: int) -> None:
        """Count elements that were read. Raises TooLargeError for one too many."""
        self._left -= elements
        if self._left < 0:
            raise TooLargeError


class Reading:
    """One reading of an XML part; a subclass has `start`, and asks for the text of an element by :meth:`collect`.

    The parser is stricter than the library that reads the cells: what is well-formed is read alike by both.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.elements = 0
        """Begun so far; `start` counts them."""
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self.start
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.buffer_text = True
        self._text: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins; `name` as written, with its prefix."""
        raise NotImplementedError

    def read(self, part: IO[bytes]) -> None:
        """Read a part to its end. Raises Refused."""
        given = counted = 0
        try:
            while chunk := part.read(CHUNK):
                self._parser.Parse(chunk, False)
                given += len(chunk)
                self._budget.spend(self.elements - counted)
                counted = self.elements
                # A tag that never ends would be gone over again with each piece.
                if given - self._parser.CurrentByteIndex > MOST_OF_A_TAG:
                    raise Refused("A tag has no end.")
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise Refused(str(error)) from error

    def collect(self, then: Callable[[str], None]) -> None:
        """Call `then` with the text up to the end of the element that begins now; it holds no other elements."""

        def end(_: str) -> None:
            self._parser.CharacterDataHandler = None
            self._parser.EndElementHandler = None
            text = "".join(self._text)
            self._text.clear()
            then(text)

        self._parser.CharacterDataHandler = self._text.append
        self._parser.EndElementHandler = end

    def _refuse(self, *_: object) -> None:
        raise Refused("A document type is declared.")


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


class Elements(Reading):
    """The elements of a part, with their attributes, up to so many as a sheet may have links, and some."""

    most = 1_500_000

    def __init__(self, budget: Budget) -> None:
        super().__init__(budget)
        self.found: list[tuple[str, Attributes]] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Keep the element. Raises TooLargeError for one too many."""
        self.elements += 1
        if self.elements > self.most:
            raise TooLargeError
        self.found.append((local(name), attributes))
