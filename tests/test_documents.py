"""Every link within the documents leads to a file that is there, and to a heading of it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")
PAGES = sorted(
    path
    for folder in ("", "docs", "docs/operators", "deploy", "takedowns/pages", "takedowns/guide/texts")
    for path in (ROOT / folder).glob("*.md")
)


@cache
def headings(path: Path) -> set[str]:
    """Return what the headings of a page are called in addresses, as GitHub calls them."""
    lines = re.findall(r"^#{1,6} (.*)$", _FENCED.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    names = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", line).strip().lower() for line in lines]
    # A translated part of the guide is called in addresses as in English, which it names below its heading.
    named = re.findall(r"^<!-- ([\w-]+) [0-9a-f]{8} -->$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", name).replace(" ", "-") for name in names} | {*named}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for link in _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        place, _, heading = link.partition("#")
        to = (page.parent / place).resolve() if place else page
        if not to.exists() or (heading and to.suffix == ".md" and heading not in headings(to)):
            lost.append(link)
    assert lost == []


def test_each_test_that_a_promise_names_is_there() -> None:
    rows = [
        line
        for line in (ROOT / "docs/security.md").read_text(encoding="utf-8").splitlines()
        if line[:2] == "| "
    ]
    named = {
        name
        for row in rows
        for name in re.findall(r"`([a-z_0-9/]+/(?:[a-z_0-9]+\.py)?)`", row.rsplit("|", 2)[1])
    }
    assert len(named) > 40
    assert {name for name in named if not (ROOT / "tests" / name.removeprefix("tests/")).exists()} == set()
