"""Two people at one form: no page that changes what is stored lets the last one win unseen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import escape
from html.parser import HTMLParser
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.models import IssuingAuthority
from takedowns.orders.writing import write_orders
from takedowns.referrals.models import Item, Operation, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY, approved
from tests.web import access
from tests.web.test_access_table import arguments  # noqa: F401 - a fixture


@dataclass(frozen=True)
class Edit:
    """What two people change in a form, each something else; ``shows`` is what the other's page then tells.

    Attributes:
        stands_on: the path of the page that the form stands on; of the page itself where empty.
    """

    person: str
    first: dict[str, Any]
    second: dict[str, Any]
    shows: str
    stands_on: str = ""


_ADMIN: Final = "administrator"
#: By page, each form that changes what is stored.
EDITS: Final = {
    "operation-set-up": Edit(
        "coordinator", {"scope": "No accounts."}, {"scope": "No groups."}, "No accounts."
    ),
    "order-write": Edit(
        "coordinator", {"reasons": "It says how."}, {"reasons": "It names places."}, "It says how."
    ),
    "order-authority": Edit("coordinator", {"phone": "+31 1"}, {"phone": "+31 2"}, "+31 1"),
    "order-addressee": Edit(
        "coordinator", {"contact_point": "A desk"}, {"contact_point": "B desk"}, "A desk"
    ),
    "listed-group": Edit(_ADMIN, {"name": "Amber One"}, {"name": "Amber Two"}, "Amber One"),
    "agency": Edit(_ADMIN, {"name": "North One"}, {"name": "North Two"}, "North One"),
    "platform": Edit(_ADMIN, {"name": "Rocket One"}, {"name": "Rocket Two"}, "Rocket One"),
    "key-certificates": Edit(_ADMIN, {"certificates": "ab" * 32}, {"certificates": "cd" * 32}, "ab" * 32),
    "webhook": Edit(_ADMIN, {"description": "Desk one"}, {"description": "Desk two"}, "Desk one"),
    "deconfliction-partner": Edit(_ADMIN, {"contact": "Desk one"}, {"contact": "Desk two"}, "Desk one"),
    "origin": Edit("coordinator", {"outlet": "Amber One"}, {"outlet": "Amber Two"}, "Amber One"),
    "reminder-times": Edit("coordinator", {"receipt_contact": "7"}, {"receipt_contact": "9"}, "7"),
    "reminder-recipients": Edit(
        "coordinator", {"mail_to": "a@example.org"}, {"mail_to": "b@example.org"}, "a@example.org"
    ),
    "look-again-schedule": Edit("coordinator", {"hours": "2 h"}, {"hours": "3 h"}, "2 h"),
    "person": Edit(
        _ADMIN, {"do": "off"}, {"do": "give", "role": "reviewer", "agency": "north"}, "switched off"
    ),
    "messages": Edit("coordinator", {"text": "Stop at five."}, {"text": "Stop at 18:00."}, "Stop at five."),
    "answer": Edit(
        "coordinator",
        {"answer": "acknowledge"},
        {"answer": "decline", "decline_reason": "other"},
        "Acknowledged",
    ),
    "correct-answer": Edit(
        "coordinator",
        {"answer": "decline", "decline_reason": "other", "reason": "Read wrongly."},
        {"answer": "report_unavailable", "reason": "Gone before."},
        "Declined",
    ),
    "desk-referral": Edit(
        "platform_contact",
        {"answer": "decline", "decline_reason": "other"},
        {"answer": "remove", "action": "visibility_removed"},
        "Declined",
    ),
    "desk-correct": Edit(
        "platform_contact",
        {"answer": "decline", "decline_reason": "other", "reason": "Read wrongly."},
        {"answer": "report_unavailable", "reason": "Gone before."},
        "Declined",
    ),
    "desk-figures": Edit(
        "platform_contact",
        {"day": "2020-01-01", "what": "accounts", "count": "4711"},
        {"day": "2020-01-01", "what": "accounts", "count": "4712"},
        "2020-01-01 accounts",
    ),
    "desk-person": Edit(
        "platform_manager",
        {"role": "manager"},
        {"role": ""},
        "Platform manager, Telegram",
        stands_on="/desk/telegram/people/",
    ),
}
#: Every other page that takes something, and why nobody's change is lost there.
NO_EDITS: Final = {
    "adds something, and changes nothing that is there": {
        *(
            "hand-in",
            "identify",
            "find",
            "holds",
            "hold-referral",
            "evidence",
            "complain",
            "comments",
            "order-notice",
            "answers",
        ),
        *(
            "look-again",
            "look-again-many",
            "agencies",
            "listed-group-add",
            "platform-make",
            "key-make",
            "webhooks",
            "people",
            "people-invite",
            "wall-links",
        ),
        *(
            "operation-prepare",
            "proof",
            "order-record",
            "order-preservation",
            "statements",
            "duties",
            "exchange-mark",
            "publish",
            "exchange-bring",
            "other-host",
            "other-host-look-up",
        ),
        *("deconfliction-add", "deconfliction-again"),
        *("desk-complain", "desk-order-record", "desk-people", "looks", "check-file"),
        *("alarm-look-into", "legal-holds", "disclosures", "data-report"),
    },
    "moves what stands as it was shown, under a lock, and refuses what has moved on": {
        *(
            "review",
            "review-many",
            "review-take-back",
            "returned",
            "bulk",
            "bulk-undo",
            "bulk-long-stop",
            "listed-groups-import",
            "listed-groups-typed",
            "dispatch",
            "order-issue",
            "hand-off-sent",
        ),
        *(
            "answers-confirm",
            "answers-correct",
            "answers-take-back",
            "answers-read",
            "answers-rest",
            "answers-discard",
        ),
        *("preview-confirm", "preview-discard", "submission-withdraw", "information", "complaint-decide"),
        *("desk-answers", "desk-answers-confirm", "desk-answers-correct", "desk-answers-take-back"),
        *("desk-answers-read", "desk-answers-rest", "desk-answers-discard", "desk-complaint-decide"),
    },
    "puts one row of a list right, beside what others put right": {
        *("preview-columns", "preview-repair", "preview-platform"),
    },
    "ends, closes or opens something; twice is once": {
        *(
            "message-end",
            "hold-release",
            "hold-override",
            "wall-revoke",
            "key-revoke",
            "key-rotate",
            "invitation-revoke",
            "people-request",
        ),
        *("operation-close", "operation-reopen", "host-take-back", "evidence-take-back", "job-try-again"),
        *("deconfliction-code", "deconfliction-enter", "deconfliction-pause", "deconfliction-end"),
        *("reminder-switch", "reminder-again", "typed", "legal-hold-release", "pseudonym"),
        *("duty-take-back", "host-promote", "desk-invitation-revoke", "hand-off-link-revoke"),
        *("webhook-rotate", "webhook-ping", "webhook-replay", "webhook-remove"),
    },
    "one’s own alone": {
        *(
            "news-read",
            "news-choose",
            "message-read",
            "comments-read",
            "pictures-choose",
            "view-keep",
            "view-drop",
            "review-leave",
        ),
        "desk-alerts",
    },
}


@dataclass
class _Forms(HTMLParser):
    """What a browser would send of each form on a page."""

    forms: list[dict[str, list[str]]] = field(default_factory=list)
    _select: str = ""
    _area: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        elif not self.forms:
            return
        elif tag == "input" and "name" in told:
            ticked = told.get("type") in ("checkbox", "radio")
            if not ticked or "checked" in told:
                self.forms[-1].setdefault(told["name"], []).append(told.get("value", "on" if ticked else ""))
        elif tag == "select":
            self._select = told["name"]
        elif tag == "option" and self._select and "selected" in told:
            self.forms[-1].setdefault(self._select, []).append(told.get("value", ""))
        elif tag == "textarea":
            self._area = told["name"]
            self.forms[-1][self._area] = [""]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][self._area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.forms[-1][self._area] = [self.forms[-1][self._area][0].removeprefix("\n")]
            self._area = ""
        elif tag == "select":
            self._select = ""


def _form(page: str, edit: Edit) -> dict[str, list[str]]:
    """Return what the browser sends of the form that carries a version and the fields of the edit."""
    parser = _Forms()
    parser.feed(page)
    versioned = [one for one in parser.forms if "version" in one]
    assert versioned, "the page has no form that says with which version it was opened"
    return max(versioned, key=lambda one: len(one.keys() & edit.first.keys()))


def _sent(page: str, edit: Edit, changes: dict[str, Any]) -> dict[str, Any]:
    sent = _form(page, edit) | changes
    sent.pop("csrfmiddlewaretoken", None)
    return sent


@pytest.fixture
def addressed(work: Work, arguments: dict[str, list[Any]]) -> dict[str, str]:  # noqa: F811 - fixtures
    """Return by page its address."""
    [unissued] = approved(work.people, "https://t.me/demo_unissued", text=EMERGENCY)
    [asked] = approved(work.people, "https://t.me/demo_asked/1")
    assert apply_to_all("refer", [asked], by=SYSTEM).moved
    named = arguments | {
        "order-write": ["RAD19", unissued],
        "answer": ["RAD19", asked],
        "desk-referral": ["telegram", asked],
        "desk-correct": ["telegram", arguments["referral"][1]],  # which was removed
    }
    return {name: reverse(f"web:{name}", args=named[name]) for name in EDITS}


def test_every_page_that_takes_something_is_an_edit_or_says_why_it_loses_nothing() -> None:
    others = [name for names in NO_EDITS.values() for name in names]
    assert sorted([*EDITS, *others]) == sorted(access.ACTIONS)


def _first(client: Client, address: str, edit: Edit, agency: str) -> None:
    page = client.get(edit.stands_on or address).content.decode()
    response: Any = client.post(address, _sent(page, edit, _filled(edit.first, agency)))
    assert response.status_code == 302, re.findall(
        r'role="alert".*?</div>', response.content.decode(), re.DOTALL
    )


def _filled(changes: dict[str, Any], agency: str) -> dict[str, Any]:
    return {name: agency if name == "agency" else value for name, value in changes.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("name", EDITS)
def test_the_second_of_two_people_sees_both_and_loses_nothing(
    name: str,
    addressed: dict[str, str],
    work: Work,
    signed_in: SignedIn,
) -> None:
    edit, address, agency = EDITS[name], addressed[name], str(work.people.agency.pk)
    first, second = signed_in(edit.person), signed_in(edit.person)
    opened = second.get(edit.stands_on or address).content.decode()
    _first(first, address, edit, agency)
    sent = _sent(opened, edit, _filled(edit.second, agency))
    response: Any = second.post(address, sent)
    page = response.content.decode()
    assert response.status_code == 409, (name, response.status_code)
    assert escape(edit.shows) in page
    for typed in _filled(edit.second, agency).values():
        assert escape(typed) in page, "what was typed is there still"
    who = getattr(work.people, edit.person)
    assert str(who) in page or name == "webhook", "who changed it is told"
    # Looked through and sent again, it is kept.
    again = _sent(
        page,
        edit,
        {
            field: one
            for field, one in _filled(edit.second, agency).items()
            if field in ("do", "role", "agency")
        },
    )
    if name == "answer":  # what the form offers follows the status
        again |= edit.second
    response = second.post(address, again)
    assert response.status_code == 302, re.findall(
        r'role="alert".*?</div>', response.content.decode(), re.DOTALL
    )


@pytest.mark.django_db
def test_what_only_the_other_person_changed_is_taken_over(
    addressed: dict[str, str],
    work: Work,
    signed_in: SignedIn,
) -> None:
    address, edit = addressed["order-authority"], EDITS["order-authority"]
    first, second = signed_in("coordinator"), signed_in("coordinator")
    opened = second.get(address).content.decode()
    _first(first, address, edit, "")
    page = second.post(address, _sent(opened, edit, {"email": "desk@north.example"})).content.decode()
    assert "+31 1" in page
    assert second.post(address, _sent(page, edit, {})).status_code == 302
    with acting_as(SYSTEM):
        kept = IssuingAuthority.objects.get(agency=work.people.agency)
    assert (kept.phone, kept.email) == ("+31 1", "desk@north.example")


@pytest.mark.django_db
def test_an_agency_that_joined_meanwhile_is_not_thrown_out(
    addressed: dict[str, str],
    work: Work,
    signed_in: SignedIn,
) -> None:
    address, edit = addressed["operation-set-up"], EDITS["operation-set-up"]
    joins = str(work.people.absent_agency.pk)
    first, second = signed_in("coordinator"), signed_in("coordinator")
    opened = second.get(address).content.decode()
    page = first.get(address).content.decode()
    sent = _sent(page, edit, {})
    assert first.post(address, sent | {"agencies": [*sent["agencies"], joins]}).status_code == 302
    refused: Any = second.post(address, _sent(opened, edit, {"name": "Another name"}))
    assert refused.status_code == 409
    assert "Absent Unit" in refused.content.decode()
    assert second.post(address, _sent(refused.content.decode(), edit, {})).status_code == 302
    with acting_as(SYSTEM):
        operation = Operation.objects.get(pk=work.people.operation.pk)
        assert operation.name == "Another name"
        assert operation.agencies.filter(pk=joins).exists()


@pytest.mark.django_db
def test_two_who_write_the_same_are_in_no_conflict(
    addressed: dict[str, str],
    work: Work,
    signed_in: SignedIn,
) -> None:
    address, edit = addressed["origin"], EDITS["origin"]
    first, second = signed_in("coordinator"), signed_in("coordinator")
    opened = second.get(address).content.decode()
    _first(first, address, edit, "")
    assert second.post(address, _sent(opened, edit, edit.first)).status_code == 302
    with acting_as(SYSTEM):
        assert Item.objects.filter(outlet__name="Amber One").count() == 1


@pytest.mark.django_db
def test_a_reviewer_approves_the_order_that_they_read(
    addressed: dict[str, str], work: Work, signed_in: SignedIn
) -> None:
    people = work.people
    [one] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_read"], instrument="removal_order"
    )
    write_orders([one], EMERGENCY, by=people.actor("officer"))
    reviewer, address = signed_in("reviewer"), reverse("web:review", args=["RAD19"])
    edit = Edit("reviewer", {"decision": "approve"}, {}, "")
    opened = reviewer.get(address, {"referral": str(one)}).content.decode()
    assert reverse("web:order", args=["RAD19", one]) in opened, "what it says is a link away"
    write_orders([one], replace(EMERGENCY, reasons="It names another place."), by=people.actor("officer"))
    sent = _sent(opened, edit, {"exemptions_checked": "on"})
    refused: Any = reviewer.post(address, sent)
    assert refused.status_code == 409
    assert "It names another place." in refused.content.decode()
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=one).status == "submitted"
    again = _sent(refused.content.decode(), edit, {})
    assert reviewer.post(address, again).status_code == 302
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=one).status == "approved"
