"""Tables written so that a spreadsheet shows them and never runs them."""

from takedowns.tabular.cells import safe_cell, unguard
from takedowns.tabular.signs import shown
from takedowns.tabular.writing import BOM, csv_lines, write_csv

__all__ = ["BOM", "csv_lines", "safe_cell", "shown", "unguard", "write_csv"]
