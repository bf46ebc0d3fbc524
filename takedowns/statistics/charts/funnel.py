"""A bar per platform: how much of what was handed in came how far."""

from __future__ import annotations

from typing import Final
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString

from takedowns.statistics.charts import svg
from takedowns.statistics.charts.svg import grouped
from takedowns.statistics.figures import Board, Counts

LINE: Final = 18
BAR: Final = 18
SPACE: Final = 16
LEGEND: Final = 80
# Signs that fit on one line of a picture 288 pixels wide (a phone of 320 with its margins), also in a wide font.
LONGEST_LINE: Final = 40

#: The nested parts of a bar, widest first; what lies between the last two is hatched.
STEPS: Final = ("handed_in", "referred", "acknowledged", "removed", "removed_and_gone")


def funnel_svg(board: Board) -> SafeString:
    """Return a bar of all and one per platform: handed in, referred, acknowledged, removed, removed and seen gone.

    Each bar is as long as all that was handed in for its platform, so that a slow small platform shows as well as a
    large one; the number says how large. The gap between removed and seen gone is hatched, and told as a number.
    """
    bars = [("All platforms", board.total), *((row.name, row.counts) for row in board.rows)]
    sentences = " ".join(_sentence(name, counts) for name, counts in bars)
    height = LEGEND + sum(_height(counts) for _, counts in bars)
    root = svg.picture(
        "funnel", f"{board.reference}: from handed in to seen gone, by platform", sentences, height
    )
    hatched = svg.hatching(root, "funnel")
    _legend(root, hatched)
    y = LEGEND
    for name, counts in bars:
        _bar(root, name, counts, y, hatched)
        y += _height(counts)
    return svg.render(root)


def _sentence(name: str, counts: Counts) -> str:
    if not counts.handed_in:
        return f"{name}: nothing handed in."
    return (
        f"{name}: {grouped(counts.handed_in)} handed in, {grouped(counts.referred)} referred,"
        f" {grouped(counts.acknowledged)} acknowledged, {grouped(counts.removed)} removed,"
        f" {grouped(counts.removed_and_gone)} of them seen gone;"
        f" {grouped(counts.removed_unconfirmed)} removed but not seen gone."
    )


def _words(counts: Counts) -> tuple[str, str]:
    """Return what stands under a bar, left and right."""
    left = f"removed {grouped(counts.removed)} · gone {grouped(counts.removed_and_gone)}"
    return left, f"gap {grouped(counts.removed_unconfirmed)}"


def _fits(counts: Counts) -> bool:
    return len(" ".join(_words(counts))) <= LONGEST_LINE


def _height(counts: Counts) -> int:
    return LINE + BAR + (LINE if _fits(counts) else 2 * LINE) + SPACE


def _bar(root: Element, name: str, counts: Counts, y: int, hatched: str) -> None:
    whole = counts.handed_in
    group = svg.add(root, "g", "chart-row")
    svg.explain(group, _sentence(name, counts))
    number = f"{grouped(whole)} handed in"
    svg.write(group, svg.shorten(name, LONGEST_LINE - 2 - len(number)), "chart-name", y=y + 13)
    svg.write(group, number, "chart-number", x=100, y=y + 13, anchor="end")
    top = y + LINE
    for step in STEPS:
        width = svg.percent(getattr(counts, step), whole) if whole else "100%"
        if whole or step == "handed_in":
            _part(group, step, width, top)
    if counts.removed_unconfirmed > 0:
        svg.add(
            group, "rect", "chart-gap", x=svg.percent(counts.removed_and_gone, whole), y=top,
            width=svg.percent(counts.removed_unconfirmed, whole), height=BAR, fill=hatched,
        )  # fmt: skip
    left, right = _words(counts)
    below = top + BAR + 14
    svg.write(group, left, "chart-number", y=below)
    svg.write(
        group,
        right,
        "chart-number chart-stress",
        x=100,
        y=below if _fits(counts) else below + LINE,
        anchor="end",
    )


def _part(parent: Element, step: str, width: str, y: float, height: float = BAR) -> None:
    """Draw one part from the left. The fall-back greys serve where the style sheet is not: a saved picture."""
    if step == "handed_in":
        svg.add(parent, "rect", "chart-step chart-handed-in", y=y, width=width, height=height,
                fill="none", stroke="currentColor")  # fmt: skip
        return
    opacity = {"referred": 0.15, "acknowledged": 0.3, "removed": 0.45, "removed_and_gone": 1.0}[step]
    css = f"chart-step chart-{step.replace('_', '-')}"
    svg.add(parent, "rect", css, y=y, width=width, height=height, fill="currentColor", fill_opacity=opacity)


def _legend(root: Element, hatched: str) -> None:
    """Say which part is what, in three lines that fit into the 250 pixels a phone's card leaves."""
    entries = (
        ("handed_in", "Handed in", 0, 0), ("referred", "Referred", 50, 0), ("acknowledged", "Acknowledged", 0, 1),
        ("removed_and_gone", "Seen gone", 50, 1), ("gap", "Removed, not seen gone", 0, 2),
    )  # fmt: skip
    for step, label, x, line in entries:
        # A view of its own, since a rectangle takes per cent or pixels for its place but not their sum.
        place = svg.add(root, "svg", x=f"{x}%", y=4 + line * 22, width=14, height=14, overflow="visible")
        if step == "gap":
            svg.add(place, "rect", "chart-gap", width=14, height=14, fill=hatched)
        else:
            _part(place, step, "14", 0, 14)
        svg.write(root, label, "chart-label", x=x, dx=20, y=16 + line * 22)
