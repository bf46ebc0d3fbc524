"""Evidence: what is taken and what is not, kept once by digest, seen by whom it concerns, and every opening recorded."""

from __future__ import annotations

import io
import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext, override_settings
from PIL import Image

from takedowns.access.actor import SYSTEM, Actor, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.evidence import store
from takedowns.evidence.models import Evidence, EvidenceAccess, EvidenceWithdrawal
from takedowns.evidence.pictures import redraw
from takedowns.evidence.services import (
    Attached,
    Brought,
    NotYoursError,
    TakenBackError,
    attach,
    attaches_for,
    download_name,
    open_evidence,
    written,
)
from takedowns.evidence.withdrawal import NotYoursToWithdrawError, WithdrawalError, withdraw
from takedowns.referrals.models import Referral
from tests.evidence.hostile import BAD, GOOD, HTML, TEXT, picture, png_bomb, video
from tests.factories import make_referrals
from tests.people import People

Action = EvidenceAccess.Action


@pytest.fixture
def referral(people: People) -> Referral:
    [one] = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    with acting_as(SYSTEM):
        return Referral.objects.select_related("operation").get(pk=one)


def send(referral: Referral, by: Actor, **files: bytes) -> Attached:
    """Attach files by name; two underscores stand for the dot."""
    brought = [Brought(name.replace("__", "."), io.BytesIO(content)) for name, content in files.items()]
    with acting_as(by):
        return attach(brought, referral, by=by)


def one_of(attached: Attached) -> Evidence:
    with acting_as(SYSTEM):
        return Evidence.objects.get(pk=next(iter(attached.evidence.values())))


def files() -> list[Path]:
    return [path for path in Path(settings.EVIDENCE_ROOT).rglob("*") if path.is_file()]


# -- what is taken -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_each_type_is_told_from_its_content_and_kept_byte_for_byte(
    name: str, people: People, referral: Referral
) -> None:
    content, media_type = GOOD[name]
    with acting_as(people.actor("officer")):
        attached = attach([Brought(name, io.BytesIO(content))], referral, by=people.actor("officer"))
    assert attached.refused == []
    one = one_of(attached)
    assert (one.filename, one.media_type, one.size) == (name, media_type, len(content))
    assert (one.item_id, one.agency_id, one.by_id) == (
        referral.item_id,
        people.agency.pk,
        people.officer.pk,
    )
    with store.open_whole(one.sha256) as file:
        assert file.read() == content


@pytest.mark.parametrize("name", BAD)
def test_what_pretends_is_broken_or_is_something_else_is_refused_with_the_reason(
    name: str, people: People, referral: Referral
) -> None:
    content, reason = BAD[name]
    officer = people.actor("officer")
    with acting_as(officer):
        attached = attach([Brought(name, io.BytesIO(content))], referral, by=officer)
    assert attached.evidence == {}
    assert [one.name for one in attached.refused] == [name]
    assert reason in attached.refused[0].message
    assert files() == []


def test_a_picture_that_would_fill_the_memory_is_refused_by_its_header(
    people: People, referral: Referral
) -> None:
    bomb = png_bomb()
    assert len(bomb) < 200_000
    [refused] = send(referral, people.actor("officer"), bomb__png=bomb).refused
    assert "more than 50 million pixels" in refused.message
    with override_settings(EVIDENCE_MAX_PIXELS=9_000):
        [refused] = send(referral, people.actor("officer"), large__png=picture(size=(100, 100))).refused
    assert "pixels" in refused.message
    assert files() == []


@override_settings(EVIDENCE_MAX_BYTES=1024 * 1024)
def test_no_more_is_read_of_a_file_that_is_too_large(people: People, referral: Referral) -> None:
    class Endless(io.RawIOBase):
        sent = 0

        def read(self, size: int = -1) -> bytes:
            self.sent += size
            return b"a" * size

    endless = Endless()
    officer = people.actor("officer")
    with acting_as(officer):
        attached = attach([Brought("endless.txt", endless)], referral, by=officer)  # type: ignore[arg-type]
    assert "larger than 1 MiB" in attached.refused[0].message
    assert endless.sent <= 2 * store.CHUNK
    assert files() == []


def test_of_several_files_the_good_ones_are_kept_in_as_many_statements_as_one(
    people: People, referral: Referral
) -> None:
    officer = people.actor("officer")
    counts = []
    for number in (1, 5):
        names = {f"f{number}_{one}__txt": f"{number} {one}".encode() for one in range(number)}
        with CaptureQueriesContext(connection) as queries:
            attached = send(referral, officer, bad__png=HTML, **names)
        counts.append(len(queries))
        assert len(attached.evidence) == number
        assert [one.name for one in attached.refused] == ["bad.png"]
    assert counts[0] == counts[1]


def test_the_same_file_again_is_one_and_its_bytes_are_kept_once(people: People, referral: Referral) -> None:
    [second] = make_referrals(people.operation, people.agency, ["https://t.me/demo_b"])
    with acting_as(SYSTEM):
        other = Referral.objects.select_related("operation").get(pk=second)
    first = send(referral, people.actor("officer"), a__txt=TEXT, twin__txt=TEXT)
    again = send(referral, people.actor("reviewer"), b__txt=TEXT)
    assert again.evidence == first.evidence
    assert again.repeated == ["b.txt"]
    elsewhere = send(other, people.actor("officer"), a__txt=TEXT)
    by_others = send(referral, people.actor("other_officer"), a__txt=TEXT)
    assert len({*first.evidence.values(), *elsewhere.evidence.values(), *by_others.evidence.values()}) == 3
    assert len(files()) == 1


def test_names_are_facts_and_lead_nowhere(people: People, referral: Referral) -> None:
    assert written("../../etc/passwd") == "passwd"
    assert written("C:\\Users\\me\\shot.png") == "shot.png"
    assert written("shot\u202egnp.exe\n") == "shotgnp.exe"
    assert written("\u202e") == "without a name"
    assert len(written("x" * 400 + ".png")) == 255
    one = one_of(send(referral, people.actor("officer"), page__html=picture()))
    assert download_name(one) == "page.html.png"
    with pytest.raises(ValueError, match="SHA-256"):
        store.path_of("../../../etc/passwd")


# -- drawn anew --------------------------------------------------------------------------------------------


def test_a_picture_drawn_anew_carries_nothing_but_its_pixels(people: People, referral: Referral) -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    hidden = [
        picture() + HTML,
        picture("JPEG", exif=exif.tobytes()) + b"PK\x03\x04" + HTML,
    ]
    for content in hidden:
        one = one_of(send(referral, people.actor("officer"), polyglot__png=content))
        drawn, media_type = redraw(store.open_whole(one.sha256))
        assert media_type == one.media_type
        assert b"script" not in drawn
        assert b"secret" not in drawn
        with Image.open(io.BytesIO(drawn)) as shown:
            assert shown.size == (120, 80)
            assert not shown.getexif()


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("CMYK", "JPEG")],
)
def test_pictures_of_every_depth_are_drawn(mode: str, kind: str) -> None:
    drawn, _ = redraw(io.BytesIO(picture(kind, mode=mode)))
    with Image.open(io.BytesIO(drawn)) as shown:
        shown.load()
        assert shown.mode == ("RGBA" if "A" in mode else "RGB")


def test_a_long_page_keeps_its_width_and_a_photograph_is_turned_upright() -> None:
    drawn, _ = redraw(io.BytesIO(picture(size=(800, 9_000))))
    with Image.open(io.BytesIO(drawn)) as shown:
        assert shown.size == (800, 9_000)
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    drawn, _ = redraw(io.BytesIO(picture("JPEG", size=(4000, 3000), exif=exif.tobytes())))
    with Image.open(io.BytesIO(drawn)) as shown:
        assert shown.height > shown.width
        assert shown.width <= 1600


# -- who ---------------------------------------------------------------------------------------------------

SEES_THAT_OF_NORTH = {"officer", "reviewer", "coordinator", "auditor", "administrator"}
SEES_THAT_OF_SOUTH = {"other_officer", "coordinator", "auditor", "administrator"}
CAST = (
    "officer",
    "reviewer",
    "other_officer",
    "absent_officer",
    "coordinator",
    "auditor",
    "administrator",
    "platform_contact",
    "stranger",
)


@pytest.mark.parametrize("person", CAST)
def test_the_agency_that_attached_it_and_the_coordinator_see_evidence(
    person: str, people: People, referral: Referral
) -> None:
    north = one_of(send(referral, people.actor("officer"), a__txt=TEXT))
    south = one_of(send(referral, people.actor("other_officer"), b__txt=TEXT + b"b"))
    with acting_as(SYSTEM):
        for one in (north, south):
            EvidenceAccess.objects.create(evidence=one, action=Action.DOWNLOADED, by=people.officer)
    actor = people.actor(person)
    expected = {
        one.pk for one, who in ((north, SEES_THAT_OF_NORTH), (south, SEES_THAT_OF_SOUTH)) if person in who
    }
    with acting_as(actor):
        assert {one.pk for one in Evidence.objects.visible_to(actor)} == expected
        assert {one.pk for one in Evidence.objects.all()} == expected, "and the database says the same"
        assert {one.evidence_id for one in EvidenceAccess.objects.visible_to(actor)} == expected
        assert {one.evidence_id for one in EvidenceAccess.objects.all()} == expected


def test_a_coordinator_elsewhere_and_whoever_answers_for_the_platform_see_nothing(
    people: People, referral: Referral
) -> None:
    send(referral, people.actor("officer"), a__txt=TEXT)
    Membership.objects.create(user=people.absent_officer, agency=people.absent_agency, role=Role.COORDINATOR)
    Membership.objects.create(user=people.reviewer, platform_id="telegram", role=Role.PLATFORM)
    for actor in (
        people.actor("absent_officer"),
        people.actor("reviewer"),
        Actor(platforms=frozenset({"telegram"})),
        Actor(),
    ):
        with acting_as(actor):
            assert not Evidence.objects.visible_to(actor).exists()
            assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("person", "agency"),
    [
        ("officer", "agency"),
        ("reviewer", "agency"),
        ("other_officer", "other_agency"),
        ("coordinator", "other_agency"),
        ("absent_officer", None),
        ("auditor", None),
        ("administrator", None),
        ("platform_contact", None),
        ("stranger", None),
    ],
)
def test_officers_reviewers_and_coordinators_who_work_on_it_attach(
    person: str, agency: str | None, people: People, referral: Referral
) -> None:
    actor = people.actor(person)
    with acting_as(actor):
        assert attaches_for(actor, referral) == (getattr(people, agency).pk if agency else None)
    if agency is None:
        with pytest.raises(NotYoursError):
            send(referral, actor, a__txt=TEXT)
        assert files() == []


def test_neither_evidence_nor_who_opened_it_is_changed_or_deleted(people: People, referral: Referral) -> None:
    one = one_of(send(referral, people.actor("officer"), a__txt=TEXT))
    with acting_as(SYSTEM):
        EvidenceAccess.objects.create(evidence=one, action=Action.PREVIEWED, by=people.officer)
    for table in ("evidence_evidenceaccess", "evidence_evidence"):
        for statement in (
            f"UPDATE {table} SET at = now()",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                acting_as(SYSTEM),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
    with pytest.raises(ProgrammingError), acting_as(people.actor("officer")):
        EvidenceAccess.objects.create(evidence=one, action=Action.PREVIEWED, by=people.officer)


# -- taken back ----------------------------------------------------------------------------------------------


def take_back(one: Evidence, by: Actor, reason: str = "Of another case.") -> EvidenceWithdrawal:
    with acting_as(by):
        seen = Evidence.objects.visible_to(by).select_related("withdrawal").get(pk=one.pk)
        return withdraw(seen, reason=reason, by=by)


@pytest.mark.parametrize("person", CAST)
def test_people_of_the_agency_that_attached_it_take_it_back_and_nobody_else(
    person: str, people: People, referral: Referral
) -> None:
    one, actor = one_of(send(referral, people.actor("officer"), a__txt=TEXT)), people.actor(person)
    if person in ("officer", "reviewer"):
        made = take_back(one, actor)
        assert (made.by_id, made.agency_id, made.reason) == (
            actor.user_id,
            people.agency.pk,
            "Of another case.",
        )
    else:
        with pytest.raises((NotYoursToWithdrawError, Evidence.DoesNotExist)):
            take_back(one, actor)
    with acting_as(SYSTEM):
        assert EvidenceWithdrawal.objects.count() == (person in ("officer", "reviewer"))


@pytest.mark.parametrize("person", CAST)
def test_what_was_taken_back_stays_to_be_seen_and_is_opened_by_auditors_and_administrators_only(
    person: str, people: People, referral: Referral
) -> None:
    one, actor = one_of(send(referral, people.actor("officer"), a__txt=TEXT)), people.actor(person)
    take_back(one, people.actor("officer"))
    with acting_as(actor):
        seen = Evidence.objects.visible_to(actor).select_related("withdrawal").filter(pk=one.pk).first()
        assert (seen is not None) is (person in SEES_THAT_OF_NORTH)
        told = EvidenceWithdrawal.objects.all()
        assert set(told) == set(EvidenceWithdrawal.objects.visible_to(actor)), (
            "and the database says the same"
        )
        assert told.exists() is (seen is not None)
        if seen is None:
            return
        assert (seen.sha256, seen.taken_back) == (one.sha256, told.get())
        if person in ("auditor", "administrator"):
            with open_evidence(seen, Action.DOWNLOADED, by=actor) as file:
                assert file.read() == TEXT
        else:
            with pytest.raises(TakenBackError):
                open_evidence(seen, Action.DOWNLOADED, by=actor)
    with acting_as(SYSTEM):
        assert one.accesses.count() == (person in ("auditor", "administrator"))


def test_it_is_taken_back_once_with_a_reason_and_for_good(people: People, referral: Referral) -> None:
    officer, reviewer = people.actor("officer"), people.actor("reviewer")
    one = one_of(send(referral, officer, a__txt=TEXT))
    with pytest.raises(WithdrawalError, match="Say why"):
        take_back(one, officer, "  ")
    take_back(one, officer)
    with pytest.raises(WithdrawalError, match="already"):
        take_back(one, reviewer, "Mine.")
    with acting_as(reviewer), pytest.raises(WithdrawalError, match="already"):
        withdraw(one, reason="Read before the other one took it back.", by=reviewer)
    again = send(referral, officer, a__txt=TEXT, b__txt=TEXT + b"b")
    assert [(refusal.name, "took it back" in refusal.message) for refusal in again.refused] == [
        ("a.txt", True)
    ]
    assert (len(again.evidence), again.repeated) == (1, [])
    other = send(referral, people.actor("other_officer"), a__txt=TEXT)
    assert (len(other.evidence), other.refused) == (1, []), "another agency's own file is its own"
    for statement in (
        "UPDATE evidence_evidencewithdrawal SET reason = ''",
        "DELETE FROM evidence_evidencewithdrawal",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            acting_as(SYSTEM),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(ProgrammingError), acting_as(officer):
        EvidenceWithdrawal.objects.create(
            evidence_id=next(iter(again.evidence.values())),
            reason="x",
            by_id=officer.user_id,
            agency=people.agency,
        )


# -- opened and checked ------------------------------------------------------------------------------------


def test_each_opening_is_recorded_with_who_for_whom_and_when(people: People, referral: Referral) -> None:
    one = one_of(send(referral, people.actor("officer"), a__txt=TEXT))
    for person, action in (
        ("officer", Action.DOWNLOADED),
        ("coordinator", Action.PREVIEWED),
        ("auditor", Action.DOWNLOADED),
    ):
        with acting_as(people.actor(person)), open_evidence(one, action, by=people.actor(person)) as file:
            assert file.read() == TEXT
    with acting_as(SYSTEM):
        told = [(row.action, row.by_id, row.agency_id) for row in one.accesses.order_by("id")]
    assert told == [
        ("downloaded", people.officer.pk, people.agency.pk),
        ("previewed", people.coordinator.pk, people.other_agency.pk),
        ("downloaded", people.auditor.pk, people.absent_agency.pk),
    ]


def test_a_file_that_cannot_be_opened_is_not_recorded_as_damaged(people: People, referral: Referral) -> None:
    officer = people.actor("officer")
    one = one_of(send(referral, officer, a__txt=TEXT))
    place = store.path_of(one.sha256)
    place.unlink()
    place.mkdir()
    with acting_as(officer):
        with pytest.raises(IsADirectoryError):
            open_evidence(one, Action.DOWNLOADED, by=officer)
        assert not one.accesses.exists()


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_damaged_file_is_never_given_out_and_that_is_recorded(
    harm: str, people: People, referral: Referral, caplog: pytest.LogCaptureFixture
) -> None:
    officer = people.actor("officer")
    one = one_of(send(referral, officer, a__txt=TEXT))
    damage(one, harm)
    with acting_as(officer):
        with caplog.at_level(logging.CRITICAL), pytest.raises(store.DamagedError):
            open_evidence(one, Action.DOWNLOADED, by=officer)
        assert [row.action for row in one.accesses.all()] == ["damaged"]
    assert one.sha256 in caplog.text
    # Attaching the same file again makes it whole.
    send(referral, officer, a__txt=TEXT)
    with acting_as(officer), open_evidence(one, Action.DOWNLOADED, by=officer) as file:
        assert file.read() == TEXT


def damage(one: Evidence, harm: str) -> None:
    path = store.path_of(one.sha256)
    path.chmod(0o640)
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(b"X" + path.read_bytes()[1:])


def verify() -> str:
    out = io.StringIO()
    call_command("verify_evidence", stdout=out)
    return out.getvalue()


def test_the_command_compares_every_file_with_its_digest(people: People, referral: Referral) -> None:
    officer = people.actor("officer")
    assert "0 files of evidence" in verify()
    first = one_of(send(referral, officer, a__txt=TEXT))
    second = one_of(send(referral, officer, b__txt=TEXT + b"2"))
    send(referral, people.actor("other_officer"), a__txt=TEXT)
    assert "2 files of evidence: 2 whole, 0 missing, 0 damaged; 0 of no record." in verify()
    with store.take(io.BytesIO(b"nobody's")) as taken:
        store.keep(taken)
    assert f"extra    {taken.sha256}" in verify()
    damage(first, "altered")
    damage(second, "missing")
    out = io.StringIO()
    with pytest.raises(CommandError, match="0 whole, 1 missing, 1 damaged; 1 of no record"):
        call_command("verify_evidence", stdout=out)
    assert f"DAMAGED  {first.sha256}" in out.getvalue()
    assert f"MISSING  {second.sha256}" in out.getvalue()


def test_a_process_that_dies_while_it_takes_a_file_leaves_none_under_a_digest() -> None:
    class Dying(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store.take(Dying()):  # type: ignore[arg-type]
        pass
    assert list(store.kept()) == []


@pytest.mark.parametrize(
    ("seconds", "kept"), [(95, 95), (0, None), (7 * 24 * 3600, None)], ids=["1:35", "unknown", "absurd"]
)
def test_a_video_says_how_long_it_runs_where_that_can_be_true(
    seconds: int, kept: int | None, people: People, referral: Referral
) -> None:
    one = one_of(send(referral, people.actor("officer"), clip__mp4=video(seconds=seconds)))
    assert (one.media_type, one.seconds, one.is_picture) == ("video/mp4", kept, False)
