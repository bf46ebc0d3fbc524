"""The head of a page: the product, what finds anything and who is signed in on one line, an operation's places on another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from tests.browser.steps import ONE, sign_in
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Of what is laid out in lines: on how many, and how far the page is wider than the window.
LINES = """() => {
    const lines = selector => {
        const shown = [...document.querySelectorAll(selector)].filter(one => one.getClientRects().length);
        const middles = shown.map(one => { const box = one.getBoundingClientRect(); return box.top + box.height / 2; });
        return middles.length ? Math.max(...middles) - Math.min(...middles) : 0;
    };
    return {
        bar: lines(".bar-inside > *"), places: lines(".tabs.places li"), within: lines(".tabs.within li"),
        main: lines(".bar nav.wide-only li"),
        field: document.querySelector("#find-anything").getBoundingClientRect().width,
        wider: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        words: [...document.querySelectorAll(".bar nav.wide-only li, .tabs.places li")].map(one => one.innerText),
        height: document.querySelector(".bar").getBoundingClientRect().height,
    };
}"""
#: So far apart things of one line stand at most: a button beside a word.
ONE_LINE = 8
#: So wide is the field to find anything at least: a dozen letters.
LEAST = 70


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_the_head_of_a_page_takes_a_line_in_each_language(cast: People, page: Page, language: str) -> None:
    with acting_as(SYSTEM):
        User.objects.update(language=language)
    wrong = []
    # An administrator has the most links.
    for person, width in (
        ("coordinator", 1024),
        ("coordinator", 1440),
        ("administrator", 1280),
        ("administrator", 1440),
    ):
        if width < 1440:
            sign_in(page, person)
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(ONE)
        page.wait_for_load_state("networkidle")
        if pictures := os.environ.get("HEAD_PICTURES"):
            page.screenshot(
                path=f"{pictures}/{language}-{person}-{width}.png",
                clip={"x": 0, "y": 0, "width": width, "height": 220},
            )
        found = page.evaluate(LINES)
        wrong += [
            f"{person}, {width} px: {name} on more than one line ({found[name]:.0f} px), {found['words']}"
            for name in ("bar", "main", "places", "within")
            if found[name] > ONE_LINE
        ]
        if found["field"] < LEAST:
            wrong.append(f"{person}, {width} px: the field to find anything is {found['field']:.0f} px wide")
        if found["wider"] > 0:
            wrong.append(f"{person}, {width} px: the page is {found['wider']} px wider than the window")
    assert wrong == [], "\n".join(wrong)
