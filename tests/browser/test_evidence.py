"""Evidence as a browser walks it: attach, look, download; and all of it once by keyboard alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence, EvidenceAccess
from takedowns.referrals.transitions import apply_to_all
from takedowns.verification.models import Check
from tests.browser.steps import ONE, press, said_to_be_wrong, sign_in, tab_to, write
from tests.evidence.hostile import HTML, TEXT, WARC, picture
from tests.factories import make_referrals
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def removed(cast: People) -> UUID:
    ids = make_referrals(cast.operation, cast.agency, ["https://t.me/demo_a"], submitted_by=cast.officer)
    for move, facts in (
        ("approve", {"exemptions_checked": True}),
        ("refer", {}),
        ("remove", {"action": "visibility_removed"}),
    ):
        assert apply_to_all(move, ids, by=SYSTEM, **facts).moved == ids
    return ids[0]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """Files on the officer's disk."""
    made = {
        "shot.png": picture(size=(900, 600)) + HTML,
        "chat.txt": TEXT,
        "site.warc": WARC,
        "page.png": HTML,
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in made}


def test_files_are_attached_looked_at_and_downloaded(
    removed: UUID, files: dict[str, Path], page: Page, tmp_path: Path, complaints: list[str]
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{removed}/")
    page.get_by_text("Attach files").click()
    page.get_by_label("Files", exact=True).set_input_files(
        [files["shot.png"], files["chat.txt"], files["site.warc"]]
    )
    page.get_by_label("What they show").fill("Before it goes.")
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("3 files are attached.").wait_for()
    page.get_by_label("Files", exact=True).set_input_files(files["page.png"])
    page.get_by_role("button", name="Attach").click()
    said_to_be_wrong(page, "It is a web page", complaints)

    page.get_by_role("link", name="shot.png", exact=True).click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    page.get_by_role("link", name="Show the picture").click()
    drawn = page.get_by_role("img", name="shot.png")
    drawn.scroll_into_view_if_needed()
    expect.soft(drawn).to_be_visible()
    expect(drawn).to_have_js_property("naturalWidth", 900)  # it may still be on its way
    with page.expect_download() as started:
        page.get_by_role("link", name="Download the file").click()
    assert started.value.suggested_filename == "shot.png"
    saved = tmp_path / "saved.png"
    started.value.save_as(saved)
    assert saved.read_bytes() == files["shot.png"].read_bytes()
    page.reload()
    expect(page.get_by_text("Downloaded", exact=True)).to_be_visible()
    with acting_as(SYSTEM):
        looks = EvidenceAccess.objects.filter(evidence__referral=removed)
        assert set(looks.values_list("action", flat=True)) == {"previewed", "downloaded"}


def paste(page: Page, content: bytes, media_type: str, text: str = "") -> None:
    """Let the clipboard hold a picture, and perhaps text, and paste it where the focus is."""
    page.evaluate(
        """([bytes, type, text]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "image." + type.split("/")[1], {type}));
            if (text) data.setData("text/plain", text);
            (document.activeElement || document.body).dispatchEvent(
                new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [list(content), media_type, text],
    )


def test_screenshots_are_pasted_and_what_is_typed_stays_where_it_is(removed: UUID, page: Page) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{removed}/")
    expect(page.get_by_text("A screenshot can be pasted here")).to_be_hidden()  # folded
    paste(page, picture(size=(300, 200)), "image/png")
    expect(page.get_by_role("status").filter(has_text="Pasted, and attached")).to_contain_text("screenshot-")
    paste(page, picture("WEBP", (200, 300)), "image/webp")
    note = page.get_by_label("What they show")
    note.focus()
    paste(
        page, picture(), "image/png", text="a word"
    )  # a word processor puts a picture of the text beside it
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("2 files are attached.").wait_for()
    with acting_as(SYSTEM):
        kept = {one.media_type: one.filename for one in Evidence.objects.all()}
    assert kept.keys() == {"image/png", "image/webp"}
    assert kept["image/webp"].startswith("screenshot-")
    assert kept["image/webp"].endswith(".webp")
    page.get_by_role("link", name=kept["image/webp"], exact=True).click()
    page.get_by_role("link", name="Show the picture").click()
    expect(page.get_by_role("img", name="screenshot")).to_have_js_property("naturalWidth", 200)


def test_one_key_shows_the_pictures_and_blurs_them_again(
    removed: UUID, files: dict[str, Path], page: Page
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{removed}/evidence/")
    page.get_by_label("Files", exact=True).set_input_files(files["shot.png"])
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("1 file is attached.").wait_for()
    page.goto(f"{ONE}referrals/{removed}/")
    drawn = page.locator("img.evidence")
    expect(drawn).to_have_js_property("naturalWidth", 320)
    expect(drawn).to_have_accessible_name("shot.png, blurred and grey")
    with acting_as(SYSTEM):
        assert not EvidenceAccess.objects.exists()
    page.keyboard.press("v")
    expect(drawn).to_have_js_property("naturalWidth", 900)
    page.keyboard.press("v")
    expect(drawn).to_have_js_property("naturalWidth", 320)
    with acting_as(SYSTEM):
        assert EvidenceAccess.objects.count() == 1
    page.get_by_role("button", name="Never blur pictures for me").click()
    expect(page.locator("img.evidence")).to_have_js_property("naturalWidth", 900)
    page.get_by_role("button", name="Always blur pictures for me").wait_for()


def test_a_picture_opened_by_itself_runs_nothing(
    removed: UUID, files: dict[str, Path], page: Page, complaints: list[str]
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{removed}/evidence/")
    page.get_by_label("Files", exact=True).set_input_files(files["shot.png"])
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("1 file is attached.").wait_for()
    with acting_as(SYSTEM):
        piece = Evidence.objects.get()
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    page.goto(f"{ONE}referrals/{removed}/evidence/{piece.pk}/picture/")
    assert page.evaluate("document.contentType") == "image/png"
    assert page.evaluate("document.scripts.length") == 0
    # Chromium's own viewer of pictures may not even style itself: the policy holds.
    assert all("Content Security Policy" in one for one in complaints), complaints
    complaints.clear()


def test_all_of_it_by_keyboard_and_a_look_with_its_screenshot(
    removed: UUID, files: dict[str, Path], page: Page
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}look-again/?referral={removed}")
    write(page, page.get_by_label("Note"), "Pinned post is up.")
    chooser = page.get_by_label("Screenshot")
    tab_to(page, chooser)
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files(files["shot.png"])
    press(page, page.get_by_role("button", name="Still online"))
    page.get_by_text("kept what you saw").wait_for()
    with acting_as(SYSTEM):
        check = Check.objects.select_related("evidence").get()
        assert check.evidence is not None
        assert (check.seen, check.evidence.note) == ("online", "Pinned post is up.")

    page.goto(f"{ONE}referrals/{removed}/")
    press(page, page.get_by_role("link", name="Screenshot"))
    page.wait_for_url("**/evidence/*/")
    press(page, page.get_by_role("link", name="Show the picture"))
    page.get_by_role("img", name="shot.png").wait_for()
    with page.expect_download() as started:
        press(page, page.get_by_role("link", name="Download the file"))
    assert started.value.suggested_filename == "shot.png"

    page.goto(f"{ONE}referrals/{removed}/")
    press(page, page.get_by_text("Attach files"))
    tab_to(page, page.get_by_label("Files", exact=True))
    with page.expect_file_chooser() as asked:
        page.keyboard.press("Enter")
    asked.value.set_files([files["chat.txt"], files["site.warc"]])
    press(page, page.get_by_role("button", name="Attach"))
    page.get_by_text("2 files are attached.").wait_for()


def test_without_a_script_it_is_the_same(
    removed: UUID, files: dict[str, Path], browser: Browser, live_server: LiveServer
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "reviewer")
    page.goto(f"{ONE}referrals/{removed}/")
    page.get_by_text("Attach files").click()
    page.get_by_label("Files", exact=True).set_input_files([files["chat.txt"], files["page.png"]])
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("Not every file was attached.").wait_for()
    page.get_by_role("link", name="chat.txt").click()
    page.get_by_role("heading", name="Who opened it").wait_for()
    context.close()


def test_a_file_attached_by_mistake_is_taken_back_by_keyboard(
    removed: UUID, files: dict[str, Path], page: Page, complaints: list[str]
) -> None:
    sign_in(page, "officer")
    page.goto(f"{ONE}referrals/{removed}/evidence/")
    page.get_by_label("Files", exact=True).set_input_files(files["chat.txt"])
    press(page, page.get_by_role("button", name="Attach"))
    press(page, page.get_by_role("link", name="chat.txt"))
    press(page, page.get_by_text("Attached by mistake?"))
    press(page, page.get_by_role("button", name="Take the file back"))
    said_to_be_wrong(page, "Say why", complaints)
    write(page, page.get_by_label("Why"), "Of another case.")
    press(page, page.get_by_role("button", name="Take the file back"))
    page.get_by_text("The file is taken back.").wait_for()
    expect(page.get_by_role("note")).to_contain_text("Of another case.")
    expect(page.get_by_role("link", name="Download the file")).to_have_count(0)
    expect(page.get_by_text("Attached by mistake?")).to_have_count(0)

    address = page.url
    sign_in(page, "auditor")
    page.goto(address)
    expect(page.get_by_role("note")).to_contain_text("Officer, North Unit")
    with page.expect_download() as started:
        press(page, page.get_by_role("link", name="Download the file"))
    assert started.value.suggested_filename == "chat.txt"
    page.reload()
    expect(page.get_by_text("Downloaded", exact=True)).to_be_visible()
