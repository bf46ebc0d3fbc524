"""Platform files, the golden list, the generated page, the comparison of rule sets, extract()."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from takedowns.identity import PLATFORMS, RULES_VERSION, Identity, Kind, Platform, compare, extract, identify
from takedowns.identity.document import TARGET, render
from takedowns.identity.notes import NOTES
from takedowns.identity.redirectors import HOSTS
from takedowns.identity.registry import REGISTRY
from tests.identity import golden

# The outcomes of the golden list under each released version of the rules. Never change an entry: add one.
DIGESTS = {1: "208408ab972d495d", 2: "9fead7f99f7797dd", 3: "4bb191e6320a7e11"}

EVERY = pytest.mark.parametrize("platform", PLATFORMS.values(), ids=lambda p: p.slug)


@EVERY
def test_every_pattern_of_a_platform_file_compiles(platform: Platform) -> None:
    """They are compiled when they are first asked: a broken one would be found by whoever hands such a link in."""
    sites = {
        id(site): site
        for table in (REGISTRY.exact, REGISTRY.below, REGISTRY.declared)
        for site in table.values()
        if site.slug == platform.slug
    }
    chunks = [
        chunk
        for site in sites.values()
        for tried in (*site.first.values(), site.rest, site.everywhere)
        for chunk in tried
    ]
    routes = [route for chunk in chunks for route, _ in chunk.routes.values()]
    wanted = [regex for route in routes for _, _, regex in (*route.query, *route.shapes)]
    for regex in (
        *(chunk.regex for chunk in chunks),
        *wanted,
        *(one.fragment for one in routes if one.fragment),
    ):
        regex.compile()


@EVERY
def test_a_platform_file_is_complete(platform: Platform) -> None:
    text = (
        files("takedowns.identity").joinpath("platforms", f"{platform.slug}.toml").read_text(encoding="utf-8")
    )
    assert text.startswith("# Source: ")
    assert platform.name
    assert platform.operator
    assert platform.homepage.startswith("https://")
    assert platform.decisions, "say at least one decision: what stays apart or is joined, and why"
    assert all(sentence.endswith(".") for sentence in platform.decisions)
    assert platform.hosts
    assert set(platform.kinds) <= set(Kind)
    assert re.fullmatch(r"[a-z0-9_]+", platform.slug)
    raw = tomllib.loads(text)
    assert set(raw) <= {
        "name",
        "operator",
        "homepage",
        "also",
        "name_link",
        "moment",
        "reserved",
        "decisions",
        "self_hosted",
        "hook",
        "schemes",
        "kinds",
        "hosts",
        "types",
        "item",
        "app_link",
    }
    used = str(raw.get("item", "")) + str(raw["hosts"])
    unused = [name for name in raw.get("types", {}) if not re.search(rf"[{{:]{name}}}", used)]
    assert not unused, f"types no pattern uses: {unused}"
    for name, type_ in platform.types.items():
        assert re.compile(type_.pattern).groups == 0, name


@EVERY
def test_every_kind_of_a_platform_has_a_golden_row(platform: Platform) -> None:
    kinds = {kind for _, slug, _, kind in golden.lines() if slug == platform.slug}
    assert set(platform.kinds) <= kinds


@EVERY
def test_the_homepage_of_a_platform_is_no_item(platform: Platform) -> None:
    result = identify(platform.homepage)
    assert result.platform in (platform.slug, "web", "google_play", "telegram")
    if result.platform == platform.slug:
        assert not isinstance(result, Identity)


def test_platforms_an_action_day_needs_are_there_with_their_operators() -> None:
    operators = {
        "youtube": "Google",
        "google_drive": "Google",
        "google_play": "Google",
        "blogspot": "Google",
        "ok": "Mail.Ru (VK)",
        "tamtam": "Mail.Ru (VK)",
        "instagram": "Meta",
        "facebook": "Meta",
        "whatsapp": "Meta",
        "threads": "Meta",
    }
    assert {slug: PLATFORMS[slug].operator for slug in operators} == operators


def test_outcomes_of_the_golden_list_stand() -> None:
    changed = [(old, new) for old in golden.lines() if (new := golden.outcome(old[0])) != old]
    assert changed == [], (
        "if this is meant: raise RULES_VERSION, run python -m tests.identity.golden, add the digest"
    )


def test_outcomes_change_only_with_the_version_of_the_rules() -> None:
    assert golden.digest() == DIGESTS[RULES_VERSION]
    assert max(DIGESTS) == RULES_VERSION


def test_generated_page_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == render(), "run python -m takedowns.identity.document"


def test_redirectors_have_names_and_known_platforms() -> None:
    for key, entries in HOSTS.items():
        assert "." in key or key == "*" or key in PLATFORMS
        assert all(entry.name or entry.becomes for entry in entries)


def test_compare_tells_changes_merges_and_splits() -> None:
    report = compare(
        [
            ("telegram", "foo", "https://t.me/foo"),
            ("telegram", "FOO", "https://t.me/FOO"),
            ("web", "t.me/bar", "https://t.me/bar"),
            ("web", "old", "https://t.me/one"),
            ("web", "old", "https://t.me/two"),
            ("youtube", "gone", "https://www.youtube.com/watch?v=short"),
        ]
    )
    assert report.checked == 6
    assert [change.url for change in report.changed] == [
        "https://t.me/FOO",
        "https://t.me/bar",
        "https://t.me/one",
        "https://t.me/two",
        "https://www.youtube.com/watch?v=short",
    ]
    assert report.merged == {("telegram", "foo"): (("telegram", "FOO"), ("telegram", "foo"))}
    assert report.split == {("web", "old"): (("telegram", "one"), ("telegram", "two"))}


def test_compare_of_what_current_rules_made_is_silent() -> None:
    made = [identify(url) for url, *_ in golden.lines()]
    report = compare((item.platform, item.key, item.url) for item in made if isinstance(item, Identity))
    assert (report.changed, report.merged, report.split) == ((), {}, {})


MAIL = """Dear colleagues, please see https://t.me/foo, hxxps://t[.]me/bar/12 and t . me/baz (also t[.]me/qux).
The file report.pdf v1.2.3 came from a@t.me, e.g. by mail . me too. 频道t.me/abc加入，https://youtu.be/YE7VzlLtp-4。
<a href="https://x.com/jack/status/1577924293023133696">x</a> «www.example.org/path» example.com/wiki/Foo_(bar). https://t.me/onehttps://t.me/two
tg://resolve?domain=xyz https://web.archive.org/web/2015/https://t.me/foo hxxp://evil[.]example/mal youtube(.)com/@news
"""


def test_extract_finds_addresses_and_their_places() -> None:
    found = extract(MAIL)
    assert all(MAIL[f.start : f.end] == f.text for f in found)
    assert [(f.result.platform, f.result.key) for f in found if isinstance(f.result, Identity)] == [
        ("telegram", "foo"),
        ("telegram", "bar/12"),
        ("telegram", "baz"),
        ("telegram", "qux"),
        ("telegram", "abc"),
        ("youtube", "YE7VzlLtp-4"),
        ("twitter", "status/1577924293023133696"),
        ("web", "example.org/path"),
        ("web", "example.com/wiki/Foo_(bar)"),
        ("telegram", "one"),
        ("telegram", "two"),
        ("telegram", "xyz"),
        ("archive_org", "web/2015/t.me/foo"),
        ("web", "evil.example/mal"),
        ("youtube", "@news"),
    ]
    assert len(found) == 15
    assert {note for f in found if isinstance(f.result, Identity) for note in f.result.notes} <= set(NOTES)


def test_extract_of_nothing() -> None:
    assert extract("") == []
    assert extract("No address here, nor in 3.14 or file.txt or name@example.org.") == []
