"""The pictures of the documents: there, small, described, and each made by ``make pictures``."""

from __future__ import annotations

import re

from django.conf import settings

from tour.pictures import SHOWN

DOCS = settings.BASE_DIR / "docs"
GUIDE = settings.BASE_DIR / "takedowns" / "guide" / "texts"
LARGEST = 80_000


def test_each_picture_is_shown_described_and_small() -> None:
    shown = {
        (page.name, name): words
        for page in (*DOCS.glob("*.md"), *GUIDE.glob("*.md"))
        for words, name in re.findall(
            r"!\[([^\]]*)\]\((?:../../../docs/)?pictures/([\w-]+)\.png\)", page.read_text(encoding="utf-8")
        )
    }
    taken = {file.stem for file in (DOCS / "pictures").glob("*.png")}
    assert {name for _page, name in shown} == taken == {name for name, *_ in SHOWN}
    assert all(len(words) > 20 for words in shown.values()), "say what it shows to whoever does not see it"
    assert [file.name for file in (DOCS / "pictures").glob("*.png") if file.stat().st_size > LARGEST] == []
