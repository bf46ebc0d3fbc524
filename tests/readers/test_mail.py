"""Messages pasted whole (tests/intake/files/mail): the items, and nothing of who wrote them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.identity import Identity, extract
from takedowns.readers import is_mail, without_the_rest
from tests.readers.conftest import FILES

MESSAGES = {path.name: path.read_text(encoding="utf-8") for path in sorted((FILES / "mail").glob("*.txt"))}

#: What of a message names somebody; none of it may be stored.
PERSONAL = re.compile(
    r"police\.example|polizei\.example|policja\.example|lka\.example|other\.example|partner\.example|intranet"
    r"|Muster|Exemple|Przykład|Liaison|Lagezentrum|desk|123456|2345678|45 67|1234 5678|7946|123 45 67",
    re.IGNORECASE,
)


def items(text: str) -> list[str]:
    """The keys of the items on known platforms that a text names, in order."""
    found = (one.result for one in extract(text))
    return [one.key for one in found if isinstance(one, Identity) and one.platform != "web"]


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "german.txt",
            {
                10: "https://t.me/mailde_01 (Hauptkanal)",
                11: "Video: https://www.youtube.com/watch?v=mailDEAAA02",
                12: "siehe auch   und https://dateien.example.org/mappe/7",
                20: "https://www.twitter.com/polizei_example_presse",
            },
        ),
        ("french-body-only.txt", {4: "- t.me/mailfr_01", 5: "- https://t.me/mailfr_02/17, à partir de 2:10"}),
        (
            "thread.txt",
            {
                1: "See below, two more: https://t.me/mailth_03",
                6: "https://t.me/mailth_01",
                8: "https://t.me/mailth_01",
                9: "call me on   about https://t.me/mailth_02",
                14: "> https://t.me/mailth_04",
            },
        ),
        ("polish.txt", {7: "hxxps://t[.]me/mailpl_01", 8: "https://t.me/mailpl_02"}),
        (
            "english-unknown-host.txt",
            {
                5: "The new site is https://files.example.net/2026/a and its mirror https://mirror.example.net",
                7: "@mailen_handle posts there as well; contact   or  .",
            },
        ),
    ],
)
def test_of_a_message_the_items_are_kept_each_on_its_line(name: str, lines: dict[int, str]) -> None:
    assert is_mail(MESSAGES[name])
    kept = without_the_rest(MESSAGES[name]).split("\n")
    assert {number: line for number, line in enumerate(kept, 1) if line} == lines


def test_the_message_of_the_trial_gives_its_items_and_nothing_else() -> None:
    kept = without_the_rest(MESSAGES["dutch.txt"])
    for number in (1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14):
        assert f"uxsig_{number:02}" in kept
    assert "uxSigAAAA08" in kept
    assert "(hoofdkanaal, 12k subs)" in kept, "words stay as notes"
    assert "@uxsig_09 en @uxsig_10" in kept


@pytest.mark.parametrize("name", MESSAGES)
def test_nothing_of_sender_telephone_signature_and_house_is_kept(name: str) -> None:
    kept = without_the_rest(MESSAGES[name])
    own_press = (
        "https://www.twitter.com/polizei_example_presse"  # an item on a platform; the officer leaves it out
    )
    assert PERSONAL.search(kept.replace(own_press, "")) is None


@pytest.mark.parametrize("name", MESSAGES)
def test_no_item_of_a_message_is_lost(name: str) -> None:
    assert items(without_the_rest(MESSAGES[name])) == items(MESSAGES[name])


def test_the_house_of_whoever_pastes_is_no_item() -> None:
    text = "Hello,\nhttps://t.me/abcde/1\nhttps://wiki.unit.example/case/1\nRegards\nA"
    assert "wiki" not in without_the_rest(text, ["unit.example"])
    assert "wiki" in without_the_rest(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/abcde/1\nhttps://t.me/abcde/2\n",
        "URL\tNote\nhttps://t.me/abcde/1\tfrom: Anna\n",
        "Link: https://t.me/abcde/1\nDate: 21 November 2019\n\n\n\n\n\n\n\n\n\nseen at: t.me\n",
        "1. t.me/abcde\n2. t.me/other\n",
        "not a link, surely\nhttps://t.me/abcde/1\n",
    ],
)
def test_a_list_is_no_message(text: str) -> None:
    assert not is_mail(text)


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(
        st.sampled_from(
            [
                "From: Anna <anna@police.example>",
                "Sent: today",
                "Regards,",
                "--",
                "",
                "text without anything",
                "tel. +31 20 123 45 67",
                "https://police.example/x",
                "- https://t.me/abcde/{n} (see there)",
                "two: https://t.me/abcde/{n} https://youtu.be/demoVID{n:04}",
                "mail anna@police.example about t.me/abcde/{n}",
            ]
        ),
        max_size=30,
    )
)
def test_whatever_the_order_of_lines_items_stay_and_addresses_of_people_go(lines: list[str]) -> None:
    text = "\n".join(line.format(n=number) for number, line in enumerate(lines, 1))
    kept = without_the_rest(text, ["police.example"])
    assert items(kept) == items(text)
    assert "police.example" not in kept
    assert "123 45 67" not in kept
    for number, line in enumerate(kept.split("\n"), 1):
        assert not line or f"abcde/{number}" in line, "each line stands at its place"
