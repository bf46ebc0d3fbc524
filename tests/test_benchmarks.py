"""The command of the benchmarks: programs read its last lines and how it ends."""

from __future__ import annotations

import re
import sys
from types import ModuleType
from typing import Any

import pytest

from benchmarks import __main__ as command
from benchmarks import claims


def run(monkeypatch: pytest.MonkeyPatch, claim: Any) -> int:
    """Run the command with one benchmark that claims something; return how it ends."""
    module = ModuleType("benchmarks.invented")
    module.main = claim  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "benchmarks.invented", module)
    monkeypatch.setattr(command, "ALL", ("invented",))
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    return command.main()


def test_ends_with_a_line_that_a_program_reads(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [(1.4, 0.35), (9.0, 0.4), (1.3, 0.3)]
    assert run(monkeypatch, lambda: claims.ratio("import", pairs, limit="lean", at_most=4)) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "import 1.40 s, lean 0.35 s ratio 4.00"
    assert re.fullmatch(r"import [\d.]+ s, lean [\d.]+ s ratio [\d.]+", last)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"at_most": 12}, "bound passed: board: 14.00 queries, at most 12"),
        ({"at_least": 20}, "bound passed: board: 14.00 queries, at least 20"),
    ],
)
def test_ends_with_one_where_a_bound_is_passed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], bounds: dict[str, float], said: str
) -> None:
    assert run(monkeypatch, lambda: claims.figure("board", 14, "queries", **bounds)) == 1
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "board 14.00 queries"
    assert said in told.err.splitlines()


def test_a_ratio_over_its_bound_ends_with_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, lambda: claims.ratio("pull", [(2.6, 2.0)], limit="bare", at_most=1.2)) == 1
