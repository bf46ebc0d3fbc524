"""Listed groups: a vocabulary that is kept by administrators, from which referrals name their group."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.listed_groups import Facts, groups_listed, save_group, vocabulary
from takedowns.directory.models import DirectoryChange, ListedGroup
from takedowns.intake.models import Submission
from takedowns.ledger.models import Entry
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.listed_groups import map_typed
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from tests.accounts.test_people import said
from tests.clients import SignedIn
from tests.factories import make_referrals, undone
from tests.people import People

pytestmark = pytest.mark.django_db

AMBER = Facts("eu", "EU.1.23", "Amber Front", ("Front ambre", "AF"), date(2003, 6, 27))
STONE = Facts("un", "QDe.900", "Stone Circle", ("Cercle de pierre",))
TABLE = """list;code;name;other names;listed on
EU;EU.1.23;Amber Front;Front ambre; 2003-06-27
UN;QDe.900;Stone Circle;"SC; Cercle de pierre";
"""
IMPORT = "/listed-groups/import/"
TYPED = "/listed-groups/typed/"


@pytest.fixture
def groups() -> dict[str, ListedGroup]:
    with acting_as(SYSTEM):
        return {one.name: save_group(one, by=SYSTEM) for one in (AMBER, STONE)}


@pytest.fixture
def administrator(signed_in: SignedIn) -> Client:
    return signed_in("administrator")


def read(client: Client, table: str | bytes) -> Any:
    content = table if isinstance(table, bytes) else table.encode()
    return client.post(IMPORT, {"file": SimpleUploadedFile("list.csv", content)})


def take(client: Client, preview: Any) -> Any:
    plan = preview.context["plan"]
    sent = {
        "content": preview.context["content"],
        "filename": "list.csv",
        "expected": plan.digest,
    }
    return client.post(IMPORT, sent, follow=True)


def named() -> dict[str, list[str]]:
    return {one.name: one.others for one in groups_listed()}  # type: ignore[attr-defined]


def test_a_table_is_shown_then_taken_whole_and_taken_again_changes_nothing(administrator: Client) -> None:
    preview = read(administrator, TABLE)
    assert preview.status_code == 200
    assert "2 lines were read. 2 groups are new." in said(preview)
    assert not ListedGroup.objects.exists(), "looking takes nothing"
    assert "2 listed groups are taken" in said(take(administrator, preview))
    assert named() == {"Amber Front": ["Front ambre"], "Stone Circle": ["Cercle de pierre", "SC"]}
    amber = ListedGroup.objects.get(code="EU.1.23")
    assert (amber.list, amber.listed_on) == ("eu", date(2003, 6, 27))
    with acting_as(SYSTEM):
        assert set(DirectoryChange.objects.values_list("kind", "action", "name")) == {
            ("group", "added", "eu:EU.1.23"),
            ("group", "added", "un:QDe.900"),
        }
        assert Entry.objects.filter(what="directory_listedgroup").count() == 2
    assert "nothing would change" in said(read(administrator, TABLE))
    assert administrator.post(IMPORT, {"pasted": " "}).status_code == 422


def test_a_table_adds_names_and_takes_none_away(administrator: Client, groups: dict[str, Any]) -> None:
    renamed = "code,list,name,aliases\neu.1.23,EU,Amber Brigade,L'ambre\n"
    take(administrator, read(administrator, renamed))
    assert named()["Amber Brigade"] == ["AF", "Amber Front", "Front ambre", "L'ambre"]
    assert ListedGroup.objects.get(name="Amber Brigade").listed_on == date(2003, 6, 27)
    page = said(administrator.get(f"/listed-groups/{groups['Amber Front'].pk}/"))
    assert "Name: Amber Front → Amber Brigade" in page, "the record says what was changed"


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("url\nhttps://t.me/a\n", [(1, "")]),
        ("list,name\nEU,Amber\n", [(1, "")]),
        ("list,code,name\nEU,E1,Amber\nMoon,E2,\n", [(3, "list"), (3, "name")]),
        ("list,code,name,listed_on\nEU,E1,Amber,21.13.2019\n", [(2, "listed_on")]),
        ("list,code,name\nEU,E1,Amber\nEU,e 1,Stone\n", [(3, "code")]),
        ("list,code,name,aliases\nEU,E1,Amber,\nUN,U1,Stone,ÁMBER\n", [(3, "other_names")]),
        ("list,code,name\nUN,U1,front ambre\n", [(2, "name")]),
        (f"list,code,name\nEU,E1,{'x' * 201}\n", [(2, "name")]),
    ],
)
def test_a_table_with_a_mistake_is_told_by_line_and_column_and_nothing_is_taken(
    administrator: Client, groups: dict[str, Any], table: str, wrong: list[tuple[int, str]]
) -> None:
    preview = read(administrator, table)
    assert preview.status_code == 422
    assert [(one.line, one.field) for one in preview.context["plan"].wrong] == wrong
    assert "Nothing was taken" in said(preview)
    assert "expected" not in preview.content.decode()
    assert "changed the listed groups meanwhile" in said(take(administrator, preview)), "nor by force"
    assert ListedGroup.objects.count() == 2


def test_what_is_taken_is_what_was_shown(administrator: Client, groups: dict[str, Any]) -> None:
    preview = read(administrator, TABLE)
    save_group(
        Facts("eu", "EU.1.23", "Amber Front", ("Another",)), by=SYSTEM, group_id=groups["Amber Front"].pk
    )
    after = take(administrator, preview)
    assert "Somebody changed the listed groups meanwhile" in said(after)
    assert named()["Amber Front"] == ["Another"]


def test_a_group_is_added_and_changed_by_hand(administrator: Client, groups: dict[str, Any]) -> None:
    sent = {"list": "other", "code": "N1", "name": "Quay Men", "others": "QM\nMen of the quay"}
    assert "Quay Men is added." in said(administrator.post("/listed-groups/add/", sent, follow=True))
    again = administrator.post("/listed-groups/add/", {**sent, "code": "N2", "name": "qm", "others": ""})
    assert again.status_code == 422
    assert "“QM” leads to Quay Men (N1) already." in said(again)
    page = f"/listed-groups/{ListedGroup.objects.get(code='N1').pk}/"
    administrator.post(page, {"name": "Quay Women", "others": "QM", "ended_on": "2020-01-01"})
    assert named()["Quay Women"] == ["QM", "Quay Men"]


def test_a_referral_names_a_group_by_any_of_its_texts_and_keeps_its_name(
    people: People, groups: dict[str, Any], signed_in: SignedIn
) -> None:
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a", "https://t.me/demo_b"])
    correct(
        [Correction(ids[0], listed_group="front AMBRE"), Correction(ids[1], listed_group="qde.900")],
        by=people.actor("officer"),
    )
    with acting_as(SYSTEM):
        assert [Referral.objects.get(pk=one).listed_group for one in ids] == ["Amber Front", "Stone Circle"]
    outcome = correct([Correction(ids[0], listed_group="Amber Fornt")], by=people.actor("officer"))
    assert [one.code for one in outcome.refused] == ["unknown_value"]
    officer = signed_in("officer")
    found = said(officer.get(f"/operations/{people.operation.reference}/referrals/?group=af"))
    assert "demo_a" in found
    assert "demo_b" not in found
    change = f"/operations/{people.operation.reference}/referrals/change/?one={ids[1]}"
    sent = {"kind_of_change": "correct", "listed_group": "Nobody's"}
    refused = officer.post(change, sent)
    assert refused.status_code == 422
    assert "“Nobody's” is no listed group. Choose one" in said(refused)


def test_without_a_vocabulary_a_group_is_kept_as_it_is_typed(people: People) -> None:
    [one] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    assert correct([Correction(one, listed_group=" Amber? ")], by=SYSTEM).moved == [one]
    with acting_as(SYSTEM):
        assert Referral.objects.get(pk=one).listed_group == "Amber?"


def test_a_list_names_groups_by_any_text_and_an_unknown_one_is_asked_about_once(
    people: People, groups: dict[str, Any], signed_in: SignedIn
) -> None:
    officer = signed_in("officer")
    pasted = (
        "url;listed group\nhttps://t.me/demo_a;AF\nhttps://t.me/demo_b;Ambr Front\n"
        "https://t.me/demo_c;ambr front\nhttps://t.me/demo_d;?? circle\nhttps://t.me/demo_e;QDE.900\n"
    )
    operation = f"/operations/{people.operation.reference}"
    brought = officer.post(
        f"{operation}/hand-in/", {"pasted": pasted, "agency": people.agency.pk, "instrument": "referral"}
    )
    page = officer.get(brought.url)
    words = page.context["asked"].words
    assert [(one.word, one.rows) for one, _field in words.rows()] == [("Ambr Front", 2), ("?? circle", 1)]
    [first, _second] = words.fields
    officer.post(f"{brought.url}repair/", {"what": "words", first: "Amber Front"})
    assert "Listed group “Ambr Front” means: Amber Front" in said(officer.get(brought.url))
    officer.post(f"{brought.url}confirm/")
    with acting_as(SYSTEM):
        submission = Submission.objects.get()
        assert list(submission.rows.exclude(problems=[]).values_list("problems", flat=True)) == [
            ["Listed group '?? circle' is not one of the listed groups; kept as written."]
        ]
        assert list(Referral.objects.order_by("item__url").values_list("listed_group", flat=True)) == [
            "Amber Front",
            "Amber Front",
            "Amber Front",
            "?? circle",
            "Stone Circle",
        ]


def test_what_was_typed_before_is_mapped_once_for_all_that_hold_it(
    people: People, administrator: Client
) -> None:
    ids = make_referrals(
        people.operation,
        people.agency,
        [f"https://t.me/demo_{n}" for n in range(4)],
        submitted_by=people.officer,
    )
    with acting_as(SYSTEM):
        Referral.objects.filter(pk__in=ids[:3]).update(listed_group="Ambr")
        Referral.objects.filter(pk=ids[3]).update(listed_group="front ambre")
    ground = {"ground": "Art. 5", "exemptions_checked": True}
    apply_to_all("approve", ids[:1], by=people.actor("reviewer"), **ground)
    assert "no listed groups yet" in said(administrator.get(TYPED))
    save_group(AMBER, by=SYSTEM)
    page = administrator.get(TYPED)
    assert [(one.text, one.referrals, one.suggestion) for one, _f in page.context["form"].rows()] == [
        ("Ambr", 3, ""),
        ("front ambre", 1, "Amber Front"),
    ]
    [ambr, french] = page.context["form"].fields
    wrong = administrator.post(TYPED, {ambr: "Ambro", french: "AF"})
    assert wrong.status_code == 422
    assert "“Ambro” is no listed group" in said(wrong)
    after = administrator.post(TYPED, {ambr: "eu.1.23", french: "AF"}, follow=True)
    assert "4 referrals name their listed group now." in said(after)
    assert "1 of them had been approved and waits for review again." in said(after)
    assert "Every referral that names a group names a listed one." in said(after)
    with acting_as(SYSTEM):
        assert set(Referral.objects.values_list("listed_group", flat=True)) == {"Amber Front"}
        assert Referral.objects.get(pk=ids[0]).status == "submitted"
        events = Event.objects.filter(kind="correct", referral__in=ids[:3])
        assert [one.details for one in events] == [{"listed_group": ["Ambr", "Amber Front"]}] * 3
        assert {one.actor_id for one in events} == {people.administrator.pk}
    assert vocabulary().name_of("AMBR") == "Amber Front", "lists that use it are understood from now on"


def test_mapping_many_costs_what_mapping_few_does(people: People, groups: dict[str, Any]) -> None:
    ids = make_referrals(people.operation, people.agency, [f"https://t.me/demo_{n}" for n in range(12)])
    counts = []
    for some in (ids[:2], ids):
        with undone():
            with acting_as(SYSTEM):
                Referral.objects.filter(pk__in=some).update(listed_group="Ambr")
            with CaptureQueriesContext(connection) as asked:
                assert map_typed({"Ambr": "AF"}, by=people.actor("administrator")).changed == len(some)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def test_whoever_works_here_reads_the_list_and_administrators_alone_change_it(
    signed_in: SignedIn, groups: dict[str, Any]
) -> None:
    officer = signed_in("officer")
    page = officer.get("/listed-groups/")
    assert "Front ambre" in said(page)
    assert "Import" not in said(page)
    for address in (IMPORT, TYPED, "/listed-groups/add/", f"/listed-groups/{groups['Amber Front'].pk}/"):
        assert officer.get(address).status_code == 403


def test_a_group_that_was_never_used_is_removed_with_its_record_kept(
    administrator: Client, groups: dict[str, ListedGroup]
) -> None:
    page = f"/listed-groups/{groups['Stone Circle'].pk}/"
    assert "Stone Circle is removed" in said(administrator.post(page, {"remove": "1"}, follow=True))
    assert list(named()) == ["Amber Front"]
    assert vocabulary().name_of("QDe.900") is None
    with acting_as(SYSTEM):
        kept = DirectoryChange.objects.filter(name="un:QDe.900").order_by("-at")[0]
        assert (kept.action, kept.details["name"]) == ("removed", ["Stone Circle", ""])
        assert Entry.objects.filter(what="directory_listedgroup", action="removed").count() == 1
    assert administrator.post(page, {"remove": "1"}).status_code == 404


@pytest.mark.parametrize("now", ["Front ambre", ""])
def test_a_group_that_referrals_name_or_did_stays(
    now: str, administrator: Client, groups: dict[str, ListedGroup], people: People
) -> None:
    [pk] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    correct([Correction(pk, listed_group="Amber Front")], by=SYSTEM)
    correct([Correction(pk, listed_group=now)], by=SYSTEM)
    page = f"/listed-groups/{groups['Amber Front'].pk}/"
    assert "so it stays" in said(administrator.post(page, {"remove": "1"}, follow=True))
    assert "Amber Front" in named()


def test_only_administrators_remove_a_group(signed_in: SignedIn, groups: dict[str, ListedGroup]) -> None:
    page = f"/listed-groups/{groups['Stone Circle'].pk}/"
    assert signed_in("coordinator").post(page, {"remove": "1"}).status_code == 403
    assert "Stone Circle" in named()
