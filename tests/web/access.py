"""What the table of role, page and action is about: one of everything, what is sent to act, and how the table reads."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.urls import URLPattern, reverse

from takedowns.referrals.listed_groups import Typed
from takedowns.web.urls import urlpatterns
from tests.postgres import described

PINNED: Final = Path(__file__).with_name("access.json")
#: By page, then GET or POST, then person of the cast: what happens, in a word.
Table = dict[str, dict[str, dict[str, str]]]
#: The cast in the order of the table, with what stands above each column.
COLUMNS: Final[Mapping[str, str]] = {
    "officer": "officer",
    "reviewer": "reviewer",
    "coordinator": "coordinator",
    "auditor": "auditor",
    "administrator": "administrator",
    "other_officer": "officer of another agency that takes part",
    "absent_officer": "officer of an agency that takes no part",
    "platform_contact": "platform’s responder",
    "platform_manager": "platform’s manager",
    "stranger": "account without a role",
    "anonymous": "nobody signed in",
}
#: The same for everybody, signed in or not; each has tests of its own.
OPEN_TO_ALL: Final = {
    "health",
    "livez",
    "readyz",
    "security-txt",
    "language",
    "sign-in",
    "sign-out",
    "invitation",
    "wall-shown",
    "wall-shown-live",
    "hand-off",
    "hand-off-leave",
    "hand-off-link",
    "ledger-keys",
    "witness-add",
    "deconfliction-ask",
}

_HOLD: Final = {
    "reason": "We read it.",
    "ends_at": f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT%H:%M}",
}
_AT: Final = "2019-11-21T12:00"
_OPERATION: Final = {
    "reference": "RAD20",
    "name": "n",
    "starts": "2020-01-01",
    "default_instrument": "referral",
    "agencies": [],
}
#: By page that takes something: what is done there, and what is sent to do it.
ACTIONS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "news-read": ("mark as read", {"upto": "1"}),
    "news-choose": ("choose what one is told", {"scope": "agency", "mail": "daily"}),
    "messages": ("post an announcement", {"text": "Stop at six."}),
    "message-end": ("end a message", {}),
    "message-read": ("put a message away as read", {}),
    "identify": ("look an address up", {"url": "https://t.me/demo_lantern/12"}),
    "find": ("find", {"q": "demo_lantern"}),
    "hand-in": ("bring a list", {"pasted": "https://t.me/demo_more/1"}),
    "preview-confirm": ("submit the list", {}),
    "preview-discard": ("discard the list", {}),
    "preview-columns": ("say which column is which", {"by_themselves": "1"}),
    "preview-repair": ("put right what is not understood", {"what": "questions"}),
    "preview-platform": ("say which platform bare names are on", {"platform": "telegram"}),
    "submission-withdraw": ("withdraw the whole list", {"reason": "The wrong list.", "expected": "0"}),
    "review": ("approve or reject", {"decision": "reject", "reason": "r"}),
    "review-many": ("approve or reject many", {"decision": "reject", "reason": "r"}),
    "review-take-back": ("take a decision back", {}),
    "review-leave": ("free what one has open", {"until": _AT}),
    "returned": ("submit again what was sent back", {}),
    "bulk": ("correct or withdraw many", {"kind_of_change": "correct", "tier": "1", "expected": "2"}),
    "bulk-undo": ("take a change of many back", {}),
    "bulk-long-stop": ("stop a change of many in the background", {}),
    "view-keep": ("keep a view of one’s own", {"name": "v", "query": ""}),
    "view-drop": ("drop a view of one’s own", {"name": "v"}),
    "holds": ("place a hold", {"url": "https://t.me/demo_held", **_HOLD}),
    "hold-referral": ("place a hold", {"on": "item", **_HOLD}),
    "hold-override": ("lift a hold, as one of two coordinators", {"do": "ask", "reason": "It is urgent."}),
    "hold-release": ("release a hold", {}),
    "listed-group-add": ("add a listed group", {"list": "eu", "code": "E9", "name": "Quay Men"}),
    "listed-group": ("change a listed group", {"name": "Amber Brigade"}),
    "listed-groups-import": ("read a table of listed groups", {"pasted": "list,code,name\nEU,E8,Bench"}),
    "listed-groups-typed": ("map what was typed", {f"to-{Typed('Ambr', 1, '').key}": "Amber Front"}),
    "dispatch": ("refer what is ready", {}),
    "hand-off-sent": ("record that a bundle went", {"to": "By post", "at": _AT}),
    "hand-off-link-revoke": ("revoke the link in its mail", {}),
    "answer": ("record the answer", {"answer": "acknowledge", "at": _AT}),
    "answers": (
        "record many answers",
        {"answer": "acknowledge", "at": _AT, "pasted": "https://t.me/demo_lantern/12"},
    ),
    "answers-read": ("say how the answers are read", {}),
    "answers-rest": ("say what is meant where a row says nothing", {"answer": "acknowledge", "at": _AT}),
    "answers-correct": ("correct what is recorded otherwise", {"reason": "It said so later."}),
    "answers-confirm": ("record what was previewed", {"expected": "1"}),
    "answers-discard": ("discard the answers", {}),
    "answers-take-back": ("take answers back", {"reason": "The wrong file."}),
    "correct-answer": (
        "put a wrong answer right",
        {"answer": "decline", "decline_reason": "other", "at": _AT, "reason": "It said so later."},
    ),
    "look-again": ("record what was seen", {"seen": "online"}),
    "look-again-many": ("record what was seen, of many", {"seen": "online", "confirmed": "1"}),
    "look-again-schedule": ("set when is looked again", {"hours": "2 h"}),
    "information": ("answer the platform’s question", {"answer": "All of it."}),
    "complain": (
        "record a complaint",
        {"complainant": "content_provider", "received_at": "2020-01-01T12:00"},
    ),
    "complaint-decide": ("record how a complaint was decided", {"verdict": "dismissed"}),
    "statements": ("compare statements with a file", {"platform": "telegram"}),
    "duties": ("record what was decided beside orders", {"outcome": "exposed", "at": _AT}),
    "legal-holds": ("place a legal hold", {"covers": "RAD19", "reason": "Court, 12/19."}),
    "disclosures": (
        "record to whom data were given",
        {"covers": "RAD19", "recipient": "court", "name": "Court of X", "reason": "Art. 1", "at": _AT},
    ),
    "legal-hold-release": ("release a legal hold", {"reason": "The court decided."}),
    "data-report": ("ask what is held about somebody", {"text": "officer@example.org"}),
    "people-request": ("decide on what another administrator asked for", {"do": "refuse"}),
    "pseudonym": ("ask for a pseudonym", {"do": "ask", "reason": "Left."}),
    "duty-take-back": ("take a record back", {"reason": "Twice."}),
    "other-host": (
        "ask a host",
        {"hosts": "files.example.org", "name": "F.", "mail_to": "abuse@example.org"},
    ),
    "other-host-look-up": ("have registries asked", {}),
    "host-promote": ("make a host a platform", {"name": "F."}),
    "deconfliction-add": (
        "add a partner installation",
        {"name": "West", "url": "https://west.example", "contact": "x"},
    ),
    "deconfliction-partner": (
        "change what is said of it",
        {"name": "West", "url": "https://west.example", "contact": "x"},
    ),
    "deconfliction-code": ("make a new code for it", {}),
    "deconfliction-enter": ("enter a new code of its", {"code": "x"}),
    "deconfliction-pause": ("pause it", {}),
    "deconfliction-end": ("end it", {}),
    "deconfliction-again": ("have partners asked again", {}),
    "exchange-mark": ("mark what leaves", {"tlp": "amber"}),
    "exchange-bring": ("bring a file of another system", {"format": "stix"}),
    "proof": ("take the proof for the court", {}),
    "comments": ("comment", {"text": "Look."}),
    "comments-read": ("put away where a comment mentions one", {}),
    "evidence": ("attach files", {}),
    "pictures-choose": ("choose how pictures are shown", {"plain": "1"}),
    "evidence-take-back": ("take a file back", {"reason": "Another’s."}),
    "origin": ("name the outlet and what came before", {"outlet": "Other"}),
    "order-write": ("write the order", {"material": ["threatens"], "reasons": "Otherwise."}),
    "order-issue": ("issue the order", {}),
    "order-record": ("record what the provider said", {"at": "2020-01-01T12:00"}),
    "order-preservation": (
        "record that what was removed is needed longer",
        {"until": "2031-01-01T12:00", "requester": "court", "name": "C", "reason": "1/20", "at": _AT},
    ),
    "order-authority": ("enter the issuing authority", {"name": "A"}),
    "order-addressee": ("enter the addressee", {"name": "B"}),
    "order-notice": ("record the notice", {"given_at": "2020-01-01T12:00"}),
    "operation-prepare": ("prepare an operation", _OPERATION),
    "operation-set-up": ("change the set-up", _OPERATION),
    "operation-close": ("close it", {}),
    "operation-reopen": ("reopen it", {}),
    "reminder-times": ("set when a silent platform is reminded", {"receipt_contact": "12"}),
    "reminder-recipients": ("say who is reminded", {"mail_to": "ann@example.org"}),
    "reminder-switch": ("switch reminders on or off", {"to": "on"}),
    "reminder-again": ("send a reminder again", {}),
    "publish": (
        "publish figures",
        {"as_of": "2019-11-23T12:00:00+00:00", "number": "2", "note": "", "revises": ""},
    ),
    "typed": ("put away what one typed", {}),
    "wall-links": ("make a link for a screen", {"name": "Room 1", "expires_at": "2099-01-01T00:00"}),
    "wall-revoke": ("revoke a screen’s link", {}),
    "platform": ("change the platform", {"name": "n"}),
    "platform-make": ("make a platform of hosts", {"hosts": "files.example.org", "name": "n"}),
    "host-take-back": ("take a declared host back", {}),
    "agencies": ("add an agency", {"name": "n", "slug": "new", "country": ""}),
    "agency": ("change the agency", {"name": "n", "country": ""}),
    "key-make": ("make a key", {"name": "n", "scopes": ["identify"], "requests_per_minute": "1"}),
    "key-certificates": ("bind the key to client certificates", {"certificates": "ab" * 32}),
    "key-rotate": ("make the key’s successor", {"overlap": "0"}),
    "key-revoke": ("revoke the key", {}),
    "webhooks": ("make an endpoint", {"owner": "telegram", "url": "https://hooks.example/new"}),
    "webhook": ("change the endpoint", {"url": "https://hooks.example/in"}),
    "webhook-rotate": ("make a new secret", {}),
    "webhook-ping": ("send a test", {}),
    "webhook-replay": ("send again", {"since": _AT}),
    "webhook-remove": ("remove the endpoint", {}),
    "people": ("invite somebody", {"email": "new@example.org", "name": "N.", "role": "officer"}),
    "people-invite": ("invite several", {"people": "new@example.org", "role": "officer"}),
    "person": ("change roles and the account", {"do": "off"}),
    "invitation-revoke": ("revoke the invitation", {}),
    "desk-referral": ("answer it", {"answer": "acknowledge"}),
    "desk-correct": (
        "put a wrong answer right",
        {"answer": "decline", "decline_reason": "other", "reason": "r"},
    ),
    "desk-answers": ("answer many", {"answer": "acknowledge", "pasted": "https://t.me/demo_lantern/12"}),
    "desk-answers-read": ("say how the answers are read", {}),
    "desk-answers-rest": ("say what is meant where a row says nothing", {"answer": "acknowledge"}),
    "desk-answers-correct": ("correct what is recorded otherwise", {"reason": "It said so later."}),
    "desk-answers-confirm": ("record what was previewed", {"expected": "1"}),
    "desk-answers-discard": ("discard the answers", {}),
    "desk-answers-take-back": ("take answers back", {"reason": "The wrong file."}),
    "desk-order-record": ("say what became of an order", {"at": "2020-01-01T12:00"}),
    "desk-complain": (
        "tell of a complaint",
        {"complainant": "content_provider", "received_at": "2020-01-01T12:00"},
    ),
    "desk-complaint-decide": ("decide a complaint", {"verdict": "dismissed"}),
    "desk-figures": ("keep a total of one’s own", {"day": "2020-01-01", "what": "accounts", "count": "1"}),
    "desk-alerts": ("choose by what one is alerted", {"orders": "on"}),
    "desk-people": ("invite a colleague", {"email": "new@example.org", "name": "N.", "role": "platform"}),
    "desk-person": ("change a colleague’s role or remove them", {"role": ""}),
    "desk-invitation-revoke": ("revoke the invitation", {}),
    "looks": ("ask whether a text was searched for", {"words": "lantern"}),
    "check-file": ("ask whether a file is known", {}),
    "alarm-look-into": ("say what one found", {}),
    "job-try-again": ("try a job again", {}),
}
#: What an address needs besides its path.
QUERIES: Final[Mapping[str, str]] = {"key-make": "?agency=north"}

HEAD: Final = """# Who sees and does what

Each page of the application, and for each person of the tests' cast what that person may do there. The table is made from
`tests/web/access.json`, which `tests/web/test_access_table.py` holds against the application: each page is asked for, and acted on,
by each of them. What somebody then sees on a page is a matter of its own: an agency's hold, for example, shows its reason to its own people.

What each part of the application may do to tables and functions of the database stands [below](#tables).

**acts**: opens the page and does what stands beside it. **reads**: opens it; acting is refused. **–**: refused, with the reason.
**hidden**: told that there is no such thing, so that its existence is not given away. **sign in**: sent to the sign-in first.

The coordinator here works for another agency than the officer and the reviewer. A platform's people work at
their own desk, here Telegram's, or through the API: [platforms-api.md](platforms-api.md).

"""


def pinned() -> Table:
    """Return the table as it is pinned."""
    read: Table = json.loads(PINNED.read_text(encoding="utf-8"))
    return read


def word(response: Any) -> str:
    """Return in a word, as the table has it, what an answer lets its actor do; "" where the page does not take the method."""
    if response.status_code == 302 and response["Location"].startswith(reverse("web:sign-in")):
        return "sign in"
    return {403: "no", 404: "not there", 405: ""}.get(response.status_code, "yes")


def pages() -> dict[str, URLPattern]:
    """Return the pages of the table by name, in the order of their addresses."""
    found = {str(one.name): one for one in urlpatterns if one.name not in OPEN_TO_ALL}
    return dict(sorted(found.items(), key=lambda one: address(one[1])))


def address(pattern: URLPattern) -> str:
    """Return an address as people read it, with an ellipsis for whatever is named in it."""
    return "/" + re.sub(r"<[^>]+>", "…", str(pattern.pattern))


def document(table: Mapping[str, Mapping[str, Mapping[str, str]]]) -> str:
    """Return docs/access.md for a table of page, then GET or POST, then person."""
    head = ["page", "what is done there", *COLUMNS.values()]
    rows = [head, ["---"] * len(head)]
    for name, pattern in pages().items():
        told = table[name]
        cells = [
            _cell(told.get("GET", {}).get(one, ""), told.get("POST", {}).get(one, "")) for one in COLUMNS
        ]
        rows.append([f"`{address(pattern)}`", ACTIONS[name][0] if name in ACTIONS else "", *cells])
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows) + described.document()


def _cell(opens: str, acts: str) -> str:
    if acts == "yes":
        return "acts"
    if opens == "yes":
        return "reads"
    return {"no": "–", "not there": "hidden"}.get(opens or acts, opens or acts)
