"""Two sets of figures side by side: for each share two bars, one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures.charts import svg

BAR: Final = 13
ROW: Final = 58
LEGEND: Final = 52


@dataclass(frozen=True)
class Pair:
    """One thing of both sides, as shares of 100; None where there is nothing to divide by."""

    label: str
    one: float | None
    other: float | None


def compare_svg(title: str, names: tuple[str, str], pairs: Sequence[Pair]) -> SafeString:
    """Return the bars; each is a share of what was referred on its own side, so that a small one compares with a large."""
    said = " ".join(
        f"{pair.label}: {names[0]} {_share(pair.one)}, {names[1]} {_share(pair.other)}." for pair in pairs
    )
    root = svg.picture("compare", title, said, LEGEND + ROW * len(pairs))
    fill = svg.stripes(root, "compare", "chart-bar")
    for place, name in enumerate(names):
        look = "currentColor" if not place else fill
        svg.add(
            root,
            "rect",
            "chart-step chart-bar" if not place else "chart-part",
            x=0,
            y=4 + 22 * place,
            width=14,
            height=14,
            fill=look,
            stroke="currentColor",
            stroke_width=0.5,
        )
        svg.write(root, svg.shorten(name, 40), "chart-label", dx=20, y=16 + 22 * place)
    for place, pair in enumerate(pairs):
        y = LEGEND + place * ROW
        svg.write(root, pair.label, "chart-name", y=y + 13)
        for side, share in enumerate((pair.one, pair.other)):
            top = y + 19 + side * (BAR + 3)
            svg.add(
                root,
                "rect",
                "chart-step chart-bar" if not side else "chart-part",
                y=top,
                width=f"{(share or 0) * 0.8:.3f}%",
                height=BAR,
                fill="currentColor" if not side else fill,
                stroke="currentColor",
                stroke_width=0.5,
            )
            svg.write(root, _share(share), "chart-number", x=(share or 0) * 0.8, dx=6, y=top + BAR - 2)
    return svg.render(root)


def _share(share: float | None) -> str:
    return _("none") if share is None else f"{share:.1f} %"
