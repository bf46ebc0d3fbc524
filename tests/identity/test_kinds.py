"""Kinds of misreading, each with inputs of its own in files/: one line an input, with what must come of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from takedowns.identity import PLATFORMS, Identity, identify
from takedowns.identity.pieces import pieces
from tests.identity import golden

FILES = Path(__file__).with_name("files")


def rows(name: str) -> list[list[str]]:
    """The lines of a file below its header, split at tabs."""
    lines = (FILES / name).read_text(encoding="utf-8").splitlines()[1:]
    return [line.split("\t") for line in lines if line]


def outcome(text: str, platform: str = "") -> str:
    found = identify(text, None, platform)
    return f"{found.platform}:{found.key}" if isinstance(found, Identity) else found.code


@pytest.mark.parametrize(("text", "code"), rows("cut_off.tsv"))
def test_an_address_that_was_cut_off_is_no_other_item(text: str, code: str) -> None:
    assert outcome(text) == code


@pytest.mark.parametrize(("text", "code"), rows("two_ways.tsv"))
def test_an_address_that_may_be_read_in_two_ways_is_refused(text: str, code: str) -> None:
    assert outcome(text) == code


@pytest.mark.parametrize(("text", "key"), rows("words_behind.tsv"))
def test_what_stands_around_an_address_changes_nothing(text: str, key: str) -> None:
    assert outcome(text) == key


@pytest.mark.parametrize(
    ("text", "platform", "key", "wrapper"), [*rows("gateways.tsv"), *rows("redirectors.tsv")]
)
def test_what_only_sends_on_is_taken_off_or_named(text: str, platform: str, key: str, wrapper: str) -> None:
    found = identify(text)
    if not platform:
        assert outcome(text) == key
        return
    assert isinstance(found, Identity), found
    assert (found.platform, found.key, found.wrappers) == (platform, key, (wrapper,))


@pytest.mark.parametrize(("text", "platform", "key", "target"), rows("copies.tsv"))
def test_an_archived_copy_is_an_item_of_its_own(text: str, platform: str, key: str, target: str) -> None:
    found = identify(text)
    assert isinstance(found, Identity), found
    assert (found.platform, found.key, found.target, found.wrappers) == (platform, key, target, ())


@pytest.mark.parametrize(("text", "seconds", "plain"), rows("moments.tsv"))
def test_a_moment_is_kept_and_the_item_stays(text: str, seconds: str, plain: str) -> None:
    found = identify(text)
    assert isinstance(found, Identity)
    assert found.moment == (None if seconds == "-" else int(seconds))
    assert found == identify(plain)


@pytest.mark.parametrize(("name", "platform", "expected"), rows("names.tsv"))
def test_a_bare_name_has_a_meaning_on_a_known_platform_only(name: str, platform: str, expected: str) -> None:
    assert outcome(name, platform) == expected


ITEMS = [
    url
    for url, _, _, kind in golden.lines()
    if kind and url[-1].isalnum() and not set(url) & set(', ;|"<>()[]')
]
WORDS = st.lists(
    st.from_regex(r"[A-Za-zäöéçПрив]{2,12}[:.!?)]?", fullmatch=True), min_size=1, max_size=5
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ITEMS), WORDS, WORDS)
def test_no_text_around_an_address_changes_its_identity(url: str, before: str, behind: str) -> None:
    bare = identify(url)
    for text in (
        f"{before} {url}",
        f"{url} {behind}",
        f"{before} <{url}> ({behind})",
        f'{before} "{url}" {behind}',
    ):
        assert identify(text) == bare, text


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(ITEMS),
    st.integers(8, 200),
    st.sampled_from(["…", "...", "[…]", "[...]", "&hellip;", "%E2%80%A6"]),
)
def test_no_prefix_of_an_address_that_shows_the_cut_is_an_item(url: str, length: int, mark: str) -> None:
    assert not isinstance(identify(url[:length] + mark), Identity), url[:length] + mark


def _whole(url: str) -> int:
    """How long the identifier at the end of an address is, where such have one length; 0 where they do not."""
    found = identify(url)
    assert isinstance(found, Identity)
    last = found.key.rpartition("/")[2]
    for item in PLATFORMS[found.platform].items if found.platform in PLATFORMS else ():
        name = item["key"].rpartition("/")[2].strip("{}")
        known = PLATFORMS[found.platform].types.get(name)
        if item["kind"] == found.kind and known and list(known.lengths) == [len(last)] and url.endswith(last):
            return len(last)
    return 0


OF_ONE_LENGTH = [url for url in ITEMS if _whole(url)]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(OF_ONE_LENGTH), st.integers(1, 40))
def test_no_prefix_of_an_identifier_of_one_length_is_another_item(url: str, cut: int) -> None:
    if cut < _whole(url):
        assert not isinstance(identify(url[:-cut]), Identity), url[:-cut]


SEPARATORS = st.sampled_from([" ", "\n", "\r\n", ", ", "; ", "\t", " | ", " und "])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ITEMS), SEPARATORS), min_size=1, max_size=6))
def test_joining_and_splitting_cells_conserves_the_items(parts: list[tuple[str, str]]) -> None:
    cell = "".join(url + separator for url, separator in parts)
    found = pieces(cell)
    assert [identify(piece.text) for piece in found] == [identify(url) for url, _ in parts]
    assert all(piece.doubt == "" and piece.words == "" for piece in found)
