"""Small parts of SVG. Built as a tree, so that whatever a platform is called, the picture stays well-formed.

Pictures are as wide as their place and keep their size of text: widths are per cent, heights and text are pixels,
and only curves stand in a stretched view of their own. A scaled ``viewBox`` would shrink the text to half on a phone.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import east_asian_width
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString, mark_safe

from takedowns.pages.templatetags.plain import number as written

TEXT_SIZE: Final = 12
# XML 1.0, production 2: all that may not stand in a document, even escaped.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def picture(name: str, title: str, description: str, height: float) -> Element:
    """Return an empty picture with its text alternative.

    Args:
        name: of the chart, unique on a page; the prefix of its ids.
        title: what it shows, in a line.
        description: its figures, in sentences.
        height: in pixels.
    """
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": f"chart chart-{name}",
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "width": "100%",
            "height": _number(height),
            "font-size": str(TEXT_SIZE),
            "fill": "currentColor",
        },
    )
    _text_child(root, "title", title, id=f"{name}-title")
    _text_child(root, "desc", description, id=f"{name}-desc")
    return root


def hatching(root: Element, name: str) -> str:
    """Define the pattern of the gap; return the value of a ``fill`` that uses it.

    It is an attribute, not CSS: an address in a style sheet would be looked up in that sheet.
    """
    pattern = SubElement(
        SubElement(root, "defs"),
        "pattern",
        {
            "id": f"{name}-gap",
            "width": "6",
            "height": "6",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(45)",
        },
    )
    add(pattern, "rect", "chart-gap-ground", width="6", height="6", fill="white")
    add(pattern, "rect", "chart-gap-line", width="3", height="6", fill="black")
    return f"url(#{name}-gap)"


def stripes(root: Element, name: str, css: str) -> str:
    """Define a pattern of stripes whose lines have a class of their own; return the value of a ``fill`` that uses it."""
    pattern = SubElement(
        SubElement(root, "defs"),
        "pattern",
        {
            "id": f"{name}-stripes",
            "width": "5",
            "height": "5",
            "patternUnits": "userSpaceOnUse",
            "patternTransform": "rotate(-45)",
        },
    )
    add(pattern, "rect", "chart-stripe-ground", width="5", height="5", fill="white")
    add(pattern, "rect", css, width="2.5", height="5", fill="currentColor")
    return f"url(#{name}-stripes)"


def add(parent: Element, tag: str, css: str = "", **attributes: str | float) -> Element:
    """Append an element; underscores in names of attributes become hyphens, numbers are written short."""
    given = {"class": css} if css else {}
    for name, value in attributes.items():
        given[name.replace("_", "-")] = value if isinstance(value, str) else _number(value)
    return SubElement(parent, tag, given)


def level_line(parent: Element, y: float, *, opacity: float) -> None:
    """Draw a line of the grid across the whole width, ``y`` pixels from the top."""
    add(
        parent,
        "line",
        "chart-grid",
        x1=0,
        x2="100%",
        y1=y,
        y2=y,
        stroke="currentColor",
        stroke_opacity=opacity,
    )


def upright_line(parent: Element, x: float, top: float, bottom: float, *, opacity: float = 0.5) -> None:
    """Draw a line of the grid, or the tick of an axis, at ``x`` per cent of the width; top and bottom in pixels."""
    place = f"{_number(x)}%"
    add(
        parent,
        "line",
        "chart-grid",
        x1=place,
        x2=place,
        y1=top,
        y2=bottom,
        stroke="currentColor",
        stroke_opacity=opacity,
    )


def write(
    parent: Element, words: str, css: str, *, x: float = 0, dx: float = 0, y: float, anchor: str = "start"
) -> None:
    """Append a line of text at ``x`` per cent of the width and ``dx`` pixels; ``y`` is its base line in pixels."""
    _text_child(
        parent,
        "text",
        words,
        **{"class": css, "x": f"{_number(x)}%", "dx": _number(dx), "y": _number(y), "text-anchor": anchor},
    )


def explain(parent: Element, words: str) -> None:
    """Give an element words that show when it is pointed at."""
    _text_child(parent, "title", words)


def render(root: Element) -> SafeString:
    """Return the picture as text that a template may include as it is: every value was escaped by the writer."""
    return mark_safe(tostring(root, encoding="unicode"))  # noqa: S308


def percent(part: float, whole: float) -> str:
    """Return a length as a share of the width; nothing of nothing is 0 %."""
    return f"{_number(100 * part / whole if whole else 0)}%"


def shorten(name: str, room: float) -> str:
    """Return a name that takes at most ``room`` (in usual small letters); one that was cut ends in an ellipsis."""
    if sum(map(_breadth, name)) <= room:
        return name
    taken = 1.0  # the ellipsis
    kept = ""
    for sign in name:
        taken += _breadth(sign)
        if taken > room:
            break
        kept += sign
    return kept.rstrip() + "…"


def _breadth(sign: str) -> float:
    """Return how broad a sign is, roughly: nobody measures text on the server."""
    if sign in "MW@%" or east_asian_width(sign) in "WF":
        return 2
    return 1.25 if sign.isupper() else 1


def grouped(number: int) -> str:
    """Return a number as the reader of the page writes it: 26,000 or 26.000."""
    return written(number)


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _text_child(parent: Element, tag: str, words: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = _NOT_XML.sub("\ufffd", words)
