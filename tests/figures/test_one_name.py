"""One name, one number: each page of the full day is read, and a label that tells two numbers in the same scope is a fault."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from takedowns.access.actor import Actor, acting_as
from takedowns.directory.models import User
from takedowns.figures.definitions import CHAPTERS, DEFINED
from takedowns.referrals.models import Operation
from tests.played import PlayOnce

pytestmark = pytest.mark.django_db(transaction=True)

#: Pages of the operation that tell numbers, each in the scope "all of it, now".
PAGES = (
    "web:board",
    "web:board-live",
    "web:morning-after",
    "web:figures",
    "web:figures-closer",
    "web:came-back",
    "web:wall",
)


class Cells(HTMLParser):
    """Reads (scope, label, number) from tables and from lists of terms: a column's head is the label, a row's head the scope."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.heads: list[str] = []
        self.row: list[tuple[str, str]] = []
        self.term = ""
        self.cell: list[str] | None = None
        self.kind = ""
        self.aside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a cell."""
        if tag == "table":
            self.heads = []
        if tag == "tr":
            self.row = []
        if tag in ("th", "td", "dt", "dd"):
            told = dict(attrs)
            self.kind, self.cell = (told.get("scope") or tag), []
            self.aside = "muted" in (told.get("class") or "")

    def handle_data(self, data: str) -> None:
        """Collect the text of a cell."""
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        """End a cell, a row."""
        if tag in ("th", "td", "dt", "dd") and self.cell is not None:
            text = " ".join("".join(self.cell).replace("\u00ad", "").split())
            self.cell = None
            if tag == "dt":
                self.term = text
            elif tag == "dd" and self.aside:
                # Beside a number stands another in words: "12 not sent yet".
                number, _, words = text.partition(" ")
                self.found.append(("All", words[:1].upper() + words[1:], number))
            elif tag == "dd":
                self.found.append(("All", self.term, text))
            elif self.kind == "col":
                self.heads.append(text)
            else:
                self.row.append((self.kind, text))
        if tag == "tr" and self.row and self.row[0][0] == "row":
            name = self.row[0][1]
            for head, (_kind, text) in zip(self.heads[1:], self.row[1:], strict=False):
                # Tables of one figure a line: the row is the label.
                self.found.append(("All", name, text) if head == "Value" else (name, head, text))


def numbers(page: str) -> list[tuple[str, str, str]]:
    """Return scope, label and number of each cell of a page that tells a number or a time."""
    reader = Cells()
    reader.feed(page)
    found = []
    for scope, label, text in reader.found:
        told = re.match(r"\d[\d,.]*( [%a-z]+)*", text)
        if told and label:
            # A share is told with what it rests on; a time in one form everywhere.
            found.append((scope.replace("All platforms", "All"), label, text.split(" (")[0]))
    return found


def sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_no_label_tells_two_numbers_in_one_scope(play_once: PlayOnce) -> None:
    play_once(0.05)
    clients = {
        user.email: sign_in(user)
        for user in User.objects.filter(
            memberships__role__in=["coordinator", "auditor", "officer"]
        ).distinct()[:4]
    }
    assert len(clients) >= 3
    for who, client in clients.items():
        said: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for page in PAGES:
            response = client.get(reverse(page, args=["RAD19"]))
            assert response.status_code == 200, (who, page)
            for scope, label, number in numbers(response.content.decode()):
                said[scope, label][number].add(page)
        names = {measure.label for measure in DEFINED.values()}
        twice = {
            key: {number: sorted(pages) for number, pages in by_number.items()}
            for key, by_number in said.items()
            if len(by_number) > 1 and key[1] in names
        }
        assert not twice, (who, twice)
        assert len([key for key in said if key[0] == "All"]) > 60, "the pages were read"


def test_every_label_has_one_definition() -> None:
    labels: dict[str, list[str]] = defaultdict(list)
    for chapter in CHAPTERS:
        for measure in chapter.measures:
            labels[measure.label].append(measure.name)
    assert {label: names for label, names in labels.items() if len(names) > 1} == {}
    assert len(DEFINED) == sum(len(chapter.measures) for chapter in CHAPTERS)


#: What leads from a number to its list.
LINK = re.compile(r'<a class="behind" href="([^"]+)">(.*?)</a>', re.DOTALL)


def _length(page: str) -> int:
    """Return how many rows a list has: it says so, and few are counted."""
    told = re.search(r'<h2 id="list-heading">([\d,]+) referrals?', page)
    return int(told[1].replace(",", "")) if told else -1


@pytest.mark.parametrize("address", ["", "?referred_from=2019-11-21&referred_to=2019-11-21&by=agency"])
def test_each_number_leads_to_a_list_of_so_many(play_once: PlayOnce, address: str) -> None:
    play_once(0.02)
    auditor = User.objects.filter(memberships__role="auditor").first()
    assert auditor is not None
    client = sign_in(auditor)
    followed: dict[str, Any] = {}
    for page in ("web:board", "web:figures"):
        if address and page == "web:board":
            continue
        text = client.get(reverse(page, args=["RAD19"]) + address).content.decode()
        for link, told in LINK.findall(text):
            words = strip_tags(told)
            share = re.search(r"([\d,]+) of [\d,]+", words)
            number = share[1] if share else words
            if re.fullmatch(r"[\d,]+", number):
                followed[html.unescape(link)] = int(number.replace(",", ""))
    assert len(followed) > 25
    for link, number in followed.items():
        assert _length(client.get(link).content.decode()) == number, link


def test_every_number_leads_to_what_it_means(play_once: PlayOnce) -> None:
    play_once(0.02)
    coordinator = User.objects.filter(memberships__role="coordinator").first()
    assert coordinator is not None
    client = sign_in(coordinator)
    page = client.get(reverse("web:figures-definitions")).content.decode()
    defined = set(re.findall(r'<dt id="(\w+)"', page))
    assert defined == DEFINED.keys()
    for name in PAGES[:-1]:
        text = client.get(reverse(name, args=["RAD19"])).content.decode()
        led = set(re.findall(r'<a class="defined" href="[^"#]+#(\w+)"', text))
        assert led, name
        assert led <= defined


def test_an_auditor_answers_the_four_questions_across_operations(play_once: PlayOnce) -> None:
    play_once(0.02)
    auditor = User.objects.filter(memberships__role="auditor").first()
    assert auditor is not None
    client = sign_in(auditor)
    with acting_as(Actor.of(auditor)):
        operation = Operation.objects.get(reference="RAD19")
        agency = operation.agencies.order_by("name").first()
    address = reverse("web:figures-across")
    page = client.get(
        address,
        {
            "agency": str(agency.pk),
            "platform": "telegram",
            "referred_from": "2019-11-01",
            "referred_to": "2019-11-30",
            "by": "referred_month",
        },
    ).content.decode()
    assert "Four answers" in page
    for name in (
        "referred",
        "verified_24h",
        "verified_by_person_24h",
        "verified_by_robot_24h",
        "back_online",
        "median_time_to_action",
    ):
        assert DEFINED[name].label in page
    assert '<th scope="row" class="platform">2019-11</th>' in page
