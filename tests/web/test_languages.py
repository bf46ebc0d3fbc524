"""The pages in each language: nothing left out, nothing broken by a translation."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from babel.messages.catalog import Message
from django.test import Client
from django.urls import reverse
from django.utils import translation

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Agency, ApiKey, ListedGroupName, Platform, Provider, User
from takedowns.intake.models import Submission
from takedowns.languages.__main__ import main
from takedowns.languages.catalogues import UNREAD, is_whole, read
from takedowns.languages.extraction import TRANSLATED, collect
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Operation, Outlet
from tests.played import KEY
from tour.walk import Stop

HOLES = re.compile(r"%\(\w+\)|%%|\{\w+\}|</?[a-z]+|href=\"[^\"]*\"")
OPEN, CLOSE = "⟦", "⟧"
#: Read aloud or shown beside the text.
ATTRIBUTES = ("title", "alt", "aria-label", "placeholder")
#: What stands in these is data, or is said to be of another language.
NOT_WORDS = {"code", "script", "style", "textarea", "kbd", "pre", "title"}
NEVER_CLOSED = (
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
)
DATA_CLASSES = {"address", "address-link", "copyable", "digest", "raw", "mono-input"}
#: In what the demo's people wrote: reasons, names of screens and views, headers of a list, hosts.
WRITTEN_BY_PEOPLE = {
    "files.tour.example",
    "For the press conference on the evening of the second day",
    "A source reads it until Friday.",
    "It names a day.",
    "It is tomorrow.",
    "It calls for attacks.",
    "It was a film review.",
    "Which part of the channel do you mean: the videos, or all of it?",
    "Room 1",
    "Waiting",
    "Invented.",
    "https://hooks.telegram.example/takedowns",
    "https://case-files.example/takedowns",
    "Partner of the demo",
    "https://partner.example",
    "Conditions d'utilisation de la plateforme",
    "desk@partner.example",
    "is this the channel of last week?",
    "yes, the same voice from 02:10 on.",
    "thank you. Please look whether it has a second one.",
    "it has not.",
    "Example Police",
    "url",
    "kind",
    "note",
    "tier",
    "outlet",
    "example.com",
    "example.org",
    "example.net",
    "tour.example",
    "The front page at noon.",
    "Telegram answers until six today; submit before five.",
}
#: Names and abbreviations that are the same in every language; dates and times are Django's.
SAME = re.compile(
    r"Takedowns|CSV|JSON-stat|JSON|XLSX|ODS|PDF|ZIP|URL|API|SHA-256|https?|English|Français|Deutsch|Nederlands|Español|Italiano|Polski|UTC|CES?T|RAD\d\d|WEEKS19|"
    r"Code|Name|SVG|PNG|utf-8|STIX|MISP|ThreatExchange|PDQ|"
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*|Regulation \(EU\)|Directive \(EU\)|Art\b|Europol|demo"
)


@cache
def _messages(language: str) -> list[Message]:
    return [one for one in read(language) if one.id]


@cache
def _wanted() -> list[Message]:
    """Return every string that the sources mark: two seconds' work, the same for each language."""
    return [one for one in collect() if one.id]


def _forms(of: Any) -> list[str]:
    return [of] if isinstance(of, str) else list(of)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_string_is_translated_and_none_is_left_over(language: str) -> None:
    wanted = {(one.context, one.id if isinstance(one.id, str) else tuple(one.id)) for one in _wanted()}
    known = {
        (one.context, one.id if isinstance(one.id, str) else tuple(one.id)) for one in _messages(language)
    }
    refresh = "python -m takedowns.languages refresh"
    assert wanted - known == set(), f"new strings: {refresh}, then translate them"
    assert known - wanted == set(), f"strings that are gone: {refresh}"
    assert [one.id for one in _messages(language) if not is_whole(one) or one.fuzzy] == []


def test_what_no_person_has_read_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    unread = [one for one in _messages("pl") if UNREAD in one.user_comments]
    assert main(["unread", "pl"]) == 0
    listed = capsys.readouterr().out
    assert listed.count("\n    ") >= len(unread) > 0
    for one in unread[:50]:
        assert " | ".join(_forms(one.id)) in listed
    main(["unread"])
    assert f"pl: {len(unread)} to read" in capsys.readouterr().out


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_keeps_every_hole_tag_and_link(language: str) -> None:
    for one in _messages(language):
        sources = [sorted(HOLES.findall(text)) for text in _forms(one.id)]
        for text in _forms(one.string):
            assert sorted(HOLES.findall(text)) in sources, (one.id, text)


def test_a_page_is_read_in_the_language_that_was_chosen(people: Any, signed_in: Any) -> None:
    client: Client = signed_in("officer")
    operations = reverse("web:operations")
    assert "Operationen" in client.get(operations, headers={"Accept-Language": "de"}).content.decode()
    client.post(reverse("web:language"), {"language": "fr"})
    page = client.get(operations, headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="fr">' in page
    assert "Opérations" in page


class _Unmarked(HTMLParser):
    """Collects words outside of what was marked; every marked string stands in brackets."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = 0
        self.skipped: list[str] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in ATTRIBUTES:
            if given.get(name):
                self._look(str(given[name]), 0)
        is_data = (
            tag in NOT_WORDS
            or ("lang" in given and tag != "html")
            or DATA_CLASSES & {*str(given.get("class", "")).split()}
        )
        if (self.skipped or is_data) and tag not in NEVER_CLOSED:
            self.skipped.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.depth = self._look(data, self.depth)
        else:
            self.depth += data.count(OPEN) - data.count(CLOSE)

    def _look(self, text: str, depth: int) -> int:
        outside = []
        for sign in text:
            if sign == OPEN:
                depth += 1
            elif sign == CLOSE:
                depth -= 1
            elif depth == 0:
                outside.append(sign)
        left = "".join(outside)
        if re.search(r"[A-Za-z]{3}", left):
            self.found.append(" ".join(left.split()))
        return depth


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every string of our catalogues come back in brackets instead of translated."""
    ours = {(one.context, text) for one in _wanted() for text in _forms(one.id)}
    real = translation.trans_real
    others = [real.translation(language) for language in TRANSLATED]

    def mark(context: str | None, text: str) -> str:
        is_marked = (context, text) in ours or any(
            one.gettext(text) != text for one in others
        )  # Django's, allauth's
        return f"{OPEN}{text}{CLOSE}" if is_marked and text.strip() else ""

    fakes: dict[str, Any] = {
        "gettext": lambda text: mark(None, text) or real.gettext(text),
        "pgettext": lambda context, text: mark(context, text) or real.pgettext(context, text),
        "ngettext": lambda one, many, number: (
            mark(None, one if number == 1 else many) or f"{OPEN}{real.ngettext(one, many, number)}{CLOSE}"
        ),
        "npgettext": lambda context, one, many, number: (
            mark(context, one if number == 1 else many) or real.npgettext(context, one, many, number)
        ),
    }
    for name, fake in fakes.items():
        monkeypatch.setattr(translation._trans, name, fake)


def test_every_word_of_every_page_comes_from_the_catalogues(stops: list[Stop], marked: None) -> None:
    key = ApiKey.objects.get(name=KEY)
    data = {str(one) for model in (User, Agency, Platform, Provider) for one in model.objects.all()}
    data |= set(ListedGroupName.objects.values_list("name", flat=True))
    data |= (
        {user.email for user in User.objects.all()}
        | WRITTEN_BY_PEOPLE
        | {key.name, key.prefix, f"tkd_{key.prefix}"}
    )
    with acting_as(SYSTEM):
        data |= {str(one) for one in Outlet.objects.all()} | {str(one) for one in Addressee.objects.all()}
        data |= set(Addressee.objects.values_list("contact_point", flat=True))
        data |= set(Submission.objects.exclude(filename="").values_list("filename", flat=True))
    for operation in Operation.objects.all():
        data |= {operation.reference, operation.name, operation.scope, operation.default_ground}
    known = re.compile("|".join(re.escape(one) for one in sorted(data - {""}, key=len, reverse=True)))
    left: dict[str, str] = {}
    clients: dict[str, Client] = {}
    for stop in stops:
        # Django's own pages are translated by Django; the API's documentation is in English.
        if stop.page.startswith(("admin:", "api:")):
            continue
        if stop.person not in clients:
            clients[stop.person] = Client()
            clients[stop.person].force_login(User.objects.get(email=stop.person))
        answer = clients[stop.person].get(stop.address, follow=True, headers={"Accept-Language": "fr"})
        page = _Unmarked()
        page.feed(answer.content.decode())
        for text in {*page.found}:
            if re.fullmatch(r"[A-Z2-7]{32}", text):  # the secret of an authenticator app
                continue
            rest = SAME.sub("", known.sub("", text))
            if re.search(r"[A-Za-z]{3}", rest):
                left.setdefault(text, stop.page)
    assert left == {}, "\n".join(
        f"{page}: {text}" for text, page in sorted(left.items(), key=lambda one: one[1])
    )
