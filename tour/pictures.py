"""``python -m tour``: pictures of the running demo, for the documents or of every page to look at.

For the documents (``make pictures``): each page of :data:`SHOWN` at one width, by day, into ``docs/pictures/``.
With ``--all``: every page each role reaches, at three widths in both themes, and as printed, into the folder that is named.
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
#: Where there is work in each state; the day itself is over.
PRACTICE = REFERENCE
#: How each page is looked at: pixels of width, theme, and whether as printed (A4 across, less its margins, at 96 pixels an inch).
LOOKS = (
    *((width, theme, False) for width in (320, 768, 1440) for theme in ("light", "dark")),
    (1047, "light", True),
)
TALLEST = 2_000
ROLES = {
    "officer": "officer1@be.demo.example",
    "reviewer": "reviewer@be.demo.example",
    "coordinator": "coordinator@eu-iru.demo.example",
    "auditor": "auditor@demo.example",
    "administrator": "administrator@demo.example",
}
#: For the guide for officers: name of the file, role, page (and after >> which link there is followed), how many pixels tall.
#: A new one: a line here, ``![what it shows](…)`` there.
SHOWN = (
    ("sign-in", None, "/sign-in/", 400),
    ("operations", "coordinator", "/operations/", 560),
    ("set-up", "coordinator", f"/operations/{PRACTICE}/set-up/", 760),
    ("board", "coordinator", f"/operations/{DAY}/", 980),
    ("wall", "coordinator", f"/operations/{DAY}/wall/", 900),
    ("hand-in", "officer", f"/operations/{PRACTICE}/hand-in/", 760),
    (
        "preview",
        "officer",
        f"/operations/{PRACTICE}/submissions/ >> main tr:has-text('Not submitted yet') a",
        820,
    ),
    ("report", "officer", f"/operations/{DAY}/submissions/ >> main table a", 620),
    ("referrals", "officer", f"/operations/{DAY}/referrals/?status=referred", 700),
    ("referral", "officer", f"/operations/{DAY}/referrals/?status=removed >> main table a", 900),
    ("review", "reviewer", f"/operations/{PRACTICE}/review/", 820),
    ("holds", "officer", "/holds/", 700),
    ("dispatch", "coordinator", f"/operations/{PRACTICE}/dispatch/", 620),
    ("orders", "coordinator", f"/operations/{PRACTICE}/orders/", 620),
    ("order", "coordinator", f"/operations/{PRACTICE}/orders/ >> main table a", 820),
    ("answers", "coordinator", f"/operations/{DAY}/answers/", 800),
    ("look-again", "officer", f"/operations/{DAY}/look-again/", 640),
    ("still-online", "officer", f"/operations/{DAY}/still-online/", 640),
    ("morning-after", "coordinator", f"/operations/{DAY}/morning-after/", 900),
    ("complaints", "coordinator", f"/operations/{PRACTICE}/complaints/", 480),
    ("outlets", "officer", "/outlets/", 560),
    ("outlet", "officer", "/outlets/ >> main table a", 900),
    ("news", "officer", "/what-changed/", 760),
    ("messages", "coordinator", f"/operations/{PRACTICE}/messages/", 560),
    ("closer", "coordinator", f"/operations/{DAY}/figures/closer/", 900),
    ("figures", "coordinator", f"/operations/{DAY}/figures/", 1000),
    ("came-back", "coordinator", f"/operations/{DAY}-F/figures/came-back/", 900),
)
#: A picture's colours; more would only make it larger than a page of text is worth.
COLOURS = 32


def main() -> int:
    """Take the pictures; return 1 where the demo or the browser is missing."""
    options = argparse.ArgumentParser(prog="python -m tour", description=__doc__)
    options.add_argument("--url", default="http://127.0.0.1:8000", help="where the demo runs")
    options.add_argument("--out", type=Path, default=Path("docs/pictures"))
    options.add_argument("--all", action="store_true", help="every page: three widths, both themes, print")
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
            page.set_viewport_size({"width": 1100, "height": height})
            start, _, link = address.partition(" >> ")
            page.goto(start)
            if link:
                page.goto(page.locator(link).first.get_attribute("href") or start)
            size = _keep_small(page.screenshot(), out / f"{name}.png")
            print(f"{out / name}.png: {size / 1000:.0f} kB")


def _keep_small(png: bytes, path: Path) -> int:
    """Write a picture in few colours; return its size in bytes."""
    with Image.open(BytesIO(png)) as whole:
        whole.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def _take_all(browser: Browser, url: str, out: Path) -> None:
    found: dict[str, Stop] = {}
    for role in ROLES:
        with _signed_in(browser, url, role, width=1440, theme="light") as context:
            for operation in (DAY, PRACTICE):  # a page that both have is looked at on a full day
                for stop in walk(_fetching(context, url), role, operation=operation):
                    found.setdefault(stop.page, stop)
    for width, theme, printed in LOOKS:
        for role in ROLES:
            with _signed_in(browser, url, role, width=width, theme=theme) as context:
                page = context.new_page()
                if printed:
                    page.emulate_media(media="print")
                for stop in (one for one in found.values() if one.person == role):
                    page.goto(stop.address)
                    if page.locator("#api[data-schema]").count():  # drawn by its script, from the schema
                        page.wait_for_load_state("networkidle")
                    height = min(TALLEST, int(page.evaluate("document.documentElement.scrollHeight")))
                    look = "print" if printed else f"{width}-{theme}"
                    name = f"{re.sub('[^a-z-]', '-', stop.page.removeprefix('web:'))}-{look}.png"
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
        base_url=url,
        locale="en-GB",
        timezone_id="Europe/Amsterdam",
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    if role is not None:
        page = context.new_page()
        page.goto("/sign-in/")
        page.locator("input[type=email], input[name=username], input[name=login]").first.fill(ROLES[role])
        page.locator("input[type=password]").first.fill(PASSWORD)
        page.locator("main form button").first.click()
        page.wait_for_url("/")
        page.close()
    yield context
    context.close()


def _fetching(context: BrowserContext, url: str):  # type: ignore[no-untyped-def]
    def fetch(address: str) -> Page:
        response = context.request.get(address)
        is_page = response.status == 200 and response.headers.get("content-type", "").startswith("text/html")
        return Page(response.url.removeprefix(url), response.text() if is_page else None)

    return fetch
