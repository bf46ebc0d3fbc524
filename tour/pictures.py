"""``python -m tour``: pictures of the running demo, for the documents or of every page to look at.

For the documents (``make pictures``): each page of :data:`SHOWN` at one width, by day, into ``docs/pictures/``.
With ``--all``: every page each role reaches, at three widths, in both themes, into the folder that is named.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from takedowns.demo.play import PASSWORD
from takedowns.demo.practice import REFERENCE
from tour.walk import Page, Stop, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

DAY = "RAD19"
WIDTHS = (320, 768, 1440)
TALLEST = 2_000
ROLES = {
    "officer": "officer1@be.demo.example",
    "reviewer": "reviewer@be.demo.example",
    "coordinator": "coordinator@eu-iru.demo.example",
    "auditor": "auditor@demo.example",
    "administrator": "administrator@demo.example",
}
#: For docs/officers.md: name of the file, role, page, how many pixels tall. Work that is under way is in TRY-IT.
SHOWN = (
    ("sign-in", None, "/sign-in/", 560),
    ("board", "coordinator", f"/operations/{DAY}/", 1000),
    ("wall", "coordinator", f"/operations/{DAY}/wall/", 900),
    ("hand-in", "officer", f"/operations/{REFERENCE}/hand-in/", 800),
    ("report", "officer", f"/operations/{REFERENCE}/submissions/", 340),
    ("review", "reviewer", f"/operations/{REFERENCE}/review/", 900),
    ("holds", "officer", "/holds/", 760),
    ("dispatch", "coordinator", f"/operations/{REFERENCE}/dispatch/", 620),
    ("orders", "coordinator", f"/operations/{REFERENCE}/orders/", 520),
    ("answers", "coordinator", f"/operations/{REFERENCE}/answers/", 900),
    ("complaints", "coordinator", f"/operations/{REFERENCE}/complaints/", 480),
    ("referrals", "officer", f"/operations/{DAY}/referrals/", 760),
    ("look-again", "officer", f"/operations/{DAY}/look-again/", 640),
    ("morning-after", "officer", f"/operations/{DAY}/morning-after/", 900),
    ("outlets", "officer", "/outlets/", 560),
)
#: Colours of a picture for the documents: enough for a page, and a third of the bytes.
COLOURS = 64


def main() -> int:
    """Take the pictures; return 1 where the demo or the browser is missing."""
    options = argparse.ArgumentParser(prog="python -m tour", description=__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
    options.add_argument("--out", type=Path, default=Path("docs/pictures"))
    options.add_argument("--all", action="store_true", help="every page, at three widths, in both themes")
    asked = options.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("There is no Chromium on this machine: apt-get install chromium.", file=sys.stderr)
        return 1
    asked.out.mkdir(parents=True, exist_ok=True)
    with _browser(chromium) as browser:
        if asked.all:
            _take_all(browser, asked.url, asked.out)
        else:
            _take_shown(browser, asked.url, asked.out)
    return 0


def _take_shown(browser: Browser, url: str, out: Path) -> None:
    for name, role, address, height in SHOWN:
        with _signed_in(browser, url, role, width=1100, theme="light") as context:
            page = context.new_page()
            page.goto(address)
            taken = page.screenshot(clip={"x": 0, "y": 0, "width": 1100, "height": height})
            with Image.open(BytesIO(taken)) as picture:
                picture.convert("RGB").quantize(COLOURS).save(out / f"{name}.png", optimize=True)
            print(out / f"{name}.png")


def _take_all(browser: Browser, url: str, out: Path) -> None:
    found: dict[str, Stop] = {}
    for role in ROLES:
        with _signed_in(browser, url, role, width=1440, theme="light") as context:
            for operation in (REFERENCE, DAY):
                for stop in walk(_fetching(context, url), role, operation=operation):
                    found.setdefault(stop.page, stop)
    for width in WIDTHS:
        for theme in ("light", "dark"):
            for role in ROLES:
                with _signed_in(browser, url, role, width=width, theme=theme) as context:
                    page = context.new_page()
                    for stop in (one for one in found.values() if one.person == role):
                        page.goto(stop.address)
                        height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
                        name = f"{re.sub('[^a-z-]', '-', stop.page.removeprefix('web:'))}-{width}-{theme}.png"
                        clip = {"x": 0, "y": 0, "width": width, "height": height}
                        page.screenshot(path=out / name, full_page=True, clip=clip)  # type: ignore[arg-type]
    print(f"{len(found)} pages in {out}")


@contextmanager
def _browser(chromium: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def _signed_in(
    browser: Browser, url: str, role: str | None, *, width: int, theme: str
) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=url, locale="en-GB", timezone_id="Europe/Amsterdam", viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )  # fmt: skip
    if role is not None:
        page = context.new_page()
        page.goto("/sign-in/")
        page.locator("input[type=email], input[name=username], input[name=login]").first.fill(ROLES[role])
        page.locator("input[type=password]").first.fill(PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url(re.compile(r"/operations/|/$"))
        page.close()
    yield context
    context.close()


def _fetching(context: BrowserContext, url: str):  # type: ignore[no-untyped-def]
    def fetch(address: str) -> Page:
        response = context.request.get(address)
        is_page = response.status == 200 and response.headers.get("content-type", "").startswith("text/html")
        return Page(response.url.removeprefix(url), response.text() if is_page else None)

    return fetch
