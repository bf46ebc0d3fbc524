"""The guide is in the app: each page leads to its part of it, in the reader's language, and never to a translation of what changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from takedowns.directory.models import User
from takedowns.guide import reading
from takedowns.guide.places import PAGES, section_of
from takedowns.guide.reading import ENGLISH, origins, sections, stale
from takedowns.languages.extraction import TRANSLATED
from tests.clients import SignedIn
from tests.people import People
from tests.web import access

#: Not for agencies' people, or what is no page: those of a platform's desk have a help of their own.
_ELSEWHERE = re.compile(
    r"desk|hand-off-l|health|livez|readyz|security-txt|language|sign-|ledger-keys|witness|guide$"
)


def test_each_page_for_agencies_has_its_part_of_the_guide() -> None:
    known = {one.slug for one in sections(ENGLISH)}
    assert PAGES.keys() <= known
    without = [name for name in access.pages() if not section_of(name) and not _ELSEWHERE.match(name)]
    assert without == []


def test_the_link_on_a_page_leads_to_the_part_about_it(people: People, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    for page, section in (("hand-in", "submit"), ("submissions", "submit"), ("referrals", "referrals")):
        shown = client.get(reverse(f"web:{page}", args=[people.operation.reference])).content.decode()
        assert f'<a href="/guide/#{section}">Help</a>' in shown, page
    guide = client.get("/guide/").content.decode()
    for section in PAGES:
        assert f'<section id="{section}" lang="en"' in guide
    assert "<table>" in guide
    assert "<img" not in guide


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_parts_of_the_english_guide_and_no_other(
    language: str, signed_in: SignedIn, people: People
) -> None:
    slugs = [one.slug for one in sections(ENGLISH)]
    own = [one.slug for one in reading._written(language)]
    assert [slug for slug in slugs if slug in own] == own, "in another order, or of a section that is gone"
    assert len(stale(language)) < len(slugs) / 4, "python -m takedowns.guide lists what to translate anew"
    User.objects.filter(pk=people.officer.pk).update(language=language)
    guide = signed_in("officer").get("/guide/").content.decode()
    assert guide.count('<section id="') == len(slugs) - 1
    assert guide.count(f' lang="{language}" aria-labelledby="') == len(slugs) - 1 - len(
        set(stale(language)) - {slugs[0]}
    )


def test_what_changed_in_english_is_shown_in_english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "en.md").write_text(
        "# Guide\n\nAll.\n\n## Holds\n\nA hold ends by itself.\n\n## Review\n\nTwo do it.\n"
    )
    monkeypatch.setattr(reading, "files", lambda package: tmp_path)
    reading.sections.cache_clear()
    mark = origins()
    german = f"# Leitfaden\n{mark['guide']}\n\nAlles.\n\n## Halten\n{mark['holds']}\n\nEndet von selbst.\n"
    (texts / "de.md").write_text(german)
    try:
        assert [(one.slug, one.title, one.language) for one in sections("de")] == [
            ("guide", "Leitfaden", "de"),
            ("holds", "Halten", "de"),
            ("review", "Review", "en"),
        ]
        (texts / "en.md").write_text((texts / "en.md").read_text().replace("by itself", "after a month"))
        reading.sections.cache_clear()
        assert [one.html for one in sections("de") if one.slug == "holds"] == [
            "<p>A hold ends after a month.</p>\n"
        ]
        assert stale("de") == ["holds", "review"]
    finally:
        reading.sections.cache_clear()


def test_a_text_brings_no_html_and_no_link_out_of_the_app() -> None:
    shown = reading._html(
        "<script>x</script> [the *figures*](../figures.md) and [holds](#holds) ![a picture](p.png)"
    )
    assert shown == (
        '<p>&lt;script&gt;x&lt;/script&gt; the <em>figures</em> and <a href="#holds">holds</a> </p>\n'
    )


def test_every_language_of_the_pages_has_a_guide() -> None:
    assert {code for code, _name in settings.LANGUAGES} == {
        path.stem for path in (Path(reading.__file__).parent / "texts").glob("*.md")
    }
