"""Where an outlet was up over time: a lane for each platform, as high as the number of its items that were up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from xml.etree.ElementTree import Element

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from takedowns.figures.charts import scale, svg
from takedowns.figures.charts.svg import grouped
from takedowns.verification.presence import Stay

LANE: Final = 64
HEIGHT: Final = 34
AXIS: Final = 44
SPAN: Final = 1000


def presence_svg(name: str, stays: Sequence[Stay], now: datetime) -> SafeString:
    """Return an outlet's lanes from when it was first handed in to its last change, at most to ``now``.

    Each lane is drawn to its own scale, which its words give: what matters is when something was up, and that it was.
    """
    zone = timezone.get_current_timezone()
    first = min(stay.since for stay in stays)
    last = min(max(step.at for stay in stays for step in stay.steps) + timedelta(days=1), now)
    last = max(last, first + timedelta(hours=1))
    height = LANE * len(stays) + AXIS
    root = svg.picture(
        "presence",
        _("%(name)s: where it was up, and when") % {"name": name},
        " ".join(map(_sentence, stays)),
        height,
    )
    for place, stay in enumerate(stays):
        top = place * LANE
        words = _("%(up)s of %(items)s up") % {"up": grouped(stay.up), "items": grouped(stay.items)}
        svg.write(root, svg.shorten(stay.name, 26), "chart-name", y=top + 14)
        svg.write(root, words, "chart-number", x=100, y=top + 14, anchor="end")
        _lane(root, stay, top + 20, first, last)
    for moment in scale.ticks(first, last, zone):
        x = 100 * ((moment - first) / (last - first))
        anchor = "start" if x < 6 else "end" if x > 94 else "middle"
        svg.upright_line(root, x, 0, height - AXIS + 5, opacity=0.2)
        svg.write(root, date_format(moment, "j M"), "chart-tick", x=x, y=height - AXIS + 20, anchor=anchor)
    svg.write(
        root,
        _("Days begin at midnight %(zone)s") % {"zone": f"{first.astimezone(zone):%Z}"},
        "chart-tick",
        y=height - 4,
    )
    return svg.render(root)


def _lane(root: Element, stay: Stay, top: float, first: datetime, last: datetime) -> None:
    """Draw how many were up, as steps that end where nobody has seen more."""
    most = max(step.up for step in stay.steps) or 1
    corners: list[tuple[float, float]] = []
    level = 0.0
    for step in stay.steps:
        x = SPAN * min(max((step.at - first) / (last - first), 0), 1)
        corners += [(x, SPAN * (1 - level)), (x, SPAN * (1 - step.up / most))]
        level = step.up / most
    corners += [(SPAN, SPAN * (1 - level)), (SPAN, SPAN)]
    svg.level_line(root, top + HEIGHT, opacity=0.5)
    view = svg.add(
        root,
        "svg",
        x=0,
        y=top,
        width="100%",
        height=HEIGHT,
        viewBox=f"0 0 {SPAN} {SPAN}",
        preserveAspectRatio="none",
    )
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [(corners[0][0], SPAN), *corners])
    area = svg.add(
        view, "polygon", "chart-step chart-removed", points=points, vector_effect="non-scaling-stroke"
    )
    svg.explain(area, _sentence(stay))


def _sentence(stay: Stay) -> str:
    since = timezone.localtime(stay.since)
    words = _("%(name)s: since %(since)s; %(items)s items, %(up)s up at the last check.") % {
        "name": stay.name,
        "since": f"{date_format(since, 'j F Y H:i')} {since:%Z}",
        "items": grouped(stay.items),
        "up": grouped(stay.up),
    }
    if stay.came_back:
        words += " " + _("%(count)s times one was back after it was verified offline.") % {
            "count": grouped(stay.came_back)
        }
    return words
