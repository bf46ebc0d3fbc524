"""What walks in the browser share: coming in, going on by keyboard, and bringing referrals to where a walk begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from tests.people import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

ONE = "/operations/RAD19/"
#: So many stops of the Tab key no page has; more means that it is not reached.
MOST_STOPS = 120


def sign_in(page: Page, name: str) -> None:
    """Come in as one of the cast, by keyboard alone; whoever was in goes out first."""
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("E-mail").focus()
    page.keyboard.type(f"{name}@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until an element has the focus and shows it, as somebody without a mouse would."""
    wanted.wait_for()
    for _ in range(MOST_STOPS):
        if wanted.evaluate("element => element === document.activeElement"):
            ring = wanted.evaluate(
                "one => { const style = getComputedStyle(one); return style.outlineStyle + style.boxShadow }"
            )
            assert ring != "nonenone", f"one does not see that {wanted} has the focus"
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach {wanted}")


def sign_out(page: Page) -> None:
    """Sign out; where the window is narrow, from the menu."""
    button = page.get_by_role("button", name="Sign out")
    if not button.is_visible():
        page.locator("details.main-menu > summary").click()
    button.click()
    page.wait_for_url("**/sign-in/")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go to an element by keyboard and press a key there."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, wanted: Locator, text: str) -> None:
    """Go to a field by keyboard, and write into it in place of what it holds."""
    tab_to(page, wanted)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def approve(ids: Sequence[UUID]) -> None:
    """Let a second person have approved them."""
    assert apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True).moved == list(ids)


def statuses(ids: Sequence[UUID]) -> list[str]:
    """Return where referrals stand, in the order given."""
    with acting_as(SYSTEM):
        found = dict(Referral.objects.values_list("pk", "status"))
    return [found[one] for one in ids]


def said_to_be_wrong(page: Page, sentence: str, complaints: list[str]) -> None:
    """Wait until a form says what is wrong; Chromium's console notes the 422 that came with it, which is as it should be."""
    page.get_by_role("alert").filter(has_text=sentence).wait_for()
    assert all("422" in one for one in complaints), complaints
    complaints.clear()
