"""A chart as a file of its own: SVG that carries its colours with it, and the same as PNG."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, fromstring, register_namespace, tostring

from takedowns.typesetting import typeset_picture

WIDTH: Final = 720
MARGIN: Final = 20
HEAD: Final = 62
#: What renderers have where they have no system fount of their own.
FONTS: Final = "'DejaVu Sans', 'Liberation Sans', Arial, Helvetica, sans-serif"
_SVG: Final = "http://www.w3.org/2000/svg"
_SHEET: Final = Path(__file__).parents[1] / "static" / "figures" / "charts.css"
#: Tokens of the pages that the sheet falls back from have their value beside them: var(--ink, #1b1f24).
_FALLBACK: Final = re.compile(r"var\(--[\w-]+,\s*([^)]+)\)")


@cache
def _style() -> str:
    """Return the light rules of the charts' style sheet with every variable put in: renderers know none."""
    sheet = re.sub(r"/\*.*?\*/", "", _SHEET.read_text(), flags=re.DOTALL)
    root = re.search(r":root\s*{(.*?)}", sheet, flags=re.DOTALL)
    values = dict(re.findall(r"(--chart-[\w-]+):\s*([^;]+);", root[1])) if root else {}
    values = {name: _FALLBACK.sub(r"\1", value) for name, value in values.items()}
    rules = re.sub(r"@media[^{]*{(?:[^{}]*{[^{}]*})*[^{}]*}|:root\s*{[^}]*}", "", sheet, flags=re.DOTALL)
    rules = re.sub(r"var\((--chart-[\w-]+)\)", lambda found: values.get(found[1], "#000"), rules)
    rules = rules.replace("system-ui, sans-serif", FONTS)
    return "\n".join(line for line in rules.splitlines() if line.strip())


def svg_file(drawn: str, title: str, below: str, width: int = WIDTH) -> bytes:
    """Return a chart of a page as a file: title above, where it is from and of when below, light, on white.

    Args:
        drawn: the SVG as it stands in a page.
        title: what it shows, and of which operation.
        below: the moment and the source, in a line.
        width: of the chart in pixels; text keeps its size.
    """
    register_namespace("", _SVG)
    chart = fromstring(drawn)  # noqa: S314 - drawn by ourselves
    height = float(chart.get("height", "100"))
    head, foot = (HEAD if title else MARGIN), (44 if below else MARGIN)
    root = Element(
        f"{{{_SVG}}}svg",
        {
            "width": str(width + 2 * MARGIN),
            "height": f"{height + head + foot:g}",
            "viewBox": f"0 0 {width + 2 * MARGIN} {height + head + foot:g}",
            "font-family": FONTS,
            "font-size": "12",
        },
    )
    style = Element(f"{{{_SVG}}}style")
    style.text = _style()
    root.append(style)
    root.append(Element(f"{{{_SVG}}}rect", {"width": "100%", "height": "100%", "fill": "#ffffff"}))
    for words, y, size, weight, colour in (
        (title, 32, "17", "bold", "#1b1f24"),
        (below, height + head + 26, "10.5", "normal", "#57606a"),
    ):
        text = Element(
            f"{{{_SVG}}}text",
            {"x": str(MARGIN), "y": f"{y:g}", "font-size": size, "font-weight": weight, "fill": colour},
        )
        text.text = words
        root.append(text)
    for view in chart.iter(f"{{{_SVG}}}svg"):
        if (
            view is not chart
            and view.get("preserveAspectRatio") == "none"
            and view.find(f"{{{_SVG}}}path") is None
        ):
            _unstretch(view, width)
    chart.set("x", str(MARGIN))
    chart.set("y", str(head - 12))
    chart.set("width", str(width))
    chart.set("overflow", "visible")
    root.append(chart)
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written


def _unstretch(view: Element, width: float) -> None:
    """Give the shapes of a stretched view their places in pixels: not every renderer keeps a line's width in one."""
    _, _, across, down = map(float, view.attrib.pop("viewBox").split())
    del view.attrib["preserveAspectRatio"]
    share = float(view.get("width", "100%").rstrip("%")) / 100
    scale = {"x": width * share / across, "y": float(view.get("height", "0")) / down}
    for shape in view:
        for name in ("x1", "x2", "y1", "y2"):
            if name in shape.attrib:
                shape.set(name, f"{float(shape.attrib[name]) * scale[name[0]]:.2f}")
        if points := shape.get("points"):
            pairs = (point.split(",") for point in points.split())
            shape.set(
                "points",
                " ".join(f"{float(x) * scale['x']:.2f},{float(y) * scale['y']:.2f}" for x, y in pairs),
            )


def png_file(picture: bytes) -> bytes:
    """Return an SVG file as PNG, twice as fine as a screen."""
    return typeset_picture(picture)
