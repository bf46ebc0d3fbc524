"""identify() as an officer meets it: what it takes, what it refuses and in which words."""

from __future__ import annotations

import pickle
import uuid

import pytest

from takedowns.identity import NAMESPACE, Identity, Refusal, identify, item_id, packed_ids
from takedowns.identity.refusals import SENTENCES


def item(text: str, hosts: dict[str, str] | None = None) -> Identity:
    result = identify(text, hosts)
    assert isinstance(result, Identity), (text, result)
    return result


def refusal(text: object) -> Refusal:
    result = identify(text)  # type: ignore[arg-type]
    assert isinstance(result, Refusal), (text, result)
    return result


def test_id_is_the_name_based_uuid_of_platform_and_key() -> None:
    found = item("https://t.me/durov/12")
    assert found.id == uuid.uuid5(NAMESPACE, "telegram:durov/12") == item_id("telegram", "durov/12")
    assert found.id.version == 5
    assert item_id("web", "пример.example/ü") == uuid.uuid5(NAMESPACE, "web:пример.example/ü")
    names = [("telegram", "durov/12"), ("web", "пример.example/ü")]
    assert packed_ids(map(":".join, names)) == b"".join(item_id(*name).bytes for name in names)


def test_id_of_a_known_item_never_changes() -> None:
    assert str(item("https://t.me/durov/12").id) == "c8090625-20a7-5ce8-9d33-58adb8882d77"


def test_equality_looks_at_platform_and_key_only() -> None:
    a, b = item("https://t.me/Foo?single"), item("hxxps://telegram[.]me/foo")
    assert a == b
    assert hash(a) == hash(b)
    assert not a != b  # noqa: SIM202 - __ne__ is its own method
    assert a.notes != b.notes
    assert a != item("https://tt.me/foo")
    assert a != ("telegram", "foo")
    assert pickle.loads(pickle.dumps(a)) == a


def test_identity_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        item("https://t.me/foo").key = "bar"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  \u200b\ufeff ", "empty"),
        ("x" * 16_385, "too_long"),
        ("https://t.me/foo\x00", "control_character"),
        ("https://t.me/a\nhttps://t.me/b", "control_character"),
        ("https://t.me/\ud800", "control_character"),
        ('=HYPERLINK("https://t.me/foo")', "formula"),
        ("+44 1632 960027", "not_a_url"),
        ("@foo", "handle"),
        ("foo@example.com", "not_a_url"),
        ("no address in here.", "not_a_url"),
        ("https://t.me]/foo", "bad_url"),
        ("javascript:alert(1)", "scheme"),
        ("ftp://example.org/file", "scheme"),
        ("https://t.me@evil.example/foo", "credentials"),
        ("http://[::1]/", "ip_address"),
        ("http://0x7f.1/", "ip_address"),
        ("https://intranet/page", "local_host"),
        ("https://printer.local/page", "local_host"),
        ("https://" + "a" * 64 + ".example/", "host_too_long"),
        ("https://t.me:8443/foo", "port"),
        ("https://www.youtube.com/watch?v=YE7VzlLtp-4&v=aaaaaaaaaaa", "ambiguous"),
        ("https://www.youtube.com/feed/trending", "no_item"),
        (None, "not_a_url"),
        (12, "not_a_url"),
    ],
)
def test_refusal_has_a_stable_code_and_a_sentence(text: object, code: str) -> None:
    result = refusal(text)
    assert result.code == code
    assert result.message == SENTENCES[code]
    assert result.message.endswith(".")


def test_a_page_of_a_platform_that_is_no_item_names_the_platform() -> None:
    assert refusal("https://x.com/settings/account")[0::2] == ("no_item", "twitter")
    assert refusal("https://t.me/share/url?url=https://example.org").platform == "telegram"


def test_an_unlisted_host_below_a_platform_is_the_platforms_and_no_look_alike() -> None:
    assert refusal("https://careers.rumble.com/jobs")[0::2] == ("no_item", "rumble")
    assert item("https://images.mastodon.social.example/x").platform == "web"


def test_two_values_for_what_names_an_item_are_refused_but_the_same_twice_is_not() -> None:
    assert item("https://www.youtube.com/watch?v=YE7VzlLtp-4&v=YE7VzlLtp-4").key == "YE7VzlLtp-4"
    assert item("https://www.youtube.com/watch?v=YE7VzlLtp-4&t=1&t=2").key == "YE7VzlLtp-4"


@pytest.mark.parametrize(
    "text",
    [
        "t.me/foo",
        "T.ME/Foo",
        "//t.me/foo",
        "http://t.me/foo/",
        "https://t.me:443/foo",
        "t.me:443/foo",
        "https://t.me./foo",
        "<https://t.me/foo>",
        "“https://t.me/foo”",
        "(https://t.me/foo)",
        "https://t.me/foo.",
        "https://t.me/foo),",
        "- https://t.me/foo",
        "1. https://t.me/foo",
        "• t.me/foo",
        "https://t.me/foo\u200b",
        "  https://t.me/foo  ",
        "hxxps://t.me/foo",
        "hXXps[:]//t[.]me/foo",
        "t . me/foo",
        "t[dot]me/foo",
        "t(.)me/foo",
        "https://t[.]me/foo",
        "tg://resolve?domain=Foo",
        "tg:resolve?domain=foo&start=x",
        "See https://t.me/foo for more",
        "https://web.telegram.org/k/#@foo",
        "https://t.me/s/foo?before=120",
        "https://www.telegram.dog/foo?start=abc",
    ],
)
def test_every_spelling_of_a_channel_is_that_channel(text: str) -> None:
    assert item(text)[1:3] == ("telegram", "foo")


def test_a_name_in_front_of_t_me_is_the_account_unless_telegram_keeps_it() -> None:
    assert item("https://Shares.t.me/12")[1:3] == ("telegram", "shares/12")
    assert refusal("https://share.t.me/12").platform == "telegram"


def test_redirectors_are_taken_off_and_named_outermost_first() -> None:
    inner = "https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Ft.me%252Ffoo"
    found = item(f"https://www.google.com/url?q={inner}&sa=D")
    assert found[1:3] == ("telegram", "foo")
    assert found.wrappers == ("google.com/url", "l.facebook.com")


def test_a_chain_of_redirectors_ends() -> None:
    text = "https://t.me/foo"
    for _ in range(8):
        text = "https://href.li/?" + text
    result = identify(text)
    assert len(getattr(result, "wrappers", ())) <= 5


def test_a_redirector_to_nothing_is_a_page_of_its_platform() -> None:
    assert refusal("https://l.facebook.com/l.php?u=javascript:alert(1)").platform == "facebook"


def test_relative_target_of_a_log_in_page() -> None:
    found = item("https://www.youtube.com/signin?next=%2Fwatch%3Fv%3DYE7VzlLtp-4&hl=fr")
    assert found[1:3] == ("youtube", "YE7VzlLtp-4")


def test_an_archived_copy_is_its_own_item_and_names_what_it_shows() -> None:
    found = item("https://web.archive.org/web/20150415002341if_/https://www.youtube.com/watch?v=aYAGB11YrSs")
    assert found.kind == "archived_copy"
    assert found.target == "https://www.youtube.com/watch?v=aYAGB11YrSs"
    assert found == item("http://web.archive.org/web/20150415002341/http://youtube.com/watch?v=aYAGB11YrSs")
    assert found != item(
        "https://web.archive.org/web/20160415002341/https://www.youtube.com/watch?v=aYAGB11YrSs"
    )


def test_unknown_host_keeps_a_normalised_address_and_groups_by_registrable_domain() -> None:
    found = item("HTTP://Videos.Example.CO.UK:80/a/../b%7Ec?x=1#part")
    assert found[1:3] == ("web", "videos.example.co.uk/b~c?x=1#part")
    assert found.domain == "example.co.uk"
    assert found == item("https://videos.example.co.uk/b~c?x=1#part")
    assert found != item("https://videos.example.co.uk/b~c?x=2#part")
    assert found != item("https://videos.example.co.uk:8443/b~c?x=1#part")


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me.evil.example/foo",
        "https://fаcebook.com/zuck",
        "https://faceb00k.com/zuck",
        "https://xn--fcebook-2fg.com/zuck",
        "https://youtube.com.evil.example/watch?v=YE7VzlLtp-4",
        "https://www.instаgram.com/x",
        "https://login.twitter.com.evil.example/a",
    ],
)
def test_a_look_alike_host_is_flagged_and_never_the_platform(text: str) -> None:
    found = item(text)
    assert found.platform == "web"
    assert "lookalike_host" in found.notes


@pytest.mark.parametrize(
    "text",
    [
        "https://nettflix.com/jack",
        "https://ivk.com/durov",
        "https://blog.example.org/t.me",
        "https://müller.example/",
    ],
)
def test_an_ordinary_host_is_not_flagged(text: str) -> None:
    assert item(text).notes == ()


def test_declared_hosts_of_self_hosted_software() -> None:
    hosts = {"chat.example.org": "rocketchat", "social.example:8443": "mastodon", "t.me": "rocketchat"}
    room = item("https://chat.example.org/channel/general?msg=abcDEF123", hosts)
    assert room[1:3] == ("rocketchat", "chat.example.org/channel/general/msg/abcDEF123")
    assert item("https://social.example:8443/@Ann/1234", hosts)[1:3] == (
        "mastodon",
        "social.example:8443/1234",
    )
    assert item("https://t.me/foo", hosts).platform == "telegram"
    assert item("https://chat.example.org/channel/general").platform == "web"
    # What is found under the name is found under its www., as for the hosts of platform files.
    assert item("https://www.chat.example.org/channel/general?msg=abcDEF123", hosts) == room._replace(
        host="www.chat.example.org"
    )


def test_a_host_below_somebodys_server_is_not_the_servers() -> None:
    assert item("https://wiki.mastodon.social/@ann").platform == "web"
    assert item("https://files.framatube.org/video.mp4").platform == "web"
    assert refusal("https://files.youtube.com/video.mp4").platform == "youtube"


def test_an_id_that_stands_twice_in_one_value_may_name_only_one() -> None:
    twice = "https://www.youtube.com/watch?v=YE7VzlLtp-4?v="
    assert item(f"{twice}YE7VzlLtp-4").key == "YE7VzlLtp-4"
    assert refusal(f"{twice}dQw4w9WgXcQ").code == "ambiguous"


def test_the_same_item_from_two_addresses_is_one_in_a_set() -> None:
    one = item("https://t.me/abcde/12")
    assert (
        len({one, item("https://t.me/s/abcde/12?single"), one._replace(url="https://telegram.me/abcde/12")})
        == 1
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://abc.t.me/", "no_item"),  # names have four characters at least
        ("https://matrix.to/#/@ann:example.org/$ev123:example.org", "no_item"),  # a message stands in a room
        (
            "https://go.rocket.chat/room?host=docs.rocket.chat&path=channel/general",
            "no_item",
        ),  # the company's site
    ],
)
def test_what_looks_like_an_item_and_is_none(text: str, code: str) -> None:
    assert refusal(text).code == code


@pytest.mark.parametrize(
    ("text", "key"),
    [
        # A short id has 22 characters, whatever the number begins with.
        (
            "https://framatube.org/videos/watch/00000000-0000-4000-8000-000000000001",
            "framatube.org/111111114Ay6byqtQtQyDP",
        ),
        ("https://web.archive.org/web/20191121000000/https://T.ME/abcde", "web/20191121000000/t.me/abcde"),
        (
            "https://web.archive.org/web/20191121000000/https://Example.ORG/Abc",
            "web/20191121000000/example.org/Abc",
        ),
        (
            "sgnl://addstickers/?pack_id=fb535407d2f6497ec074df8b9c51dd1d&pack_key=17e971c134035622781d2ee249e6473b774583750b68c11bb82b7509c68b6dfd",
            "stickers/fb535407d2f6497ec074df8b9c51dd1d",
        ),
    ],
)
def test_one_item_has_one_key(text: str, key: str) -> None:
    assert item(text).key == key


def test_an_operator_gives_no_platform_with_rules_of_its_own_another_host() -> None:
    assert item("https://files.example.org/abcde/12", {"files.example.org": "telegram"}).platform == "web"


@pytest.mark.parametrize(
    "text",
    [
        "https://t.me/abcde/12 https://t.me/abcde/13",
        "see https://t.me/abcde/12 and https://t.me/abcde/13 please",
        "https://www.youtube.com/watch?v=YE7VzlLtp-4, https://t.me/abcde",
    ],
)
def test_of_several_items_in_a_text_none_is_chosen(text: str) -> None:
    assert refusal(text).code == "several"


@pytest.mark.parametrize(
    ("composed", "decomposed"),
    [
        ("https://www.youtube.com/@jos\u00e9", "https://www.youtube.com/@jose\u0301"),
        ("https://www.pinterest.com/jos\u00e9/", "https://www.pinterest.com/jose\u0301/"),
        (
            "https://name.blogspot.com/2022/01/\u00fcber.html",
            "https://name.blogspot.com/2022/01/u\u0308ber.html",
        ),
    ],
)
def test_a_name_typed_on_two_keyboards_is_one(composed: str, decomposed: str) -> None:
    assert item(composed).id == item(decomposed).id


@pytest.mark.parametrize(
    ("shouted", "plain"),
    [
        ("https://www.youtube.com/WATCH?v=YE7VzlLtp-4", "https://www.youtube.com/watch?v=YE7VzlLtp-4"),
        ("https://x.com/a/Status/1577924293023133696", "https://x.com/a/status/1577924293023133696"),
        ("https://vimeo.com/Showcase/1234567", "https://vimeo.com/showcase/1234567"),
    ],
)
def test_the_words_of_a_path_are_read_in_capitals_too(shouted: str, plain: str) -> None:
    assert item(shouted).id == item(plain).id


@pytest.mark.parametrize(
    "text", ["vnd.youtube:YE7VzlLtp-4", "VND.YOUTUBE:YE7VzlLtp-4", "vnd.youtube://YE7VzlLtp-4"]
)
def test_an_id_in_an_app_link_keeps_its_capitals(text: str) -> None:
    assert item(text).key == "YE7VzlLtp-4"


@pytest.mark.parametrize(
    "text",
    [
        "https://www.google.com/url?q=https://t.me/abcde/12&q=https://t.me/abcde/13",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Ft.me%2Fabcde%2F12&U=https%3A%2F%2Ft.me%2Fabcde%2F13",
    ],
)
def test_a_redirector_that_names_two_targets_leads_to_neither(text: str) -> None:
    assert refusal(text).code == "ambiguous"
    assert item(text.partition("&")[0] + "&utm_source=x").key == "abcde/12"


@pytest.mark.parametrize("host", ["exam\u0440le.org", "\u0442elegram.example", "goog\u04cfe-docs.example"])
def test_letters_of_two_scripts_in_a_name_are_noticed(host: str) -> None:
    assert "lookalike_host" in item(f"https://{host}/x").notes


def test_a_token_is_never_kept() -> None:
    result = identify(
        "https://go.rocket.chat/room?host=open.rocket.chat&path=channel/general&token=SECRET&userId=ME"
    )
    assert "SECRET" not in repr(result)
    assert "ME" not in repr(result)


def test_elements_permalinks_name_the_same_room_on_any_host() -> None:
    assert item("https://element.example.org/#/room/#news:example.org") == item("matrix:r/news:example.org")
    assert item("https://other.example.org/#/room/#news:example.org").platform == "web"


def test_a_go_link_names_the_room_of_any_server_and_reads_back() -> None:
    found = item("https://go.rocket.chat/room?host=chat.example.org&path=channel%2Fgeneral&msg=abcDEF")
    assert found[1:3] == ("rocketchat", "chat.example.org/channel/general/msg/abcDEF")
    assert item(found.url) == found
    assert found == item(
        "https://chat.example.org/channel/general?msg=abcDEF", {"chat.example.org": "rocketchat"}
    )
    assert (
        refusal("https://go.rocket.chat/room?host=chat.example.org&path=invite/a*b").platform == "rocketchat"
    )


def test_escapes_that_are_no_text_stay_escaped() -> None:
    found = item("https://name.blogspot.com/2022/01/a^%C3r.html")
    assert found.key == "name/2022/01/a^%C3r.html"
    assert item(found.url) == found


def test_html_escapes_are_undone_however_often() -> None:
    found = item("https://www.youtube.com/watch?list=PL46F0A159EC02DF82&amp;amp;v=YE7VzlLtp-4")
    assert found.key == "YE7VzlLtp-4"
    assert found.notes == ("html_escaped",)


@pytest.mark.parametrize(
    ("holder", "below"),
    [
        ("https://www.threads.net/@someone", "post/a.b"),
        ("https://www.tiktok.com/@someone", "video/not-a-number"),
        ("https://www.instagram.com/someone", "reel/a.b"),
        ("https://www.twitch.tv/someone", "clip/a.b"),
        ("https://rumble.com/c/someone", "videos/new-form"),
        ("https://mastodon.social/@someone", "statuses/not-a-number"),
        ("https://truthsocial.com/@someone", "posts/not-a-number"),
        ("https://www.linkedin.com/company/someone", "posts/some-new-form"),
    ],
)
def test_an_item_in_a_form_no_rule_reads_is_not_its_holder(holder: str, below: str) -> None:
    """Else the account would be referred in its place, and the next such item would count as handed in already."""
    account = identify(holder)
    assert isinstance(account, Identity)
    assert identify(f"{holder}/following") == account or isinstance(identify(f"{holder}/following"), Refusal)
    assert identify(f"{holder}/{below}") != account
