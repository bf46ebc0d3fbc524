"""Mail that goes out over SMTP to a server that stands for the outside world: an invitation, a bundle, one that is refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import User
from takedowns.orders.models import Addressee
from takedowns.sending import mail
from takedowns.sending.models import Sending
from tests.browser.steps import ONE, approve, press, sign_in, write
from tests.factories import make_referrals
from tests.mail_server import MailServer, mail_server
from tests.people import People, make_people

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def cast(transactional_db: None) -> People:
    return make_people()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.DEFAULT_FROM_EMAIL = "Desk <desk@example.org>"
        yield running


def test_an_invitation_arrives_by_mail_and_its_link_makes_the_account(
    cast: People, page: Page, server: MailServer
) -> None:
    sign_in(page, "administrator")
    page.goto("/people/")
    write(page, page.get_by_label("E-mail"), "new@example.org")
    write(page, page.get_by_label("Name", exact=True), "N. New")
    page.get_by_label("Role", exact=True).select_option("officer")
    page.get_by_label("At the agency").select_option(label=cast.agency.name)
    press(page, page.get_by_role("button", name="Invite"))
    expect(page.get_by_text("The invitation went to new@example.org.")).to_be_visible()
    [message] = server.messages
    assert server.recipients == [["new@example.org"]]
    assert message["From"] == "Desk <desk@example.org>"
    body = message.get_content()
    link = re.search(r"https?://\S+/invitation/\S+/", body)
    assert link, body
    page.context.clear_cookies()
    page.goto(link[0])
    for field in page.get_by_label(re.compile("password", re.IGNORECASE)).all():
        field.fill("seven words that nobody else knows")
    page.get_by_role("button").filter(has_text=re.compile("account", re.IGNORECASE)).click()
    page.get_by_role("heading", name="Your account", level=1).wait_for()
    assert User.objects.filter(email="new@example.org", is_active=True).exists()


def test_a_bundle_arrives_whole_and_one_that_is_refused_says_so_and_goes_again(
    cast: People, page: Page, server: MailServer
) -> None:
    with acting_as(SYSTEM):
        Addressee.objects.create(platform_id="telegram", name="Telegram", mail_to="abuse@example.com")
    approve(make_referrals(cast.operation, cast.agency, ["https://t.me/demo_a"], submitted_by=cast.officer))
    server.refused.add("abuse@example.com")
    sign_in(page, "coordinator")
    page.goto(f"{ONE}dispatch/")
    press(page, page.get_by_role("button", name=re.compile("Refer 1")))
    page.wait_for_url("**/dispatch/*/")
    press(page, page.get_by_role("link", name="The bundle for Telegram"))
    page.wait_for_url("**/sent/")
    work_off()
    page.reload()
    expect(page.get_by_text("No such user here")).to_be_visible()
    assert server.messages == []

    server.refused.clear()
    press(page, page.get_by_role("button", name="Send it by mail to abuse@example.com"))
    expect(page.get_by_text("Waiting to be sent")).to_be_visible()
    work_off()
    page.reload()
    expect(page.get_by_role("listitem").filter(has_text="No such user here")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=re.compile("^Sent"))).to_be_visible()
    [message] = server.messages
    [attached] = message.iter_attachments()
    digest = hashlib.sha256(attached.get_content()).hexdigest()
    expect(page.get_by_text(digest)).to_be_visible()
    with acting_as(SYSTEM):
        assert list(Sending.objects.order_by("id").values_list("state", flat=True)) == ["failed", "sent"]


def work_off() -> None:
    """Do what the worker does with each sending that waits."""
    with acting_as(SYSTEM):
        waiting = list(Sending.objects.filter(state=Sending.State.QUEUED).values_list("pk", flat=True))
    assert waiting
    for sending in waiting:
        mail.send(sending)
