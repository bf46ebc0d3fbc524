"""In a real browser, at the width of a phone: no words of a picture lie over others or fall off its edge."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from takedowns.figures.charts import funnel_svg, hours_svg
from takedowns.figures.values import Board, Counts, PlatformRow
from tests.figures.test_charts import a_board, counts, hour

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CSS = Path(__file__).parents[2] / "takedowns" / "figures" / "static" / "figures" / "charts.css"
#: A phone of 320 pixels less its margins.
NARROW = 288

LARGE = counts(12_345_678, 12_345_600, 12_000_000, 11_000_000, 9_000_000)
BOARDS = {
    "a usual day": a_board(),
    "nothing": a_board(rows=[], hours=[], total=Counts()),
    "millions and long names": a_board(
        rows=[
            PlatformRow("long", "A platform with a rather long name", "", LARGE),
            PlatformRow("w", "W" * 40, "", LARGE),
        ],
        total=LARGE,
        hours=[hour(number * 5.0, *[number * 1_000_000] * 5) for number in range(12)],
    ),
    "weeks later": a_board(
        hours=[hour(0, 9, 8, 7, 6, 1), hour(60, 9, 9, 8, 7, 1), hour(24 * 25, 9, 9, 9, 9, 9)]
    ),
}

MEASURE = """
addEventListener("load", () => {
  const found = [];
  for (const svg of document.querySelectorAll("svg.chart")) {
    const edge = svg.getBoundingClientRect();
    const words = [...svg.querySelectorAll("text")].map((one) => [one.textContent, one.getBoundingClientRect()]);
    words.forEach(([says, box], place) => {
      if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.bottom > edge.bottom + 1) found.push([says, "off the edge"]);
      for (const [other, next] of words.slice(place + 1))
        if (box.left < next.right && next.left < box.right && box.top + 2 < next.bottom - 2 && next.top + 2 < box.bottom - 2)
          found.push([says, other]);
    });
  }
  const words = document.querySelectorAll("svg.chart text").length;
  document.body.innerHTML = "<pre>" + JSON.stringify({found, words}) + "</pre>";
});
"""


@pytest.mark.browser
@pytest.mark.parametrize("name", BOARDS)
def test_no_words_lie_over_others_at_320_pixels(name: str, tmp_path: Path) -> None:
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER is set and there is no Chromium.")
        pytest.skip("no Chromium is installed here")
    result = measured(BOARDS[name], tmp_path)
    assert result["words"] > 10, "the pictures were drawn"
    assert result["found"] == []


def measured(board: Board, folder: Path) -> dict[str, list[object]]:
    """Lay the pictures out in Chromium; return which words collide, and how many there are."""
    page = folder / "page.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><style>{CSS.read_text()}</style>'
        f'<body><div style="width: {NARROW}px">{funnel_svg(board)}{hours_svg(board)}</div><script>{MEASURE}</script>',
        encoding="utf-8",
    )
    done = subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            f"--user-data-dir={folder / 'profile'}",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=timedelta(minutes=1).seconds,
        check=True,
    )
    found = re.search("<pre>(.*)</pre>", done.stdout, re.DOTALL)
    assert found, done.stdout[:500]
    result: dict[str, list[object]] = json.loads(unescape(found[1]))
    return result
