"""Times with their zone, numbers, durations, addresses: how the pages write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, pgettext

from takedowns.pages.kinds import kind_words

register = template.Library()

NOTHING = "\N{EN DASH}"


def _day() -> str:
    """Return how a day is written, in the signs of Django's ``date``."""
    return pgettext("format of a day", "j M Y")


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """Write a moment in the installation's zone, zone named, with UTC for machines."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        format_date(local, f"{_day()} H:i:s T"),
    )


@register.filter
def minute(moment: datetime | None) -> SafeString | str:
    """Write a moment to the minute, for lists; zone named, with UTC to the second for machines."""
    if moment is None:
        return NOTHING
    return _minute(
        moment, moment.utcoffset(), f"{_day()} H:i T", get_language(), timezone.get_current_timezone()
    )


@lru_cache(maxsize=2048)
def _minute(
    moment: datetime,
    offset: timedelta | None,  # noqa: ARG001 - of two moments that are equal, each is written as it was given
    signs: str,
    language: str | None,  # noqa: ARG001 - the names of months
    zone: tzinfo,
) -> SafeString:
    """Write a moment to the minute; a list says the same one often, since a list is handed in at once."""
    return format_html(
        '<time datetime="{}">{}</time>',
        moment.isoformat(timespec="seconds"),
        format_date(timezone.localtime(moment, zone), signs),
    )


@register.filter
def timecode(seconds: int) -> str:
    """Write a moment of a recording as players show it: 1:35, 1:02:03."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def as_of(moment: datetime) -> str:
    """Write a moment time first, as a live page needs it; the day too, for the wall and for paper: 14:03:22 CET, 21 Nov 2019."""
    return format_date(timezone.localtime(moment), f"H:i:s T, {_day()}")


@register.filter
def day(value: date | None) -> str:
    """Write a day: 21 Nov 2019."""
    return format_date(value, _day()) if value else NOTHING


@register.filter
def number(value: float | None) -> str:
    """Write a number with its thousands apart; a dash where there is none."""
    return NOTHING if value is None else _number(value, get_language())


@lru_cache(maxsize=2048, typed=True)
def _number(value: float, language: str | None) -> str:  # noqa: ARG001 - the signs of a number
    """Write a number; a page says few different ones, and each asks four times for the language."""
    return number_format(value, force_grouping=True, use_l10n=True)


@register.filter
def per_cent(value: float | None) -> str:
    """Write a share of 100 with one place."""
    return NOTHING if value is None else gettext("%(share)s %%") % {"share": number_format(f"{value:.1f}", 1)}


@register.filter
def duration(value: timedelta | None) -> str:
    """Write a duration in its two largest units: 42 min, 3 h 05 min, 2 d 4 h. Under a minute: seconds."""
    if value is None:
        return NOTHING
    seconds = round(value.total_seconds())
    if seconds < 60:
        return gettext("%(seconds)d s") % {"seconds": seconds}
    minutes = seconds // 60
    if minutes < 60:
        return gettext("%(minutes)d min") % {"minutes": minutes}
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    days, hours = divmod(hours, 24)
    return gettext("%(days)d d %(hours)d h") % {"days": days, "hours": hours}


@register.filter
def words(kind: str) -> str:
    """Write a kind as words: archived_copy is "archived copy"."""
    return kind_words(kind)


@register.filter
def size(value: int) -> str:
    """Write a number of bytes: 812 bytes, 12.3 kB, 4.5 MB."""
    if value < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", value) % {"count": value}
    if value < 1_000_000:
        return gettext("%(size)s kB") % {"size": number_format(value / 1000, 1)}
    return gettext("%(size)s MB") % {"size": number_format(value / 1_000_000, 1)}


@register.filter
def in_words(sentence: str) -> str:
    """Say what the code keeps as a sentence, such as a figure's definition, in the language of the page."""
    return gettext(str(sentence))


@register.simple_tag
def stressed(url: str, key: str) -> SafeString:
    """Write a URL with the part that carries the identity stressed, as far as the key can be found in it."""
    after_host = url.find("/", url.find("://") + 3) + 1
    for part in (key, *sorted(re.split(r"[:/?&=]", key), key=len, reverse=True)):
        at = url.rfind(part, after_host) if part else -1
        if at >= 0 and after_host:
            return format_html(
                '<span class="address">{}<strong>{}</strong>{}</span>',
                url[:at],
                url[at : at + len(part)],
                url[at + len(part) :],
            )
    return format_html('<span class="address">{}</span>', url)
