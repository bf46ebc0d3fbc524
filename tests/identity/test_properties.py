"""What holds for every address a platform file can describe, and for every text at all."""

from __future__ import annotations

import re
from functools import cache

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from takedowns.identity import PLATFORMS, Identity, Kind, Platform, Refusal, extract, identify
from takedowns.identity.refusals import SENTENCES

TOKEN = re.compile(r"\{(\w+)(?::(\w+))?\}|/?\*\*|\*|\[([^\]]*)\]")
WORDS = st.from_regex(r"[a-z][a-z0-9]{2,8}", fullmatch=True)
LINKS = [
    pytest.param(platform, group, link, id=f"{platform.slug}{number}")
    for platform in PLATFORMS.values()
    for number, (group, link) in enumerate(
        (link.partition(":/")[0] if ":/" in link and link[0] != "/" else "main", link.partition(":/")[2] if ":/" in link and link[0] != "/" else link[1:])
        for item in platform.items
        for link in item["links"]
    )
]


@cache
def shape(pattern: str) -> st.SearchStrategy[str]:
    """Values of a type: ASCII, as they stand in an address bar."""
    ascii_ = st.characters(min_codepoint=33, max_codepoint=126)
    return st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True, alphabet=ascii_).filter(
        lambda value: not re.search(r"[\s%\\#?&+]", value) and value not in (".", "..")
    )


@st.composite
def written(draw: st.DrawFn, platform: Platform, group: str, link: str) -> tuple[str, str, bool]:
    """An address that follows a link pattern: (host, rest, whether anything may follow in the path)."""
    hosts = [h for h in group_hosts(platform, group) if not h.startswith("*.")]
    host = draw(st.sampled_from(hosts or ["below." + group_hosts(platform, group)[0][2:]]))

    def fill(found: re.Match[str]) -> str:
        if found[1]:
            return draw(shape(platform.types[found[2] or found[1]].pattern))
        if found[3] is not None:
            return TOKEN.sub(fill, found[3]) if draw(st.booleans()) else ""
        return draw(WORDS) if found.group() == "*" else ""

    host = re.sub(r"\{(\w+)\}", lambda m: draw(shape(platform.types[m[1]].pattern)), host)
    return host, TOKEN.sub(fill, "/" + link), "?" not in link and "#" not in link


def group_hosts(platform: Platform, group: str) -> tuple[str, ...]:
    return platform.host_groups[group]


def read(text: str) -> Identity:
    result = identify(text)
    # A value may spell a reserved word, or a pattern higher in the file; then there is nothing to compare.
    assume(isinstance(result, Identity))
    assert isinstance(result, Identity)
    return result


@pytest.mark.parametrize(("platform", "group", "link"), LINKS)
@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_every_pattern_gives_an_item_whose_url_and_aliases_give_it_again(
    platform: Platform, group: str, link: str, data: st.DataObject
) -> None:
    host, rest, path_only = data.draw(written(platform, group, link))
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
        assert identify(f"  <https://{host}{rest}>, ") == first
    if "{host}" not in first.key and not first.key.startswith(host.removeprefix("www.")):
        assert identify(f"https://www.{host}{rest}") == first


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
        st.sampled_from(["https://", "http:", "//", "/", "?", "#", "&", "=", "%", "@", ":", "\\", ".", "..", "[", "]", "%2F", "%25", "%00", "&amp;", " ", "t.me", "youtube.com", "x.com", "vk.com", "drive.google.com", "example.org", "l.php?u=", "watch", "v=", "s", "status", "w=wall", "+", "xn--", "tg:", "matrix:", "#!", "\u202e", "١"]),
        st.text(max_size=6),
        st.integers(0, 10**24).map(str),
    ),
    max_size=14,
).map("".join)  # fmt: skip


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
