"""A moment in a list: in the installation's zone, in the words of the page's language, with its own offset for machines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from django.utils.timezone import override as in_zone
from django.utils.translation import override as in_language

from takedowns.pages.templatetags.plain import NOTHING, minute

AT = datetime(2019, 12, 21, 8, 4, 5, tzinfo=UTC)


def test_is_written_anew_for_each_language_and_zone() -> None:
    with in_language("en"), in_zone(ZoneInfo("Europe/Amsterdam")):
        assert minute(AT) == '<time datetime="2019-12-21T08:04:05+00:00">21 Dec 2019 09:04 CET</time>'
    with in_language("de"), in_zone(ZoneInfo("Europe/Amsterdam")):
        assert "Dez" in minute(AT)
    with in_language("en"), in_zone(ZoneInfo("UTC")):
        assert minute(AT) == '<time datetime="2019-12-21T08:04:05+00:00">21 Dec 2019 08:04 UTC</time>'


def test_equal_moments_keep_the_offset_that_each_was_given_with() -> None:
    with in_language("en"), in_zone(ZoneInfo("UTC")):
        same = AT.astimezone(timezone(timedelta(hours=1)))
        assert 'datetime="2019-12-21T08:04:05+00:00"' in minute(AT)
        assert 'datetime="2019-12-21T09:04:05+01:00"' in minute(same)


def test_no_moment_is_a_dash() -> None:
    assert minute(None) == NOTHING
