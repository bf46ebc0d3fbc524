"""What holds for every address a platform file can describe, and for every text at all."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from takedowns.identity import PLATFORMS, Identity, Kind, Platform, Refusal, extract, identify
from takedowns.identity.refusals import SENTENCES

TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|/?\*\*|\*|\[([^\]]*)\]")
WORDS = st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True)


def links(platform: Platform) -> list[tuple[str, str]]:
    """(group of hosts, pattern without its leading slash) of every link of a platform file."""
    out = []
    for item in platform.items:
        for link in item["links"]:
            group, separator, path = link.partition(":/")
            out.append((group, path) if separator and group in platform.host_groups else ("main", link[1:]))
    return out


@cache
def shape(pattern: str) -> st.SearchStrategy[str]:
    """Values of a type: ASCII, as they stand in an address bar."""
    ascii_ = st.characters(min_codepoint=33, max_codepoint=126)
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=ascii_).filter(
        lambda value: not re.search(r"[\s%\\#?&+]", value) and value not in (".", "..")
    )


VALUE = re.compile(r"\{(\w+)(?::(\w+))?\}")


@st.composite
def skeletons(draw: st.DrawFn, platform: Platform, group: str, link: str) -> str:
    """host/path of a link pattern with every choice made but the values: {x} and {x:type} still stand."""
    host = draw(st.sampled_from([host.replace("*.", "below.") for host in platform.host_groups[group]]))

    def choose(found: re.Match[str]) -> str:
        if found[1]:
            return found.group()
        if found[3] is not None:
            return TOKEN.sub(choose, found[3]) if draw(st.booleans()) else ""
        return draw(WORDS) if found.group() == "*" else ""

    return f"{host}/{TOKEN.sub(choose, link)}"


def fill(draw: st.DrawFn, platform: Platform, skeleton: str) -> tuple[str, dict[str, str]]:
    """Put drawn values into a skeleton; return the address without its scheme, and the values by name."""
    values = {
        found[1]: draw(shape(platform.types[found[2] or found[1]].pattern))
        for found in VALUE.finditer(skeleton)
    }
    return VALUE.sub(lambda found: values[found[1]], skeleton), values


def read(text: str) -> Identity:
    result = identify(text)
    # A value may spell a reserved word, or a pattern higher in the file; then there is nothing to compare.
    assume(isinstance(result, Identity))
    assert isinstance(result, Identity)
    return result


@pytest.mark.parametrize("platform", [p for p in PLATFORMS.values() if p.items], ids=lambda p: p.slug)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_an_item_is_the_same_by_its_url_its_aliases_and_with_trackers(
    platform: Platform, data: st.DataObject
) -> None:
    group, link = data.draw(st.sampled_from(links(platform)))
    written, _ = fill(data.draw, platform, data.draw(skeletons(platform, group, link)))
    host, _, rest = written.partition("/")
    rest = "/" + rest
    path_only = "?" not in link and "#" not in link
    first = read(f"https://{host}{rest}")
    assert first.platform == platform.slug
    assert first.kind in Kind.__members__.values()
    again = read(first.url)
    assert (again, again.url) == (first, first.url)
    assert identify(f"http://{host.upper()}{rest}") == first
    tracked, _, fragment = f"https://{host}{rest}".partition("#")
    tracked += ("&" if "?" in tracked else "?") + "utm_source=x&fbclid=IwAR0"
    assert identify(tracked + ("#" + fragment if fragment else "")) == first
    if path_only and not rest.endswith("/"):
        assert identify(f"https://{host}{rest}/") == first
    if rest[-1:].isalnum():
        assert identify(f"  <https://{host}{rest}>, ") == first
    if not first.key.startswith(host):
        assert identify(f"https://www.{host}{rest}") == first


@pytest.mark.parametrize("platform", [p for p in PLATFORMS.values() if p.items], ids=lambda p: p.slug)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_two_different_values_are_two_items(platform: Platform, data: st.DataObject) -> None:
    item = data.draw(st.sampled_from([item for item in platform.items if item["links"]]))
    single = [
        (group, link) for group, link in links(platform) if any(link in known for known in item["links"])
    ]
    group, link = data.draw(st.sampled_from(single))
    skeleton = data.draw(skeletons(platform, group, link))
    (one, first), (other, second) = (fill(data.draw, platform, skeleton) for _ in range(2))
    types = {found[1]: platform.types[found[2] or found[1]] for found in VALUE.finditer(skeleton)}
    named = [name for name in types if f"{{{name}}}" in item["key"]]
    assume(named)
    assume(any(first[name].casefold() != second[name].casefold() for name in named))
    a, b = read("https://" + one), read("https://" + other)
    if a.kind == b.kind == item["kind"]:
        assert a != b


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400))
@example("https://t.me/%%34%31")
@example("http://\ud800")
@example("https://[")
@example("tg:")
@example("matrix:r/")
@example("web.telegram.org/#?tgaddr=")
def test_any_text_gives_an_identity_or_a_refusal(text: str) -> None:
    result = identify(text)
    if isinstance(result, Refusal):
        assert result.message == SENTENCES[result.code]
    else:
        assert identify(result.url) == result


URLISH = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "https://",
                "http:",
                "//",
                "/",
                "?",
                "#",
                "&",
                "=",
                "%",
                "@",
                ":",
                "\\",
                ".",
                "..",
                "[",
                "]",
                "%2F",
                "%25",
                "%00",
                "&amp;",
                " ",
                "t.me",
                "youtube.com",
                "x.com",
                "vk.com",
                "drive.google.com",
                "example.org",
                "l.php?u=",
                "watch",
                "v=",
                "s",
                "status",
                "w=wall",
                "+",
                "xn--",
                "tg:",
                "matrix:",
                "#!",
                "\u202e",
                "١",
            ]
        ),
        st.text(max_size=6),
        st.integers(0, 10**24).map(str),
    ),
    max_size=14,
).map("".join)


@settings(max_examples=1500, deadline=None)
@given(URLISH)
def test_text_that_is_nearly_an_address_gives_an_identity_that_holds(text: str) -> None:
    result = identify(text)
    if isinstance(result, Identity):
        again = identify(result.url)
        assert again == result, (text, result.url)
        assert result.key
        result.id.hex.encode()
        result.url.encode()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300) | URLISH)
def test_extract_gives_places_that_hold_what_they_say(text: str) -> None:
    end = 0
    for found in extract(text):
        assert found.start >= end
        assert text[found.start : found.end] == found.text
        end = found.end
