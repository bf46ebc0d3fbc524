"""The table "What a page can do and the API cannot": each act of a page is a call of the API, or stands there with a reason.

A new page that changes something fails here until it is said which of the two it is; so does a row that nothing stands behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator

from tests.web.access import ACTIONS

_DOCUMENT: Final = settings.BASE_DIR / "docs" / "platforms-api.md"
_HEADING: Final = "### What a page can do and the API cannot"

#: By page, the calls that do the same.
CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "identify": ("identify", "identify_many"),
    "hand-in": ("hand_in", "bring_list"),
    "preview-confirm": ("confirm_preview",),
    "preview-discard": ("discard_preview",),
    "preview-columns": ("change_preview",),
    "preview-repair": ("change_preview",),
    "preview-platform": ("change_preview",),
    "submission-withdraw": ("look_at_withdrawal", "withdraw_submission"),
    "holds": ("place_hold", "change_hold"),
    "hold-referral": ("place_hold",),
    "hold-release": ("release_hold",),
    "look-again": ("report_check",),
    "information": ("answer_question",),
    "complain": ("report_complaint",),
    "complaint-decide": ("decide_complaint",),
    "evidence": ("attach_evidence",),
    "evidence-take-back": ("take_evidence_back",),
    "order-write": ("write_order",),
    "order-record": (
        "tell_order_receipt",
        "tell_order_feedback",
        "tell_order_impediment",
        "tell_order_resumption",
    ),
    "key-certificates": ("bind_certificates",),
    "duties": ("record_duty",),
    "duty-take-back": ("take_back_duty",),
    "webhooks": ("create_webhook",),
    "webhook": ("change_webhook",),
    "webhook-rotate": ("rotate_webhook_secret",),
    "webhook-ping": ("ping_webhook",),
    "webhook-replay": ("replay_deliveries",),
    "webhook-remove": ("delete_webhook",),
    "desk-referral": ("decide_one",),
    "desk-correct": ("decide_one",),
    "desk-answers": ("decide_many",),
    "desk-answers-confirm": ("decide_many",),
    "desk-answers-correct": ("decide_many",),
    "desk-answers-take-back": ("decide_many",),
    "desk-order-record": ("tell_order_receipt", "tell_order_feedback", "tell_order_impediment"),
    "desk-complain": ("report_complaint",),
    "desk-complaint-decide": ("decide_complaint",),
    "desk-figures": ("report_totals",),
}
#: By page, how the row of the table begins in which it stands.
ROWS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("review", "review-many", "review-take-back", "review-leave", "returned"),
        "approve, reject, send back",
    ),
    **dict.fromkeys(
        ("dispatch", "order-issue", "hand-off-sent", "hand-off-link-revoke"), "refer what is ready"
    ),
    "hold-override": "lift the holds of others",
    **dict.fromkeys(
        (
            "answer",
            "answers",
            "answers-read",
            "answers-rest",
            "answers-correct",
            "answers-confirm",
            "answers-discard",
            "answers-take-back",
            "correct-answer",
        ),
        "record what a platform answered",
    ),
    **dict.fromkeys(
        ("desk-answers-read", "desk-answers-rest", "desk-answers-discard"), "look at a list of answers before"
    ),
    **dict.fromkeys(
        ("bulk", "bulk-undo", "bulk-long-stop", "look-again-many"),
        "correct, withdraw or look at many at once",
    ),
    "look-again-schedule": "see when an item is due for another look",
    **dict.fromkeys(
        (
            "messages",
            "message-end",
            "operation-prepare",
            "operation-set-up",
            "operation-close",
            "operation-reopen",
        ),
        "announce something, prepare",
    ),
    **dict.fromkeys(
        ("reminder-times", "reminder-recipients", "reminder-switch", "reminder-again"),
        "remind silent platforms",
    ),
    **dict.fromkeys(
        ("order-authority", "order-addressee", "order-notice", "order-preservation"),
        "enter authorities",
    ),
    **dict.fromkeys(("comments", "comments-read"), "comment on a referral"),
    **dict.fromkeys(
        (
            "deconfliction-add",
            "deconfliction-again",
            "deconfliction-code",
            "deconfliction-end",
            "deconfliction-enter",
            "deconfliction-partner",
            "deconfliction-pause",
        ),
        "pair with other installations",
    ),
    "origin": "name the outlet by the address",
    "statements": "compare statements of reasons with a file",
    **dict.fromkeys(
        ("exchange-mark", "exchange-bring", "proof", "publish", "check-file"), "bring and take STIX and MISP"
    ),
    **dict.fromkeys(
        (
            "find",
            "news-read",
            "news-choose",
            "pictures-choose",
            "message-read",
            "desk-alerts",
            "view-keep",
            "view-drop",
            "typed",
            "wall-links",
            "wall-revoke",
        ),
        "search by any word, keep views",
    ),
    **dict.fromkeys(
        (
            "listed-group-add",
            "listed-group",
            "listed-groups-import",
            "listed-groups-typed",
            "platform",
            "platform-make",
            "host-take-back",
            "other-host",
            "other-host-look-up",
            "host-promote",
            "agencies",
            "agency",
            "key-make",
            "key-rotate",
            "key-revoke",
            "people",
            "people-invite",
            "person",
            "invitation-revoke",
            "people-request",
            "desk-people",
            "desk-person",
            "desk-invitation-revoke",
            "job-try-again",
        ),
        "look after keys, people",
    ),
    **dict.fromkeys(
        (
            "legal-holds",
            "legal-hold-release",
            "disclosures",
            "data-report",
            "pseudonym",
            "looks",
            "alarm-look-into",
        ),
        "keep for a court, tell somebody what is held",
    ),
}
#: Rows about what pages show and calls do not.
OF_READING: Final = ("look at the draft of an order", "see a picture of evidence drawn anew")


def rows() -> list[tuple[str, str]]:
    """Return the table's rows: what a page can do, and why not here."""
    part = _DOCUMENT.read_text().partition(_HEADING)[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.+?) \|$", part, re.MULTILINE)
    return [row for row in found if row[0] != "On a page"]


def test_each_act_of_a_page_is_a_call_or_stands_in_the_table() -> None:
    assert not CALLS.keys() & ROWS.keys()
    assert CALLS.keys() | ROWS.keys() == ACTIONS.keys()


def test_the_calls_that_stand_for_pages_are_there() -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    known = {
        one["operationId"]
        for path in described["paths"].values()
        for one in path.values()
        if "operationId" in one
    }
    assert {call for calls in CALLS.values() for call in calls} <= known


def test_each_row_is_about_a_page_that_is_there_and_has_its_reason() -> None:
    told = rows()
    assert len(told) > 10
    begins = {*ROWS.values(), *OF_READING}
    behind = {begin: [what for what, _ in told if what.startswith(begin)] for begin in begins}
    assert {begin: found for begin, found in behind.items() if len(found) != 1} == {}, "one row each"
    assert {what for what, _ in told} == {found[0] for found in behind.values()}, (
        "nothing stands behind the others"
    )
    assert all(len(why) > 10 for _, why in told)
