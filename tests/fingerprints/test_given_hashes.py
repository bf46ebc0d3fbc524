"""Hashes that come with a list: read or refused by name, told apart from what is computed here, and a picture known by them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence
from takedowns.exchange.models import Tlp
from takedowns.exchange.records import mark
from takedowns.fingerprints.models import Fingerprint, GivenHash
from takedowns.fingerprints.queries import Alike
from takedowns.intake.models import Submission, SubmissionRow
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.review.queries import surroundings_of
from tests.api.conftest import World, make_world
from tests.clients import SignedIn
from tests.people import People
from tests.workbooks import xlsx

SHA256, MD5, PDQ = "0a" * 32, "0b" * 16, "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22"
#: 31 of its bits are others than PDQ's, and 32.
NEAR, FAR = (f"{int(PDQ, 16) ^ (2**bits - 1):064x}" for bits in (31, 32))


def handed_in(people: People, content: str | bytes, who: str = "officer", paste: bool = False) -> Submission:
    other = who == "other_officer"
    return receive(
        operation=people.operation,
        agency=people.other_agency if other else people.agency,
        user=people.other_officer if other else people.officer,
        source=Submission.Source.PASTE if paste else Submission.Source.FILE,
        filename="list",
        content=content if isinstance(content, bytes) else content.encode(),
        loading=Loading.HERE,
    ).submission


def given() -> list[tuple[Any, ...]]:
    with acting_as(SYSTEM):
        rows = GivenHash.objects.values_list("item__url", "agency__slug", "sha256", "md5", "pdq", "quality")
        return sorted(rows, key=str)


def referral(url: str) -> Referral:
    with acting_as(SYSTEM):
        return Referral.objects.get(item__url=url)


def alike(people: People, one: Referral, who: str = "reviewer") -> Alike | None:
    actor = people.actor(who)
    with acting_as(actor):
        return surroundings_of(one, actor).alike


@pytest.mark.parametrize("header", ["URL,SHA-256,MD5,PDQ,PDQ quality", "Lien;Empreinte SHA-256;Hachage MD5;Hash PDQ;Qualité PDQ",
                                    "Adres\tSkrót SHA-256\tSkrót MD5\tSkrót PDQ\tJakość PDQ"])  # fmt: skip
def test_columns_of_hashes_are_known_by_their_headers(people: People, header: str) -> None:
    between = next(sign for sign in ";\t," if sign in header)
    row = ["https://t.me/demo_a/1", SHA256.upper(), f" {MD5} ", f"pdq:{PDQ}", "88"]
    handed_in(people, f"{header}\n{between.join(row)}\n", paste=between == "\t")
    assert given() == [("https://t.me/demo_a/1", "north", SHA256, MD5, PDQ, 88)]


def test_a_workbook_holds_them_too(people: People) -> None:
    handed_in(people, xlsx({"List": [["URL", "PDQ", "PDQ quality"], ["https://t.me/demo_a/1", PDQ, 88]]}))
    assert given() == [("https://t.me/demo_a/1", "north", "", "", PDQ, 88)]


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        ((MD5, "", "", ""), "SHA-256 '0b0b"),
        (("", SHA256, "", ""), "MD5 '0a0a"),
        (("", "", PDQ[:-1], "70"), "PDQ 'f8f8"),
        (("", "", "g" * 64, ""), "PDQ 'gggg"),
        (("", "", PDQ, "101"), "PDQ quality '101' is not a number from 0 to 100"),
        (("", "", "", "70"), "PDQ quality '70' stands without"),
        (("", "d41d8cd98f00b204e9800998ecf8427e", "", ""), "is the hash of an empty file"),
        (("", "", "0" * 64, ""), "is the hash of an empty file"),
    ],
)
def test_what_is_no_hash_is_said_of_its_line_and_the_row_counts(
    people: People, cells: tuple[str, ...], problem: str
) -> None:
    submission = handed_in(
        people, f"url,sha256,md5,pdq,pdq_quality\nhttps://t.me/demo_a/1,{','.join(cells)}\n"
    )
    with acting_as(SYSTEM):
        row = SubmissionRow.objects.get(submission=submission)
    assert (row.line, row.outcome) == (2, "new")
    assert len(row.problems) == 1
    assert problem in row.problems[0]
    assert [one[4] for one in given()] == ([PDQ] if cells[2] == PDQ else [])


def test_each_agency_s_hashes_are_its_own_and_each_counts_once(people: People) -> None:
    handed_in(
        people,
        f"url,sha256\nt.me/demo_a/1,{SHA256}\nhttps://t.me/demo_a/1,{SHA256}\nt.me/demo_a/1,{'0c' * 32}\n",
    )
    submission = handed_in(people, f"url,sha256,note\nt.me/demo_a/1,{SHA256},mine\n", "other_officer")
    assert submission.counts == {"already_referred": 1}
    url = "https://t.me/demo_a/1"
    assert [one[:3] for one in given()] == [
        (url, "north", SHA256), (url, "north", "0c" * 32), (url, "south", SHA256),
    ]  # fmt: skip


def test_a_list_without_hashes_costs_no_statement_more_and_one_with_them_none_either(people: People) -> None:
    def statements(number: int, hashes: str) -> int:
        rows = "".join(f"t.me/demo_{number}{hashes[:1]}/{n},{hashes}\n" for n in range(1, number))
        with CaptureQueriesContext(connection) as seen:
            handed_in(people, f"url,sha256\n{rows}")
        return len(seen)

    assert len({statements(3, ""), statements(40, ""), statements(3, SHA256), statements(40, SHA256)}) == 1


@override_settings(EXCHANGE=["hashes"])
def test_three_hundred_links_of_one_picture_are_one_group_in_review(
    people: People, signed_in: SignedIn
) -> None:
    rows = [f"t.me/demo_same/{n},{(PDQ, NEAR)[n % 2]},90" for n in range(1, 301)]
    handed_in(
        people,
        "\n".join(["url,pdq,pdq_quality", *rows, f"t.me/demo_far/1,{FAR},90", f"t.me/demo_poor/1,{PDQ},49"]),
    )
    one = referral("https://t.me/demo_same/2")
    found = alike(people, one)
    assert found is not None
    assert found.others == 299
    client = signed_in("reviewer")
    assert (
        "looks like 299 others" in client.get(f"/operations/RAD19/review/?referral={one.pk}").content.decode()
    )
    page = f"/operations/RAD19/review/many/?picture={found.picture}&select=matching"
    assert "300" in client.get(page).content.decode()


@override_settings(EXCHANGE=["hashes"])
def test_a_group_is_decided_at_once_and_no_other(people: People, signed_in: SignedIn) -> None:
    handed_in(people, f"url,md5\nt.me/demo_a/1,{MD5}\nt.me/demo_a/2,{MD5}\nt.me/demo_a/3,{'0d' * 16}\n")
    found = alike(people, referral("https://t.me/demo_a/1"))
    assert found is not None
    assert found.others == 1
    page = f"/operations/RAD19/review/many/?picture={found.picture}"
    posted = signed_in("reviewer").post(
        page,
        {"decision": "approve", "matching": "2", "ground": "Directive (EU) 2017/541, Art. 5", "exemptions_checked": "on"},
    )  # fmt: skip
    assert posted.status_code == 302
    with acting_as(SYSTEM):
        approved = Referral.objects.filter(status="approved").values_list("item__key", flat=True)
        assert sorted(approved) == ["demo_a/1", "demo_a/2"]
    with override_settings(EXCHANGE=[]):
        assert alike(people, referral("https://t.me/demo_a/1")) is None


def test_a_hash_finds_its_referrals_for_whoever_sees_them(people: People, signed_in: SignedIn) -> None:
    handed_in(people, f"url,sha256,pdq\nt.me/demo_found/1,{SHA256},\nt.me/demo_found/2,,{PDQ}\n")
    for who, asked, finds in (
        ("officer", SHA256.upper(), "demo_found/1"),
        ("officer", f"pdq: {PDQ}", "demo_found/2"),
        ("absent_officer", SHA256, ""),
    ):
        page = signed_in(who).post("/find/", {"q": asked}, follow=True).content.decode()
        assert [name for name in ("demo_found/1", "demo_found/2") if name in page] == (
            [finds] if finds else []
        )


def test_the_page_says_who_told_a_hash_and_what_was_computed_here(
    people: People, signed_in: SignedIn
) -> None:
    handed_in(people, f"url,pdq,pdq_quality\nt.me/demo_a/1,{PDQ},77\n")
    one = referral("https://t.me/demo_a/1")
    address = f"/operations/RAD19/referrals/{one.pk}/"
    page = signed_in("officer").get(address).content.decode()
    assert "Given by North Unit" in page
    assert "quality 77 of 100" in page
    assert "Computed here" not in page
    with acting_as(SYSTEM):
        evidence = Evidence.objects.create(
            item_id=one.item_id,
            referral=one,
            sha256=SHA256,
            size=1,
            media_type="image/png",
            filename="x",
            agency=people.agency,
        )
        Fingerprint.objects.create(
            evidence=evidence, operation=people.operation, referral=one, sha256=SHA256, pdq=PDQ, quality=90
        )
    assert "Computed here" in signed_in("officer").get(address).content.decode()
    # Evidence is its agency's; what was given is read by whoever reads the referral.
    other = signed_in("other_officer").get(address).content.decode()
    assert "Computed here" not in other
    assert "Given by North Unit" in other


def test_the_list_as_a_file_holds_them(people: People, signed_in: SignedIn) -> None:
    handed_in(
        people, f"url,sha256,md5\nt.me/demo_a/1,{SHA256},{MD5}\nt.me/demo_a/1,{'0c' * 32},\nt.me/demo_b/1,,\n"
    )
    content = signed_in("officer").get("/operations/RAD19/referrals/list.csv").getvalue().decode("utf-8-sig")
    rows = {row["url"]: row for row in csv.DictReader(io.StringIO(content))}
    told = rows["https://t.me/demo_a/1"]
    assert (set(told["sha256"].split()), told["md5"], told["pdq"]) == ({SHA256, "0c" * 32}, MD5, "")
    assert rows["https://t.me/demo_b/1"]["sha256"] == ""


def test_a_platform_is_told_the_hashes_of_what_was_made_to_it_and_not_who_gave_them(people: People) -> None:
    world: World = make_world(people)
    sent = world.north.post(
        "submissions",
        {
            "operation": "RAD19",
            "rows": [{"url": "https://t.me/demo_h/1", "pdq": PDQ.upper(), "pdq_quality": 80}],
        },
    )
    assert sent.status_code == 201, sent.content
    one = referral("https://t.me/demo_h/1")
    assert world.telegram.get(f"referrals/{one.pk}").status_code == 404
    apply_to_all("approve", [one.pk], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [one.pk], by=SYSTEM)
    told = {"sha256": None, "md5": None, "pdq": PDQ, "quality": 80}
    before = world.telegram.get(f"referrals/{one.pk}")
    assert before.json()["hashes"] == [told]
    assert world.north.get(f"referrals/{one.pk}").json()["hashes"] == [told]
    handed_in(people, f"url,sha256\nt.me/demo_h/1,{SHA256}\n", "other_officer")
    after = world.telegram.get(f"referrals/{one.pk}")
    assert {"sha256": SHA256, "md5": None, "pdq": None, "quality": None} in after.json()["hashes"]
    assert "south" not in after.content.decode()
    assert after.json()["etag"] != before.json()["etag"]


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"sha256": "abc"}, "sha256"),
        ({"md5": SHA256}, "md5"),
        ({"pdq": "0" * 64}, "pdq"),
        ({"pdq_quality": 3}, "pdq_quality"),
    ],
)
def test_a_program_that_sends_no_hash_is_refused_with_the_place(
    people: People, wrong: dict[str, Any], name: str
) -> None:
    world = make_world(people)
    for path in ("submissions", "previews"):
        rows = [{"url": "https://t.me/demo_h/1"}, {"url": "https://t.me/demo_h/2", **wrong}]
        answer = world.north.post(path, {"operation": "RAD19", "rows": rows})
        assert answer.status_code == 422, answer.content
        assert [one["pointer"] for one in answer.json()["errors"]] == [f"#/rows/1/{name}"]
    assert given() == []


@override_settings(EXCHANGE=["hashes"])
def test_given_hashes_leave_in_the_shape_of_hash_sharing(people: People, signed_in: SignedIn) -> None:
    handed_in(
        people,
        f"url,sha256,md5,pdq,pdq_quality\nt.me/demo_a/1,{SHA256},{MD5},{PDQ},\nt.me/demo_a/2,,,{NEAR},20\n",
    )
    mark(people.operation, Tlp.AMBER, by=people.actor("coordinator"))
    client = signed_in("coordinator")
    told = json.loads(client.get("/operations/RAD19/exchange/records.threatexchange").content)["data"]
    assert {(one["type"], one["raw_indicator"]) for one in told} == {
        ("HASH_PDQ", PDQ), ("HASH_MD5", MD5), ("HASH_SHA256", SHA256),
    }  # fmt: skip
    assert client.get("/operations/RAD19/exchange/records.pdq").content == f"pdq {PDQ}\n".encode()


def test_hashes_of_a_row_that_waited_for_its_host_come_with_it(people: People) -> None:
    submission = handed_in(
        people, f"url,sha256\nhttps://chat.example.org/channel/one,{SHA256}\nt.me/demo_a/1,\n"
    )
    assert submission.counts == {"new": 1, "unknown_platform": 1}
    assert given() == []
    for _ in range(2):
        call_command("declare_host", "chat.example.org", "rocketchat", stdout=io.StringIO())
        assert [one[1:3] for one in given()] == [("north", SHA256)]


@override_settings(EXCHANGE=["hashes"])
def test_hashes_go_on_with_those_who_gave_them_when_another_withdraws(people: People) -> None:
    people.operation.agencies.add(people.absent_agency)
    url, theirs, thirds = "https://t.me/demo_a/1", "0c" * 32, "0d" * 32
    handed_in(people, f"url,sha256\n{url},{SHA256}\n")
    handed_in(
        people,
        f"url,sha256,pdq,pdq_quality\n{url},{theirs},{PDQ},77\nt.me/demo_b/1,{theirs},,\n",
        "other_officer",
    )
    receive(
        operation=people.operation,
        agency=people.absent_agency,
        user=people.absent_officer,
        source=Submission.Source.PASTE,
        filename="",
        content=f"url\tsha256\n{url}\t{thirds}\n".encode(),
        loading=Loading.HERE,
    )
    ended = referral(url)
    done = apply_to_all("withdraw", [ended.pk], by=people.actor("officer"), reason="Ours no more.")
    assert done.passed_on == 1
    with acting_as(SYSTEM):
        fresh = Referral.objects.get(previous=ended)
        gone_on = GivenHash.objects.filter(referral=fresh).order_by("sha256")
        assert [(one.agency, one.sha256, one.pdq, one.quality, one.operation_id) for one in gone_on] == [
            (people.other_agency, theirs, PDQ, 77, fresh.operation_id),
            (people.absent_agency, thirds, "", None, fresh.operation_id),
        ]
        assert GivenHash.objects.filter(referral=ended).count() == 3, "what was given stays in the record"
    found = alike(people, fresh, "other_officer")
    assert found is not None
    assert found.others >= 1, "it is known again beside the other address of the picture"


def test_the_application_cannot_change_them(people: People) -> None:
    handed_in(people, f"url,sha256\nt.me/demo_a/1,{SHA256}\n")
    with acting_as(SYSTEM), pytest.raises(DatabaseError), transaction.atomic():
        GivenHash.objects.update(md5=MD5)
    assert given()[0][2:4] == (SHA256, "")
