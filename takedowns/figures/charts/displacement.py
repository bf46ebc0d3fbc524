"""Where outlets went: bands from the platform on which they were seen gone to those on which they turned up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from takedowns.figures.charts import svg
from takedowns.figures.resurfacing import Move

SPAN: Final = 1000
HEAD: Final = 26
GAP: Final = 22
UNIT_MOST: Final = 26
HEIGHT: Final = 220
#: How much of a name is written: on a phone, and where the picture is as wide as a page.
NARROW, WIDE = 14, 30
#: Bands run between these shares of the width, so that names stand beside their blocks.
LEFT: Final = 40
RIGHT: Final = 60


def displacement_svg(title: str, moves: Sequence[Move], *, wide: bool = False) -> SafeString:
    """Return the flow: blocks left and right as high as the outlets that left and came, bands between them."""
    sources = _blocks([(move.source, move.source_name, move.outlets) for move in moves])
    targets = _blocks([(move.target, move.target_name, move.outlets) for move in moves])
    whole = sum(move.outlets for move in moves)
    unit = min(UNIT_MOST, HEIGHT / max(whole, 1))
    lanes = max(len(sources), len(targets))
    height = HEAD + whole * unit + lanes * GAP + 8
    said = " ".join(map(sentence, moves)) or _("No outlet turned up on a further platform.")
    root = svg.picture("displacement", title, said, max(height, HEAD + 30))
    svg.write(root, _("Verified offline on"), "chart-tick", x=0, y=13)
    svg.write(root, _("Turned up on"), "chart-tick", x=100, y=13, anchor="end")
    if not moves:
        return svg.render(root)
    letters = WIDE if wide else NARROW
    left = _column(root, sources, LEFT, HEAD + (lanes - len(sources)) * GAP / 2, unit=unit, letters=letters)
    right = _column(root, targets, RIGHT, HEAD + (lanes - len(targets)) * GAP / 2, unit=unit, letters=letters)
    view = svg.add(
        root,
        "svg",
        x=f"{LEFT}%",
        y=0,
        width=f"{RIGHT - LEFT}%",
        height=height,
        viewBox=f"0 0 {SPAN} {height:.1f}",
        preserveAspectRatio="none",
    )
    from_above, to_above = [*sources], [*targets]
    for move in sorted(moves, key=lambda one: (from_above.index(one.source), to_above.index(one.target))):
        room = move.outlets * unit
        a, b = left[move.source], right[move.target]
        left[move.source] += room
        right[move.target] += room
        half = SPAN / 2
        path = (
            f"M0,{a:.1f} C{half},{a:.1f} {half},{b:.1f} {SPAN},{b:.1f} L{SPAN},{b + room:.1f}"
            f" C{half},{b + room:.1f} {half},{a + room:.1f} 0,{a + room:.1f} Z"
        )
        band = svg.add(view, "path", "chart-band", d=path, fill="currentColor", fill_opacity=0.3)
        svg.explain(band, sentence(move))
    return svg.render(root)


def _column(
    root: Element, blocks: Mapping[str, tuple[str, int]], x: int, top: float, *, unit: float, letters: int
) -> dict[str, float]:
    """Draw one column of blocks with names and numbers; return where each begins."""
    is_left = x == LEFT
    edge, anchor, counted = (0, "start", _moves) if is_left else (100, "end", _outlets)
    begins = {}
    for slug, (name, outlets) in blocks.items():
        room = outlets * unit
        begins[slug] = top + GAP / 2 - 2
        svg.add(
            root,
            "rect",
            "chart-step chart-removed-and-gone",
            x=f"{x - 1 if is_left else x}%",
            y=begins[slug],
            width="1%",
            height=room,
            fill="currentColor",
        )
        middle = begins[slug] + room / 2
        svg.write(root, svg.shorten(name, letters), "chart-name", x=edge, y=middle - 1, anchor=anchor)
        svg.write(root, counted(outlets), "chart-number", x=edge, y=middle + 13, anchor=anchor)
        top += room + GAP
    return begins


def _outlets(number: int) -> str:
    return ngettext("%(shown)s outlet", "%(shown)s outlets", number) % {"shown": svg.grouped(number)}


def _moves(number: int) -> str:
    """Say how many moves began somewhere: an outlet that turned up on two platforms made two."""
    return ngettext("%(shown)s move", "%(shown)s moves", number) % {"shown": svg.grouped(number)}


def sentence(move: Move) -> str:
    """Say a band in words."""
    return _(
        "%(source)s to %(target)s: %(outlets)s, %(items)s items, half of the outlets within %(days)s days."
    ) % {
        "source": move.source_name,
        "target": move.target_name,
        "outlets": _outlets(move.outlets),
        "items": svg.grouped(move.items),
        "days": f"{move.median.total_seconds() / 86400:.1f}",
    }


def _blocks(ends: Sequence[tuple[str, str, int]]) -> dict[str, tuple[str, int]]:
    """Return name and number by slug, the largest first."""
    found: dict[str, tuple[str, int]] = {}
    for slug, name, outlets in ends:
        found[slug] = (name, found.get(slug, ("", 0))[1] + outlets)
    return dict(sorted(found.items(), key=lambda one: (-one[1][1], one[0])))
