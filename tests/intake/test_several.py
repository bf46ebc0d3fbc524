"""Several addresses in a cell, words around them, names, moments: what becomes of them from the list to the platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.intake.confirm import choose_platform, confirm
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.preview import preview
from takedowns.intake.receive import IntakeError, Loading, receive
from takedowns.readers import open_pasted
from takedowns.readers.rows import addresses
from takedowns.referrals.models import Event, Referral
from tests.factories import identity
from tests.intake.test_load import hand_in, report
from tests.people import People

ZONE = ZoneInfo("Europe/Amsterdam")
LINES = (Path(__file__).with_name("files") / "several.csv").read_text(encoding="utf-8").splitlines()[1:]


def rows_of(received: Any) -> list[SubmissionRow]:
    with acting_as(SYSTEM):
        return list(SubmissionRow.objects.filter(submission=received.submission).order_by("line", "part"))


@pytest.mark.parametrize("line", LINES)
def test_each_address_of_a_cell_is_a_row_with_its_words(line: str) -> None:
    cell, _, expected = line.rpartition("|")
    cell = cell.replace("\\n", "\n")
    found = [f"{one.text} [{one.words}]" if one.words else one.text for one in addresses(cell)]
    assert " + ".join(found or [cell]) == expected


def test_rows_of_one_line_say_which_of_them_they_are() -> None:
    rows = list(
        open_pasted("https://t.me/abcde\nhttps://t.me/a1 https://t.me/b1 https://t.me/c1\n", zone=ZONE).rows()
    )
    assert [(row.line, row.part, row.parts, row.url) for row in rows] == [
        (1, 1, 1, "https://t.me/abcde"),
        (2, 1, 3, "https://t.me/a1"),
        (2, 2, 3, "https://t.me/b1"),
        (2, 3, 3, "https://t.me/c1"),
    ]
    assert {row.raw for row in rows[1:]} == {"https://t.me/a1 https://t.me/b1 https://t.me/c1"}


def test_every_address_of_a_cell_is_referred_and_its_words_are_kept(people: People) -> None:
    received = hand_in(
        people,
        'url;note\n"https://t.me/demo_a main\nhttps://t.me/demo_b backup";seen today\nhttps://t.me/demo_b;\n',
    )
    rows = rows_of(received)
    assert [(row.line, row.part, row.parts, row.outcome) for row in rows] == [
        (2, 1, 2, "new"),
        (2, 2, 2, "new"),
        (4, 1, 1, "repeated"),
    ]
    assert [row.note for row in rows] == ["seen today; main", "seen today; backup", ""]
    assert (rows[2].first_line, rows[2].first_part) == (2, 2)
    with acting_as(SYSTEM):
        assert Referral.objects.count() == 2
        event = Event.objects.get(item_id=identity("https://t.me/demo_b").id, kind="submit")
    assert (event.details["line"], event.details["part"], event.details["note"]) == (
        2,
        2,
        "seen today; backup",
    )


def test_an_item_twice_in_one_cell_is_referred_once(people: People) -> None:
    rows = rows_of(hand_in(people, 'url\n"https://t.me/demo_a; https://telegram.me/DEMO_A"\n'))
    assert [row.outcome for row in rows] == ["new", "repeated"]
    assert rows[1].message == "The same item as before on this line."


def test_what_is_cut_off_or_in_doubt_is_refused_and_the_rest_of_the_cell_is_not(people: People) -> None:
    received = hand_in(
        people, 'url\n"https://t.me/demo_a/12… https://t.me/demo_a/13"\n"https://t.me/ demo_b/12"\n'
    )
    assert [(row.outcome, row.reason) for row in rows_of(received)] == [
        ("invalid", "cut_off"),
        ("new", ""),
        ("invalid", "broken"),
    ]


def test_a_column_gives_bare_names_their_platform(people: People) -> None:
    received = hand_in(
        people, "url;platform\n@demo_a;Telegram\n@demo_a;X\n@demo_a;\nhttps://youtu.be/demo0000001;TG\n"
    )
    rows = rows_of(received)
    assert [(row.platform_id, row.outcome, row.reason) for row in rows] == [
        ("telegram", "new", ""),
        ("twitter", "new", ""),
        ("", "invalid", "handle"),
        ("youtube", "new", ""),
    ]
    assert rows[3].problems == [
        "The platform column says Telegram, the address is one of YouTube; the address counts."
    ]


def test_the_platform_of_a_list_is_chosen_in_its_preview(people: People) -> None:
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.PASTE,
        filename="",
        content=b"@demo_a\n@demo_b\nhttps://youtu.be/demo0000001\n",
        loading=Loading.PREVIEW,
    )
    with acting_as(SYSTEM):
        assert preview(Submission.objects.get(pk=received.submission.pk)).names == 2
    with pytest.raises(IntakeError):
        choose_platform(received.submission.pk, people.officer, "google_drive")
    with pytest.raises(IntakeError):
        choose_platform(received.submission.pk, people.other_officer, "telegram")
    choose_platform(received.submission.pk, people.officer, "telegram")
    with acting_as(SYSTEM):
        seen = preview(Submission.objects.get(pk=received.submission.pk))
    assert (seen.names, seen.platforms) == (0, {"telegram": 2, "youtube": 1})
    confirm(received.submission.pk, people.officer)
    assert report(received) == {1: ("new", ""), 2: ("new", ""), 3: ("new", "")}


def test_the_moments_of_an_item_are_facts_of_its_referral(people: People) -> None:
    url = "https://www.youtube.com/watch?v=demo0000001"
    first = hand_in(people, f"url\n{url}&t=95\n{url}#t=1m30s\n{url}\n")
    assert [row.moment for row in rows_of(first)] == [95, 90, None]
    hand_in(people, f"url\n{url}&t=2m10s\n", by=people.other_officer)
    with acting_as(SYSTEM):
        referral = Referral.objects.get()
        joined = Event.objects.get(kind="co_refer")
        submitted = Event.objects.get(kind="submit")
    assert referral.moments == [90, 95, 130]
    assert (submitted.details["moments"], joined.details["moments"]) == ([90, 95], [130])
