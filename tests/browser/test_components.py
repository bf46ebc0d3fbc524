"""The page of components: every component that pages load is on it, and axe-core finds nothing in either theme."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from takedowns import urls
from tests.browser.test_axe import RULES, SETTLED, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django.fixtures import SettingsWrapper
    from pytest_django.live_server_helper import LiveServer

__all__ = ["axe"]
PAGES = Path("takedowns/pages")


@pytest.mark.django_db
def test_every_component_has_an_example() -> None:
    source = (PAGES / "templatetags" / "components.py").read_text(encoding="utf-8")
    made = set(re.findall(r"^def (\w+)\(", source, re.MULTILINE))
    page = Client().get("/components/").content.decode()
    assert {name for name in made if f"{{% {name} " not in page and f"{{% {name} %}}" not in page} == set()


def test_it_is_not_there_in_service(settings: SettingsWrapper) -> None:
    settings.DEBUG = False
    try:
        there = {str(one.pattern) for one in importlib.reload(urls).urlpatterns}
    finally:
        settings.DEBUG = True
        importlib.reload(urls)
    assert "components/" not in there


@pytest.mark.parametrize("width", [320, 1440])
def test_components_have_no_violation_and_fit(
    browser: Browser, live_server: LiveServer, axe: str, width: int
) -> None:
    context = browser.new_context(
        base_url=live_server.url, bypass_csp=True, viewport={"width": width, "height": 900}
    )
    page = context.new_page()
    page.goto("/components/")
    page.evaluate(axe)
    found = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.evaluate(SETTLED)
        found += page.evaluate("rules => axe.run({runOnly: rules})", RULES)["violations"]
    wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    context.close()
    assert [f"{one['id']}: {node['html']}" for one in found for node in one["nodes"]] == []
    assert wider <= 0
