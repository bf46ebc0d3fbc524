"""Records of an operation as a STIX bundle and a MISP event: made, checked and read back by libraries that others wrote."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import stix2
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.utils import timezone
from pymisp import MISPEvent

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look as Looked
from takedowns.exchange import archive, views
from takedowns.exchange.formats import FORMATS
from takedowns.exchange.models import Marking, Tlp
from takedowns.exchange.reading import WrongFile
from takedowns.exchange.records import Parcel, mark, parcel
from takedowns.holds.services import place
from takedowns.intake.models import Submission
from takedowns.intake.receive import Loading, receive
from takedowns.ledger.models import Entry
from takedowns.referrals.availability import Look
from takedowns.referrals.listing import Filters
from takedowns.referrals.models import Item, Outlet, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.referrals.vocabulary import Availability
from takedowns.verification.recording import record_checks
from tests.clients import SignedIn
from tests.people import People

SHA256, MD5, PDQ = "0a" * 32, "0b" * 16, "0f" * 32
LIST = f"""url,kind,tier,language,outlet,listed_group,note,sha256,md5,pdq,pdq quality
https://t.me/demo_lantern,channel,2,ar,Amber Lantern,ISIL (Da'esh),first
https://t.me/demo_lantern/12,message,3,ar,Amber Lantern,,second,{SHA256},{MD5},{PDQ},90
https://t.me/demo_lantern/12,,,,,,,,,{PDQ[:-2]}ff,
https://www.youtube.com/watch?v=demoVIDEO01,video,4,en,,,,,{MD5},,
https://www.youtube.com/@demoquay,channel,4,,Quay's \\ Voice,,
https://twitter.com/demo_quay,account,,,,,
https://twitter.com/demo_quay/status/1197200000000000001,post,,,,,
https://t.me/demo_tide,group,,,,,
"""

#: Those that hold referrals, and are taken in again; hashes of pictures are tried with fingerprints.
RECORDS = [name for name, one in FORMATS.items() if one.reads]


@pytest.fixture
def filled(people: People) -> People:
    """Seven referrals of several kinds; what is with its platform was answered and looked at."""
    receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="list.csv",
        content=LIST.encode(),
        loading=Loading.HERE,
    )
    with acting_as(SYSTEM):
        ids = list(Referral.objects.order_by("pk").values_list("pk", flat=True))
    assert len(ids) == 7
    apply_to_all("approve", ids[:5], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", ids[:5], by=SYSTEM)
    apply_to_all("remove", ids[:3], by=SYSTEM, action="visibility_removed", decision_ground="illegal_content")
    with acting_as(SYSTEM):
        first = Referral.objects.get(pk=ids[0]).item_id
    now = timezone.now()
    looks = [Look(first, Availability.ONLINE, now), Look(first, Availability.OFFLINE, now)]
    for look in looks:
        record_checks([look], by=people.actor("officer"))
    return people


def parcel_of(people: People, name: str = "coordinator") -> Parcel:
    actor = people.actor(name)
    with acting_as(actor):
        return parcel(people.operation, actor, Filters(), Tlp.AMBER_STRICT, 0)


def held_in(people: People, url: str) -> None:
    with acting_as(SYSTEM):
        item = Item.objects.get(url=url)
    place(
        agency_id=people.agency.pk,
        by=people.actor("officer"),
        reason="We read it.",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=item.pk,
    )


def test_a_bundle_is_read_by_the_library_and_holds_what_there_is(filled: People) -> None:
    made = parcel_of(filled)
    content = FORMATS["stix"].write(made)
    bundle = stix2.parse(content, allow_custom=False)
    by_type: dict[str, list[Any]] = {}
    for one in bundle.objects:
        by_type.setdefault(one["type"], []).append(one)
    counts = {kind: len(found) for kind, found in by_type.items()}
    assert counts == {
        "marking-definition": 1, "identity": 1, "url": 7, "user-account": 4, "observed-data": 7, "indicator": 7,
        "relationship": 10, "infrastructure": 2, "sighting": 2, "note": 7, "grouping": 1, "file": 3,
    }  # fmt: skip
    marking = by_type["marking-definition"][0]
    assert marking["name"] == "TLP:AMBER+STRICT"
    assert all(marking.id in one["object_marking_refs"] for one in bundle.objects if one is not marking)
    # The same record is the same object in the next file.
    assert json.loads(FORMATS["stix"].write(parcel_of(filled)))["objects"] == json.loads(content)["objects"]
    assert sorted(one["count"] for one in by_type["sighting"]) == [0, 1]
    # Every reference is answered inside the bundle.
    ids = {one.id for one in bundle.objects}
    assert set(by_type["grouping"][0]["object_refs"]) <= ids


def test_an_event_is_read_by_the_library_after_its_own_templates(filled: People) -> None:
    content = FORMATS["misp"].write(parcel_of(filled))
    event = MISPEvent()  # strict: the library's own schema judges it
    event.load(json.loads(content))
    names = sorted(one.name for one in event.objects)
    assert names == sorted(
        ["url"] * 7
        + ["telegram-account"] * 2
        + ["youtube-channel", "twitter-account"]
        + ["microblog"] * 2
        + ["news-media"] * 2
        + ["file"] * 3
    )
    assert [tag.name for tag in event.tags] == ["tlp:amber+strict"]
    tags = [tag.name for one in event.objects for it in one.attributes for tag in it.tags]
    assert tags.count('action-taken:"informed ISP/Hosting Service Provider"') == 5
    sightings = [it.sightings for one in event.objects for it in one.attributes if it.sightings]
    assert sorted(str(one.type) for one in sightings[0]) == ["0", "2"]


@pytest.mark.parametrize("name", RECORDS)
def test_nothing_that_the_format_can_hold_is_lost_on_the_way_there_and_back(
    filled: People, name: str
) -> None:
    made = parcel_of(filled)
    back = {one.url: one for one in FORMATS[name].read(FORMATS[name].write(made))}
    assert back.keys() == {one.url for one in made.records}
    for record in made.records:
        found = back[record.url]
        assert dict(found.facts) == dict(record.facts)
        assert (found.outlet, found.note, found.hashes) == (record.outlet, record.note, record.hashes)
        assert found.found_at[:19] == f"{record.first_seen:%Y-%m-%dT%H:%M:%S}"


@pytest.mark.parametrize("name", RECORDS)
def test_what_is_on_hold_or_another_s_does_not_leave(filled: People, name: str) -> None:
    held_in(filled, "https://t.me/demo_lantern")  # and what lies under it
    made = parcel_of(filled)
    assert (len(made.records), made.held) == (5, 2)
    content = FORMATS[name].write(made).decode()
    assert "demo_lantern" not in content
    assert "Amber Lantern" not in content  # no outlet of what stayed
    assert parcel_of(filled, "absent_officer").records == []


@pytest.mark.parametrize("name", RECORDS)
def test_a_coordinator_marks_takes_and_another_brings_it(
    filled: People, signed_in: SignedIn, name: str
) -> None:
    client = signed_in("coordinator")
    address = f"/operations/RAD19/exchange/records.{name}"
    assert client.get(address).status_code == 403  # not marked
    assert client.post("/operations/RAD19/exchange/mark/", {"tlp": "green"}).status_code == 302
    taken = client.get(address + "?platform=telegram")
    assert taken.status_code == 200
    with acting_as(SYSTEM):
        entry = Entry.objects.get(number=int(taken.headers["Ledger-Entry"]))
    assert json.loads(entry.became or "")["count"] == "3"
    assert signed_in("officer").get(address).status_code == 403
    assert signed_in("absent_officer").get(address).status_code == 404
    other = filled.operation
    brought = SimpleUploadedFile("theirs.json", taken.content)
    with acting_as(SYSTEM):
        before = Submission.objects.count()
    answer = signed_in("other_officer").post(
        f"/operations/{other.reference}/exchange/bring/",
        {"format": name, "agency": str(filled.other_agency.pk), "file": brought},
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    assert "/preview/" in answer["Location"]
    with acting_as(SYSTEM):
        submission = Submission.objects.latest("received_at")
        assert Submission.objects.count() == before + 1
        text = submission.content.read().decode()
    assert "https://t.me/demo_lantern,channel,2,ar,Amber Lantern,ISIL (Da'esh)" in text
    mark(other, None, by=SYSTEM)
    with acting_as(SYSTEM):
        assert not Marking.objects.exists()


def test_all_parts_come_in_one_zip_and_are_one_entry(
    filled: People, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(filled.operation, Tlp.GREEN, by=filled.actor("coordinator"))
    held_in(filled, "https://t.me/demo_lantern")  # and what lies under it
    for module in (archive, views):
        monkeypatch.setattr(module, "PART", 3)
    client, address = signed_in("coordinator"), "/operations/RAD19/exchange/all.stix.zip"
    assert f'href="{address}' in client.get("/operations/RAD19/exchange/").content.decode()
    taken = client.get(address)
    content = b"".join(taken)
    with ZipFile(BytesIO(content)) as packed:
        assert packed.namelist() == [f"RAD19-{number}.stix.json" for number in (1, 2, 3)]
        urls = {one.url for name in packed.namelist() for one in FORMATS["stix"].read(packed.read(name))}
    assert urls == {one.url for one in parcel_of(filled).records}
    with acting_as(SYSTEM):
        entry = Entry.objects.get(what="export")
        looked = Looked.objects.get(what="referrals", is_file=True)
    facts = json.loads(entry.became or "")
    assert (facts["sha256"], facts["count"], facts["held"], facts["whole"]) == (
        sha256(content).hexdigest(),
        "5",
        "2",
        "true",
    )
    assert entry.person_id == looked.person_id == filled.coordinator.pk
    assert looked.count == 7, "what is on hold was looked at to be left out"
    assert signed_in("officer").get(address).status_code == 403


def test_a_zip_that_is_cut_off_is_an_entry_too_and_says_so(
    filled: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "PART", 3)
    coordinator = filled.actor("coordinator")
    wanted = [one.referral_id for one in parcel_of(filled).records]
    sent = archive.archive(
        filled.operation,
        wanted,
        FORMATS["stix"],
        Tlp.GREEN,
        name="RAD19.stix.zip",
        filters="platform=telegram",
        by=coordinator,
        origin="browser 192.0.2.1",
    )
    assert next(sent).startswith(b"PK")
    sent.close()  # type: ignore[attr-defined]  # as the server does when whoever takes it has gone
    with acting_as(SYSTEM):
        entry = Entry.objects.get(what="export")
    facts = json.loads(entry.became or "")
    assert (entry.person_id, facts["whole"], facts["count"]) == (coordinator.user_id, "false", "3")


FOREIGN = {
    "stix": {
        "type": "bundle",
        "id": "bundle--44af6c39-c09b-49c5-9de2-394224b04982",
        "objects": [
            {
                "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
                "created": "2024-01-01T00:00:00.000Z", "modified": "2024-01-01T00:00:00.000Z", "pattern_type": "stix",
                "pattern": "[url:value = 'https://t.me/one'] OR [url:x_kind = 'y' AND url:value = 'https://t.me/two\\'s']",
                "valid_from": "2024-01-01T00:00:00Z", "x_custom": {"a": 1},
            },
            {"type": "url", "spec_version": "2.1", "id": "url--c1477287-23ac-5971-a010-5c287877fa60", "value": "https://t.me/three"},
            {"type": "x-new-thing", "spec_version": "2.1", "id": "x-new-thing--c1477287-23ac-4971-a010-5c287877fa60"},
        ],
    },
    "misp": {
        "Event": {
            "info": "from elsewhere", "date": "2024-01-01", "threat_level_id": "4", "analysis": "0", "distribution": "0",
            "Attribute": [
                {"type": "url", "category": "Network activity", "value": "https://t.me/one", "comment": "seen"},
                {"type": "ip-dst", "category": "Network activity", "value": "198.51.100.7"},
            ],
            "Object": [
                {"name": "telegram-account", "template_uuid": "ab1b1a6f-1a0c-4d5c-9e33-0e3b8a3b6d7f", "template_version": "1",
                 "meta-category": "misc", "description": "x",
                 "Attribute": [{"object_relation": "username", "type": "text", "value": "@two", "category": "Other"}]},
                {"name": "microblog", "template_uuid": "8ec8c911-ddbe-4f5b-895b-fbff70c42a60", "template_version": "9",
                 "meta-category": "misc", "description": "x",
                 "Attribute": [{"object_relation": "url", "type": "url", "value": "https://t.me/three", "category": "Network activity"}]},
            ],
        }
    },
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_what_others_made_is_read_too(name: str) -> None:
    found = {one.url for one in FORMATS[name].read(json.dumps(FOREIGN[name]).encode())}
    assert found >= {
        "https://t.me/one",
        "https://t.me/two" if name == "misp" else "https://t.me/two's",
        "https://t.me/three",
    }


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'{"type": "bundle", "id": "x", "objects": 7}',
        b"\xff",
        b'{"Event": {"info": 1, "Attribute": [7]}}',
    ],
)
def test_what_is_none_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(WrongFile, match=name):
        FORMATS[name].read(content)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("q=demo_lantern", "link"),
        ("platform=telegrm", "“telegrm” is not known here"),
        ("referred_from=yesterday", "“yesterday” is no day"),
    ],
)
def test_no_file_is_made_of_more_than_was_asked_for(
    filled: People, signed_in: SignedIn, asked: str, says: str
) -> None:
    mark(filled.operation, Tlp.AMBER, by=filled.actor("coordinator"))
    client = signed_in("coordinator")
    for path in ("records.stix", "all.stix.zip", ""):
        answer = client.get(f"/operations/RAD19/exchange/{path}?{asked}")
        assert answer.status_code == (422 if path else 200)
        page = answer.content.decode()
        assert says in page
        assert "No file is made" in page
        assert " download>" not in page
    with acting_as(SYSTEM):
        assert not Entry.objects.filter(what="export").exists()


def test_where_the_installation_uses_neither_there_is_no_page(filled: People, signed_in: SignedIn) -> None:
    with override_settings(EXCHANGE=[]):
        assert signed_in("coordinator").get("/operations/RAD19/exchange/").status_code == 404
        assert b"STIX" not in signed_in("coordinator").get("/operations/RAD19/referrals/").content
    assert b"STIX" in signed_in("coordinator").get("/operations/RAD19/referrals/").content
    with acting_as(SYSTEM):
        assert Outlet.objects.count() == 2
