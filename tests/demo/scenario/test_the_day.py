"""The demo holds what was asked of it, and nothing that could be mistaken for anybody real."""

import re
from collections import Counter
from datetime import date

import pytest

from takedowns.demo.scenario import Scenario, build
from takedowns.demo.scenario.items import plan_items


def test_more_than_26_000_items_of_at_least_six_agencies_on_the_platforms_of_2019(scenario: Scenario) -> None:
    expected = scenario.expected
    assert expected.items_by_operation == {"RAD19": 26_312, "RAD19-F": 640}
    assert len(scenario.agencies) == len(expected.agencies["RAD19"]) == 7
    assert set(expected.kinds["RAD19"]) == {
        "telegram",
        "youtube",
        "google_drive",
        "google_play",
        "app_store",
        "facebook",
        "instagram",
        "twitter",
    }
    assert set(expected.kinds["RAD19-F"]) == {"tamtam", "hoop", "rocketchat", "matrix"}
    kinds = {kind for platform in expected.kinds["RAD19"].values() for kind in platform}
    assert kinds == {"video", "document", "account", "channel", "group", "post", "app"}
    assert sum(expected.kinds["RAD19"]["telegram"].values()) > 26_312 / 2
    assert (expected.co_referred, expected.duplicates, expected.invalid, expected.unknown_hosts) == (
        412,
        264,
        60,
        80,
    )


def test_telegrams_own_count_is_5055_accounts_and_bots(scenario: Scenario) -> None:
    assert {report.day: report.count for report in scenario.self_reports} == {
        date(2019, 11, 22): 2096,
        date(2019, 11, 23): 2959,
    }
    assert {(report.platform_slug, report.what) for report in scenario.self_reports} == {
        ("telegram", "accounts and bots")
    }


@pytest.mark.parametrize("scale", [0.001, 0.02, 1.0, 3.0])
def test_every_outlet_of_the_days_after_was_on_telegram_before(scale: float) -> None:
    outlets = build(scale=scale).expected.outlets
    moved = {name for name in outlets["RAD19-F"] if name}
    assert moved
    assert all(outlets["RAD19"][name]["telegram"] > 0 for name in moved)


def test_the_cast_can_sign_in_and_belongs_somewhere(scenario: Scenario) -> None:
    emails = [person.email for person in scenario.people]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") for email in emails)
    roles = Counter(person.role for person in scenario.people)
    assert roles["officer"] == 14
    assert roles["reviewer"] == 7
    assert roles["coordinator"] == roles["auditor"] == roles["administrator"] == 1
    assert roles["platform"] == 12
    agencies = {agency.slug for agency in scenario.agencies}
    for operation in scenario.operations:
        assert set(operation.agencies) == agencies
        assert set(operation.platforms) == set(scenario.expected.kinds[operation.reference])
    assert {submission.officer_email for submission in scenario.submissions} <= set(emails)


# What names an item is plainly invented, or cannot exist at all (addresses.py says why).
HANDLE = re.compile(r"demo[._-]?[a-z._-]+[0-9]+(_bot)?")
NUMBER = re.compile(
    r"""demo\d{6}x                                        # no video of YouTube, no post of Instagram
    | UCdemoDEMOdemoDEM\d{6}x                            # no channel of YouTube
    | 1DEMOdemoDEMOdemoDEMOdemo(DEMOdemoDEMO)?\d{8}      # Google Drive
    | demoDEMOdemoDEMO\d{6}                              # an invitation of Telegram
    | com\.example\.demo\.[a-z]+\d+                      # Google Play
    | 999\d{7}                                          # App Store
    """,
    re.VERBOSE,
)


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_every_spelling_of_every_item_names_something_plainly_invented(scale: float) -> None:
    for item in plan_items(2019, scale):
        invented = item.handle if HANDLE.fullmatch(item.handle) else item.number
        assert invented == item.handle or NUMBER.fullmatch(invented), item
        for number in range(len(item.form.spellings)):
            assert invented.lower() in item.spelling(number).lower()


def test_rows_outside_the_platforms_stay_on_reserved_names(scenario: Scenario) -> None:
    known = {
        "t.me",
        "telegram.me",
        "telegram.dog",
        "www.youtube.com",
        "m.youtube.com",
        "youtu.be",
        "drive.google.com",
        "docs.google.com",
        "play.google.com",
        "apps.apple.com",
        "itunes.apple.com",
        "www.facebook.com",
        "m.facebook.com",
        "facebook.com",
        "www.instagram.com",
        "instagram.com",
        "twitter.com",
        "mobile.twitter.com",
        "www.twitter.com",
        "tt.me",
        "tamtam.chat",
        "matrix.to",
        "riot.im",
        "open.rocket.chat",
        "go.rocket.chat",
        "hoopmessenger.com",
        "web.hoopmessenger.com",
        "localhost:8080",
    }
    reserved = re.compile(r"(^|\.)example(\.(org|com|net))?$|^192\.0\.2\.\d+$")
    for submission in scenario.submissions:
        text = submission.text_bytes.decode("utf-16" if "_fr_" in submission.filename else "latin-1")
        for host in set(re.findall(r"https?://([^/\s\"?]+)", text)):
            assert host in known or reserved.search(host), host
