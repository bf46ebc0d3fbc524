"""From what an officer hands in (CSV, XLSX, ODS, a pasted list) to a stream of rows in our own words."""

from takedowns.intake.readers.model import FIELDS, HandedInRow, Layout, ReaderError
from takedowns.intake.readers.pasted import read_pasted
from takedowns.intake.readers.table import Table, open_table

__all__ = ["FIELDS", "HandedInRow", "Layout", "ReaderError", "Table", "open_table", "read_pasted"]
