"""``python -m tests.coverage_by_folder``: what the last ``make coverage`` found, a line a folder of the product.

Branches count: a condition that was never false is not covered. There is no figure to reach.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Final

from coverage import Coverage
from coverage.exceptions import CoverageException

WHOLE: Final = "takedowns"
COUNTED: Final = ("num_statements", "missing_lines", "num_branches", "missing_branches")


def by_folder(files: dict[str, dict[str, dict[str, int]]]) -> dict[str, Counter[str]]:
    """Add up the files of each folder, and of all."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for path, file in files.items():
        counts = {name: file["summary"][name] for name in COUNTED}
        found[str(Path(path).parent)].update(counts)
        found[WHOLE + "/"].update(counts)
    return found


def main() -> int:
    """Bring together what each process wrote, and print it."""
    coverage = Coverage()
    report = Path(coverage.get_option("run:data_file") or "").with_name("report.json")
    try:
        coverage.combine()
        coverage.json_report(outfile=str(report))
    except CoverageException as error:
        print(f"{error} Run `make coverage` first.", file=sys.stderr)
        return 1
    print(f"{'folder':<44}{'lines':>8}{'missed':>8}{'branches':>10}{'missed':>8}{'covered':>9}")
    for folder, counts in sorted(by_folder(json.loads(report.read_text())["files"]).items()):
        lines, no_lines, branches, no_branches = (counts[name] for name in COUNTED)
        share = 1 - (no_lines + no_branches) / max(lines + branches, 1)
        print(f"{folder:<44}{lines:>8}{no_lines:>8}{branches:>10}{no_branches:>8}{share:>9.1%}")
    print("\nWhich lines: coverage report --show-missing --skip-covered --include='takedowns/intake/*'")
    return 0


if __name__ == "__main__":
    sys.exit(main())
