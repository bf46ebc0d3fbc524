"""A bar per platform: how much of what was handed in came how far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from takedowns.figures.charts import svg
from takedowns.figures.charts.svg import grouped
from takedowns.figures.measures import GAP, label_of
from takedowns.figures.publication import line_name
from takedowns.figures.values import STEPS, Board, Counts

LINE: Final = 18
BAR: Final = 18
SPACE: Final = 16
LEGEND: Final = 102
# Signs that fit on one line of a picture 288 pixels wide (a phone of 320 with its margins), also in a wide font.
LONGEST_LINE: Final = 40

#: Between two numbers on a line.
_SIGN: Final = " · "
WITHHELD: Final = gettext_lazy("withheld")


@dataclass(frozen=True)
class Bar:
    """One bar: whose it is, and which of its steps may be shown."""

    name: str
    counts: Counts
    told: tuple[str, ...]

    @classmethod
    def of(cls, board: Board, slug: str, name: str, counts: Counts) -> Bar:
        """Return the bar of one platform, or of all where the slug is empty."""
        return cls(name, counts, tuple(step for step in STEPS if board.tells(slug, step)))

    @property
    def whole(self) -> int:
        """What the bar is as long as: all that was handed in, or the widest step that may be shown."""
        return getattr(self.counts, self.told[0]) if self.told else 0

    def number(self, step: str) -> str:
        """Return a step's number as it is shown."""
        return grouped(getattr(self.counts, step)) if step in self.told else str(WITHHELD)

    @property
    def has_gap(self) -> bool:
        """Whether both numbers are told that the gap lies between."""
        return {"removed", "removed_and_gone"} <= {*self.told}

    @property
    def gap(self) -> str:
        """The gap as it is shown."""
        return grouped(self.counts.removed_unconfirmed) if self.has_gap else str(WITHHELD)


def funnel_svg(board: Board) -> SafeString:
    """Return a bar of all and one per platform: handed in, referred, acknowledged, removed, removed and seen gone.

    Each bar is as long as all that was handed in for its platform, so that a slow small platform shows as well as a
    large one; the number says how large. The gap between removed and seen gone is hatched, and told as a number.
    """
    bars = [
        Bar.of(board, "", _("All platforms"), board.total),
        *(Bar.of(board, row.slug, line_name(row), row.counts) for row in board.rows),
    ]
    sentences = " ".join(map(sentence, bars))
    height = LEGEND + sum(map(_height, bars))
    root = svg.picture(
        "funnel",
        _("%(operation)s: from submitted to verified offline, by platform") % {"operation": board.reference},
        sentences,
        height,
    )
    hatched = svg.hatching(root, "funnel")
    _legend(root, hatched)
    y = LEGEND
    for bar in bars:
        _bar(root, bar, y, hatched)
        y += _height(bar)
    return svg.render(root)


def sentence(bar: Bar) -> str:
    """Say a bar in words."""
    if not bar.told:
        return _("%(name)s: withheld.") % {"name": bar.name}
    if not bar.whole:
        return _("%(name)s: nothing submitted.") % {"name": bar.name}
    return _(
        "%(name)s: %(handed_in)s submitted, %(referred)s referred, %(acknowledged)s acknowledged, %(removed)s removed,"
        " %(removed_and_gone)s of them verified offline; %(gap)s removed, not verified offline."
    ) % {"name": bar.name, "gap": bar.gap, **{step: bar.number(step) for step in STEPS}}


def _words(bar: Bar) -> tuple[str, str]:
    """Return what stands under a bar, left and right."""
    if not {"removed", "removed_and_gone"} & {*bar.told}:
        return _("removed and verified offline: withheld"), ""
    left = _("removed %(removed)s · verified offline %(gone)s") % {
        "removed": bar.number("removed"),
        "gone": bar.number("removed_and_gone"),
    }
    return left, _("gap %(number)s") % {"number": bar.gap}


def _lines(bar: Bar) -> list[tuple[str, str]]:
    """Return the lines under a bar, left and right, so that none is longer than the narrowest picture is wide."""
    left, right = _words(bar)
    found = [(one, "") for one in ([left] if len(left) <= LONGEST_LINE else left.split(_SIGN))]
    if right and len(found[-1][0]) + 1 + len(right) <= LONGEST_LINE:
        found[-1] = (found[-1][0], right)
    elif right:
        found.append(("", right))
    return found


def _height(bar: Bar) -> int:
    return LINE + BAR + LINE * len(_lines(bar)) + SPACE


def _bar(root: Element, bar: Bar, y: int, hatched: str) -> None:
    group = svg.add(root, "g", "chart-row")
    svg.explain(group, sentence(bar))
    reached = _("%(number)s submitted") % {"number": bar.number("handed_in")}
    if bar.told and bar.told[0] != "handed_in":
        reached = _("%(number)s referred") % {"number": bar.number("referred")}
    svg.write(group, svg.shorten(bar.name, LONGEST_LINE - 2 - len(reached)), "chart-name", y=y + 13)
    svg.write(group, reached, "chart-number", x=100, y=y + 13, anchor="end")
    top = y + LINE
    draw_part(group, "handed_in", "100%", top)
    for step in bar.told[1:] if bar.told[:1] == ("handed_in",) else bar.told:
        if bar.whole:
            draw_part(group, step, svg.percent(getattr(bar.counts, step), bar.whole), top)
    if bar.has_gap and bar.counts.removed_unconfirmed > 0:
        svg.add(
            group,
            "rect",
            "chart-gap",
            x=svg.percent(bar.counts.removed_and_gone, bar.whole),
            y=top,
            width=svg.percent(bar.counts.removed_unconfirmed, bar.whole),
            height=BAR,
            fill=hatched,
        )
    for number, (left, right) in enumerate(_lines(bar)):
        below = top + BAR + 14 + number * LINE
        if left:
            svg.write(group, left, "chart-number", y=below)
        if right:
            svg.write(group, right, "chart-number chart-stress", x=100, y=below, anchor="end")


def draw_part(parent: Element, step: str, width: str, y: float, height: float = BAR) -> None:
    """Draw one part from the left. The fall-back greys serve where the style sheet is not: a saved picture."""
    if step == "handed_in":
        svg.add(
            parent,
            "rect",
            "chart-step chart-handed-in",
            y=y,
            width=width,
            height=height,
            fill="none",
            stroke="currentColor",
        )
        return
    opacity = {"referred": 0.15, "acknowledged": 0.3, "removed": 0.45, "removed_and_gone": 1.0}[step]
    css = f"chart-step chart-{step.replace('_', '-')}"
    svg.add(parent, "rect", css, y=y, width=width, height=height, fill="currentColor", fill_opacity=opacity)


def _legend(root: Element, hatched: str) -> None:
    """Say which part is what, in four lines that fit into the 250 pixels a phone's card leaves."""
    entries = (
        ("handed_in", label_of("handed_in"), 0, 0),
        ("referred", label_of("referred"), 50, 0),
        ("acknowledged", label_of("acknowledged"), 0, 1),
        ("removed_and_gone", label_of("removed_and_gone"), 0, 2),
        ("gap", label_of(GAP.name), 0, 3),
    )
    for step, label, x, line in entries:
        # A view of its own, since a rectangle takes per cent or pixels for its place but not their sum.
        place = svg.add(root, "svg", x=f"{x}%", y=4 + line * 22, width=14, height=14, overflow="visible")
        if step == "gap":
            svg.add(place, "rect", "chart-gap", width=14, height=14, fill=hatched)
        else:
            draw_part(place, step, "14", 0, 14)
        svg.write(root, label, "chart-label", x=x, dx=20, y=16 + line * 22)
