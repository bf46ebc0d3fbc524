"""The board: figures, links, live refresh, exports."""

from __future__ import annotations

import csv
import html
import io
import json
import re

from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures.models import SelfReport
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work

BOARD = reverse("web:board", args=["RAD19"])
LIVE = reverse("web:board-live", args=["RAD19"])


def _values(page: str) -> list[str]:
    return re.findall(r'<dd class="value">(?:<a [^>]*>)?([\d,]+)<', page)


def _remove(work: Work, count: int) -> None:
    with acting_as(SYSTEM):
        ids = work.referral_ids[:count]
        apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
        apply_to_all("refer", ids, by=SYSTEM)
        assert len(apply_to_all("remove", ids, by=SYSTEM, action="visibility_removed").moved) == count


def test_the_four_numbers_and_the_gap_follow_the_work(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert _values(client.get(BOARD).content.decode()) == ["4", "0", "0", "0"]
    _remove(work, 3)
    page = client.get(BOARD).content.decode()
    assert _values(page) == ["4", "3", "3", "0"]
    assert re.search(
        r'<span class="value"><a [^>]*>3</a></span> <a [^>]*>Removed, not verified offline</a>', page
    )


def test_the_table_ends_in_the_numbers_of_the_pictures(work: Work, signed_in: SignedIn) -> None:
    _remove(work, 3)
    page = signed_in("officer").get(BOARD).content.decode()
    heads = [
        html.unescape(re.sub("<[^>]+>", "", head)).replace("\u00ad", "")
        for head in re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
    ]
    foot = re.search(r"<tfoot>(.*?)</tfoot>", page, re.DOTALL)
    assert foot is not None
    totals = dict(
        zip(heads[1:], re.findall(r'<td class="number">(?:<a [^>]*>)?(.*?)<', foot[1]), strict=False)
    )
    assert [
        totals[name] for name in ("Submitted items", "Referred", "Removed", "Removed and verified offline")
    ] == _values(page)


def test_a_self_report_stands_beside_and_is_not_added(work: Work, signed_in: SignedIn) -> None:
    with acting_as(SYSTEM):
        SelfReport.objects.create(
            operation=work.people.operation,
            platform_id="telegram",
            day="2019-11-22",
            what="accounts and bots",
            count=2096,
        )
    page = signed_in("officer").get(BOARD).content.decode()
    assert "<strong>2,096</strong> accounts and bots" in page
    assert _values(page)[0] == "4"


def test_the_time_of_the_figures_names_its_zone(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(BOARD).content.decode()
    assert re.search(r"data-as-of>\d\d:\d\d:\d\d CES?T, \d+ \w+ \d{4}<", page)


def test_a_refresh_without_change_is_answered_304_and_says_when(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    etag = client.get(LIVE)["ETag"]
    unchanged = client.get(LIVE, headers={"If-None-Match": etag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert re.fullmatch(r"\d\d:\d\d:\d\d CES?T, \d+ \w+ \d{4}", unchanged["As-Of"])
    _remove(work, 1)
    changed = client.get(LIVE, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag
    assert _values(changed.content.decode()) == ["4", "1", "1", "0"]


def test_the_page_asks_with_the_tag_of_the_figures_it_shows(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    page = client.get(BOARD).content.decode()
    tag = re.search(r'data-etag="W/&quot;([^"]+)&quot;"', page)
    assert tag is not None
    assert client.get(LIVE, headers={"If-None-Match": f'"{tag[1]}"'}).status_code == 304


def test_a_paused_board_does_not_ask(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert 'hx-trigger="every ' in client.get(BOARD).content.decode()
    assert 'hx-trigger="every ' not in client.get(BOARD, {"live": "off"}).content.decode()


def test_an_empty_board_says_what_to_do(people: object, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(BOARD).content.decode()
    assert "Nothing has been submitted for RAD19 yet." in page
    assert reverse("web:hand-in", args=["RAD19"]) in page


def test_the_exports_carry_the_boards_figures(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    table = client.get(reverse("web:export-csv", args=["RAD19"]))
    assert "attachment" in table["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    handed_in = [row["value"] for row in rows if row["measure"] == "handed_in"]
    assert "4" in handed_in
    figures = client.get(reverse("web:export-json", args=["RAD19"]))
    assert "unit_of_count" in json.loads(figures.content)


def test_no_page_carries_inline_style_or_script(work: Work, signed_in: SignedIn) -> None:
    page = signed_in("officer").get(BOARD).content.decode()
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", page)


def test_a_live_part_made_for_one_is_shown_to_nobody_who_may_see_less(
    work: Work, signed_in: SignedIn
) -> None:
    """All ask for the same board in the same state, the auditor, who sees most, first."""
    names = ("auditor", "officer", "other_officer", "absent_officer", "platform_contact", "stranger")
    answers = {name: signed_in(name).get(LIVE) for name in names}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == {
        "auditor",
        "officer",
        "other_officer",
    }
    assert answers["officer"]["ETag"] != answers["other_officer"]["ETag"] != answers["auditor"]["ETag"]


def test_a_board_made_for_one_is_shown_to_others_who_see_the_same_and_changes_with_the_figures(
    work: Work, signed_in: SignedIn
) -> None:
    names = ("auditor", "officer", "absent_officer", "platform_contact", "stranger")
    answers = {name: signed_in(name).get(BOARD) for name in names}
    assert {name for name, answer in answers.items() if answer.status_code == 200} == {"auditor", "officer"}
    _remove(work, 2)
    for name in ("officer", "auditor"):
        assert _values(signed_in(name).get(BOARD).content.decode()) == ["4", "2", "2", "0"]


def test_a_live_part_is_in_the_language_of_whoever_asks(work: Work, signed_in: SignedIn) -> None:
    clients = {code: signed_in("officer") for code in ("en", "fr", "de")}
    parts = {code: client.get(LIVE, headers={"Accept-Language": code}) for code, client in clients.items()}
    assert len({part.content for part in parts.values()}) == 3
