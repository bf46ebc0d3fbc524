"""Which page each of the cast may open. A new page that is not in the table fails the last test."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from takedowns.directory.asking import SYSTEM, asking_as
from takedowns.referrals.models import Item, Outlet
from takedowns.web.urls import urlpatterns
from tests.web.conftest import SignedIn, Work

WORKS_HERE = ("officer", "reviewer", "other_officer", "coordinator")
SEES_ALL = ("auditor", "administrator")
ELSEWHERE = ("absent_officer",)
NO_AGENCY = ("platform_contact", "stranger")
EVERYBODY = (*WORKS_HERE, *SEES_ALL, *ELSEWHERE, *NO_AGENCY, "anonymous")
SIGN_IN = 302

ANY_STAFF = dict.fromkeys((*WORKS_HERE, *SEES_ALL, *ELSEWHERE), 200)
OF_OPERATION = dict.fromkeys((*WORKS_HERE, *SEES_ALL), 200) | dict.fromkeys(ELSEWHERE, 404)
HANDS_IN = OF_OPERATION | dict.fromkeys(SEES_ALL, 403)
OWN_SUBMISSION = OF_OPERATION | {"other_officer": 404, "coordinator": 404}

PAGES: dict[str, dict[str, int]] = {
    "operations": ANY_STAFF,
    "identify": ANY_STAFF,
    "news": ANY_STAFF,
    "messages": OF_OPERATION,
    "board": OF_OPERATION,
    "board-live": OF_OPERATION,
    "export-csv": OF_OPERATION,
    "export-json": OF_OPERATION,
    "figures": OF_OPERATION,
    "figures-dictionary": OF_OPERATION,
    "figures-compare": OF_OPERATION,
    "came-back": OF_OPERATION,
    "figures-closer": OF_OPERATION,
    "referrals": OF_OPERATION,
    "referral": OF_OPERATION,
    "leave": OF_OPERATION,
    "still-online": OF_OPERATION,
    "bulk-changes": OF_OPERATION,
    "morning-after": OF_OPERATION,
    "complaints": OF_OPERATION,
    "find": ANY_STAFF,
    "outlets": ANY_STAFF,
    "outlet": OF_OPERATION,
    "hand-in": HANDS_IN,
    "hand-in-template": OF_OPERATION,
    "submissions": OF_OPERATION,
    "submission": OWN_SUBMISSION,
    "submission-csv": OWN_SUBMISSION,
}
#: Pages that need no sign-in, or answer something else than a page; each has tests of its own.
OTHERS = {"invitation", "home", "health", "language", "sign-in", "sign-out", "submission-progress"}
#: A list before it is handed in: tests/web/test_preview.py asks the same cast.
PREVIEW = {"preview", "preview-confirm", "preview-discard", "preview-columns"}
#: Case work is for some roles only: tests/web/test_case_work_access.py asks the same cast.
CASE_WORK = {
    "review", "review-many", "holds", "hold-release", "hold-referral", "conflicts", "dispatch", "dispatched",
    "hand-off-csv", "answer", "answers", "look-again", "look-again-many", "look-again-schedule", "origin",
    "bulk",
}  # fmt: skip
#: A change of many and views of a list: tests/web/test_many.py.
MANY = {"bulk-change", "bulk-undo", "view-keep", "view-drop"}
#: Running the place: tests/web/test_running_access.py asks the same cast.
RUNNING = {"operation-prepare", "operation-set-up", "operation-close", "operation-reopen",
           "platforms", "platform", "platform-make", "host-take-back", "agencies", "agency", "keys", "key", "key-make",
           "key-rotate", "key-revoke", "retention"}  # fmt: skip
#: The screens on the wall: tests/web/test_wall.py asks for them, with and without a session.
WALL = {"wall", "wall-live", "wall-links", "wall-revoke", "wall-shown", "wall-shown-live"}

#: Questions and complaints: tests/web/test_what_platforms_ask.py; the table of access.json asks the same cast.
TALK = {"information", "complain", "complaint-decide"}

#: Evidence: tests/web/test_evidence.py asks the same cast.
EVIDENCE = {"evidence", "evidence-one", "evidence-picture", "evidence-file", "evidence-take-back"}

#: For administrators: tests/web/accounts asks the same cast.
PEOPLE = {"people", "person", "people-log", "invitation-revoke"}

#: What people are told: tests/web/test_notices.py; the table of access.json asks the same cast.
NOTICES = {"news-read", "news-choose", "message-end", "message-read"}

#: Figures as files: tests/web/test_figures.py asks the same cast.
FIGURES = {"figures-report", "figures-chart"}

#: Removal orders and bundles: tests/web/test_orders.py asks the same cast.
ORDERS = {
    "orders", "order", "order-pdf", "order-write", "order-record", "order-parties", "order-authority", "order-addressee",
    "order-notice", "hand-off-zip", "hand-off-sent",
}  # fmt: skip

#: For a platform's people and administrators: tests/web/test_webhooks.py asks the same cast.
WEBHOOKS = {"webhooks", "webhook", "webhook-rotate", "webhook-ping", "webhook-replay", "webhook-remove"}


def address_of(page: str, work: Work) -> str:
    """Return the address of a page, with the work's referral or submission where it is about one."""
    arguments: list[Any] = (
        []
        if page in ("operations", "identify", "find", "news", "outlets", "outlet")
        else [work.people.operation.reference]
    )
    if page in ("referral", "leave"):
        arguments.append(work.referral_ids[0])
    if page.startswith("submission-") or page == "submission":
        arguments.append(work.submission.pk)
    if page == "outlet":
        arguments.append(_outlet_of(work).pk)
    return reverse(f"web:{page}", args=arguments)


def _outlet_of(work: Work) -> Outlet:
    """Return the outlet of the work's items, named if need be."""
    with asking_as(SYSTEM):
        outlet, _ = Outlet.objects.get_or_create(name="Amber Lantern")
        Item.objects.filter(referrals__in=work.referral_ids).update(outlet=outlet)
    return outlet


@pytest.mark.parametrize("person", EVERYBODY)
@pytest.mark.parametrize("page", PAGES)
def test_each_page_opens_for_whom_it_is_meant(
    page: str, person: str, work: Work, signed_in: SignedIn
) -> None:
    expected = PAGES[page].get(person, SIGN_IN if person == "anonymous" else 403)
    response = signed_in(person).get(address_of(page, work))
    assert response.status_code == expected
    if expected == SIGN_IN:
        assert response["Location"].startswith(reverse("web:sign-in"))
    if expected == 200:
        assert "no-store" in response["Cache-Control"]


def test_what_may_not_be_seen_looks_like_what_does_not_exist(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("absent_officer")
    hidden = client.get(address_of("board", work))
    missing = client.get(reverse("web:board", args=["NOSUCH"]))
    assert (hidden.status_code, hidden.content) == (missing.status_code, missing.content)


def test_whoever_has_no_agency_is_told_why(signed_in: SignedIn) -> None:
    response = signed_in("platform_contact").get(reverse("web:operations"))
    assert "Platforms answer through the API" in response.content.decode()


def test_a_live_part_takes_the_whole_page_to_the_sign_in(work: Work, signed_in: SignedIn) -> None:
    response = signed_in("anonymous").get(address_of("board-live", work), headers={"HX-Request": "true"})
    assert response["HX-Redirect"] == reverse("web:sign-in")


def test_the_table_names_every_page() -> None:
    assert (
        {pattern.name for pattern in urlpatterns}
        == PAGES.keys()
        | OTHERS
        | CASE_WORK
        | PREVIEW
        | WEBHOOKS
        | RUNNING
        | ORDERS
        | WALL
        | MANY
        | PEOPLE
        | TALK
        | FIGURES
        | EVIDENCE
        | NOTICES
    )
