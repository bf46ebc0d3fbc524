"""Evidence on its pages: attached, listed, looked at, downloaded; and what a browser is told about it."""

from __future__ import annotations

import html
import io
import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.evidence.models import Evidence, EvidenceAccess, EvidenceWithdrawal
from takedowns.evidence.services import Brought, attach
from takedowns.evidence.withdrawal import withdraw
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.verification.models import Check
from tests.clients import SignedIn
from tests.evidence.hostile import GOOD, HTML, SVG, TEXT, picture
from tests.evidence.test_evidence import damage
from tests.factories import make_referrals, undone
from tests.people import People
from tests.web import access
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST


@pytest.fixture
def one(people: People) -> UUID:
    """A referral that Telegram says it removed."""
    ids = make_referrals(people.operation, people.agency, ["https://t.me/demo_a"])
    for move, facts in (
        ("approve", {"exemptions_checked": True}),
        ("refer", {}),
        ("remove", {"action": "visibility_removed"}),
    ):
        apply_to_all(move, ids, by=SYSTEM, **facts)
    return ids[0]


@pytest.fixture
def shot(people: People, one: UUID) -> Evidence:
    """A picture that the officer attached, with a web page behind its last byte."""
    return attached(people, one, "shot.png", picture() + HTML)


def attached(people: People, one: UUID, name: str, content: bytes, by: str = "officer") -> Evidence:
    actor = people.actor(by)
    with acting_as(actor):
        found = Referral.objects.select_related("operation").get(pk=one)
        [pk] = attach([Brought(name, io.BytesIO(content))], found, by=actor).evidence.values()
        return Evidence.objects.get(pk=pk)


def page(name: str, *arguments: Any) -> str:
    return reverse(f"web:{name}", args=["RAD19", *arguments])


def of(name: str, piece: Evidence) -> str:
    return page(name, piece.referral_id, piece.pk)


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def file(name: str, content: bytes, told: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=told)


def accesses() -> list[tuple[str, UUID | None]]:
    with acting_as(SYSTEM):
        return list(EvidenceAccess.objects.order_by("id").values_list("action", "by_id"))


def test_several_files_are_attached_in_one_form_and_listed_on_the_referral(
    people: People, one: UUID, signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    assert "Attach files" in said(client.get(page("referral", one)))
    files = [file(name, content, "text/html") for name, (content, _) in GOOD.items()]
    answer = client.post(page("evidence", one), {"file": files, "note": "Before it goes."}, follow=True)
    assert f"{len(GOOD)} files are attached." in said(answer)
    with acting_as(SYSTEM):
        kept = {piece.filename: piece for piece in Evidence.objects.all()}
    assert kept.keys() == GOOD.keys()
    shown = said(client.get(page("referral", one)))
    for name, piece in kept.items():
        assert f"{name} : Before it goes." in shown
        assert piece.sha256 in shown
    assert "Web archive (WARC, compressed)" in shown
    assert "Officer, North Unit" in shown
    assert "Nothing is attached" in said(signed_in("other_officer").get(page("referral", one)))


def test_what_is_refused_is_named_with_its_reason_and_the_rest_is_kept(
    one: UUID, signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    sent = {"file": [file("page.png", HTML), file("good.png", picture()), file("drawing.svg", SVG)]}
    answer = client.post(page("evidence", one), sent)
    assert answer.status_code == 422
    assert "Not every file was attached." in said(answer)
    assert re.search(r"page\.png : It is a web page", said(answer))
    assert re.search(r"drawing\.svg : It is a web page or a drawing", said(answer))
    assert "1 file is attached." in said(answer)
    again = client.post(page("evidence", one), {"file": [file("twin.png", picture())]}, follow=True)
    assert "twin.png was attached before, byte for byte." in said(again)
    with override_settings(EVIDENCE_MAX_BYTES=1000):
        answer = client.post(page("evidence", one), {"file": [file("long.txt", b"a" * 1001)]})
    assert (answer.status_code, "larger than" in said(answer)) == (422, True)
    nothing = client.post(page("evidence", one), {"note": "x"})
    assert (nothing.status_code, "Choose at least one file." in said(nothing)) == (422, True)
    many = client.post(page("evidence", one), {"file": [file(f"{n}.txt", b"%d" % n) for n in range(21)]})
    assert (many.status_code, "At most 20 files at once." in said(many)) == (422, True)
    with acting_as(SYSTEM):
        assert Evidence.objects.count() == 1


def test_a_picture_is_shown_on_request_only_drawn_anew_and_sealed(
    people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    client = signed_in("reviewer")
    unseen = client.get(of("evidence-one", shot)).content.decode()
    assert f'src="{of("evidence-picture", shot)}"' not in unseen
    assert f'src="{of("evidence-picture", shot)}?blurred=1"' in unseen
    assert accesses() == []
    shown = client.get(of("evidence-one", shot) + "?show=1").content.decode()
    assert f'src="{of("evidence-picture", shot)}"' in shown
    answer = client.get(of("evidence-picture", shot))
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer["Content-Disposition"].startswith("inline; filename=")
    assert "no-store" in answer["Cache-Control"]
    assert b"script" not in answer.content
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (120, 80)
    assert accesses() == [("previewed", people.reviewer.pk)]
    assert "Reviewer, North Unit Looked at" in said(client.get(of("evidence-one", shot)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_blurred_it_is_small_and_grey_and_nobody_has_looked_at_it(
    kind: str, people: People, one: UUID, signed_in: SignedIn
) -> None:
    red = io.BytesIO()
    halves = Image.new("RGB", (1000, 500), "#ff0000")
    halves.paste("#0000ff", (500, 0, 1000, 500))
    halves.save(red, kind)
    piece = attached(people, one, "red.png", red.getvalue())
    answer = signed_in("reviewer").get(of("evidence-picture", piece) + "?blurred=1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.mode, drawn.size) == ("L", (320, 160))
        edge = [int(drawn.getpixel((x, 80))) for x in (150, 160, 170)]  # type: ignore[arg-type]
    # Where one half met the other there is a slope now.
    assert 0 < edge[0] - edge[2] < 40
    assert accesses() == []


def test_who_wants_pictures_plain_gets_them_so_and_back(
    people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    client, page = signed_in("reviewer"), of("evidence-one", shot)
    clear = f'<img class="evidence" src="{of("evidence-picture", shot)}"'
    referral = reverse("web:referral", args=["RAD19", shot.referral_id])
    for address in (page, referral):
        assert clear not in client.get(address).content.decode()
    choose = reverse("web:pictures-choose")
    assert client.post(choose, {"plain": "1", "next": page})["Location"] == page
    for address in (page, referral):
        assert clear in client.get(address).content.decode()
    assert clear not in signed_in("officer").get(page).content.decode(), "each for themselves"
    assert client.post(choose, {"plain": "0", "next": "https://elsewhere.example/"})["Location"] == "/"
    assert clear not in client.get(page).content.decode()


def test_a_reviewer_has_the_evidence_beside_the_decision_and_blurred(
    people: People, signed_in: SignedIn
) -> None:
    [waiting] = make_referrals(
        people.operation, people.agency, ["https://t.me/demo_b"], submitted_by=people.officer
    )
    piece = attached(people, waiting, "shot.png", picture())
    gone = attached(people, waiting, "gone.png", picture(size=(30, 30)))
    withdraw(gone, reason="Of another case.", by=people.actor("officer"))
    page = signed_in("reviewer").get(reverse("web:review", args=["RAD19"])).content.decode()
    assert f'src="{of("evidence-picture", piece)}?blurred=1"' in page
    assert "gone.png" not in page
    assert accesses() == []


@pytest.mark.parametrize("name", GOOD)
def test_an_original_is_a_download_byte_for_byte_and_never_a_page(
    name: str, people: People, one: UUID, signed_in: SignedIn
) -> None:
    content, media_type = GOOD[name]
    piece = attached(people, one, name, content)
    answer: Any = signed_in("officer").get(of("evidence-file", piece))
    assert b"".join(answer) == content
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["Content-Type"].partition(";")[0] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    assert accesses() == [("downloaded", people.officer.pk)]
    drawn = signed_in("officer").get(of("evidence-picture", piece)).status_code
    assert drawn == (200 if media_type.startswith("image/") else 404)


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_damaged_file_is_not_sent_and_the_page_says_so_loudly(
    harm: str, people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    damage(shot, harm)
    client = signed_in("officer")
    answer = client.get(of("evidence-file", shot))
    assert answer.status_code == 500
    assert "This file is damaged and was not sent." in said(answer)
    drawn = client.get(of("evidence-picture", shot))
    assert (drawn.status_code, drawn["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert [action for action, _ in accesses()] == ["damaged", "damaged"], "and the record was kept"
    assert "does not match its digest" in said(client.get(of("evidence-one", shot)))


def test_a_person_of_another_agency_is_named_by_their_agency(
    people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    signed_in("coordinator").get(of("evidence-picture", shot))
    seen = said(signed_in("officer").get(of("evidence-one", shot)))
    assert "South Unit Looked at" in seen
    assert "Coordinator," not in seen
    assert "Coordinator, South Unit" in said(signed_in("auditor").get(of("evidence-one", shot)))


# -- who -------------------------------------------------------------------------------------------------------


def test_each_look_and_download_is_kept_and_none_of_those_who_are_refused(
    shot: Evidence, signed_in: SignedIn
) -> None:
    pages = ("evidence", "evidence-one", "evidence-picture", "evidence-file")
    pinned = access.pinned()
    for person in access.COLUMNS:
        with undone():
            client = signed_in(person)
            for name in pages:
                address = page(name, shot.referral_id) if name == "evidence" else of(name, shot)
                answer = client.get(address)
                assert access.word(answer) == pinned[name]["GET"][person], (person, name)
            reads = pinned["evidence-one"]["GET"][person] == "yes"
            assert len(accesses()) == (2 if reads else 0), person


def test_who_may_not_attach_attaches_nothing(one: UUID, signed_in: SignedIn) -> None:
    for person in access.COLUMNS:
        with undone():
            answer = signed_in(person).post(page("evidence", one), {"file": [file("a.txt", TEXT)]})
            attaches = person in ("officer", "reviewer", "coordinator", "other_officer")
            assert (answer.status_code == 302 and "sign-in" not in answer["Location"]) is attaches, person
            with acting_as(SYSTEM):
                assert Evidence.objects.count() == attaches, person


def test_evidence_of_one_referral_is_not_found_under_another(
    people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    [other] = make_referrals(people.operation, people.agency, ["https://t.me/demo_b"])
    assert signed_in("officer").get(page("evidence-file", other, shot.pk)).status_code == 404


# -- taken back ----------------------------------------------------------------------------------------------------

MISTAKE = {"reason": "Of another case."}


def test_a_file_attached_by_mistake_is_taken_back_and_its_entry_stays(
    people: People, shot: Evidence, signed_in: SignedIn
) -> None:
    client = signed_in("reviewer")
    assert "Attached by mistake?" in said(client.get(of("evidence-one", shot)))
    nothing = client.post(of("evidence-take-back", shot), {"reason": " "})
    assert nothing.status_code == 422
    assert "Nothing was taken back." in said(nothing)
    assert "Say why" in said(nothing)

    shown = client.post(of("evidence-take-back", shot), MISTAKE, follow=True)
    for person in ("officer", "coordinator"):
        shown = signed_in(person).get(of("evidence-one", shot))
        assert "Taken back: it was attached by mistake." in said(shown)
        assert "Of another case." in said(shown)
        assert shot.sha256 in said(shown)
        assert "Download the file" not in said(shown)
        assert "Show the picture" not in said(shown)
        assert "Attached by mistake?" not in said(shown)
        for name in ("evidence-file", "evidence-picture"):
            refused = signed_in(person).get(of(name, shot))
            assert refused.status_code == 403
            assert "This file was taken back." in said(refused)
    assert "Reviewer, North Unit" in said(client.get(of("evidence-one", shot)))
    listed = said(client.get(page("referral", shot.referral_id)))
    assert "shot.png ✕ taken back" in listed
    assert "Taken back by Reviewer, North Unit: Of another case." in listed
    assert accesses() == []

    auditor = signed_in("auditor")
    assert "Download the file" in said(auditor.get(of("evidence-one", shot)))
    assert auditor.get(of("evidence-picture", shot)).status_code == 200
    assert accesses() == [("previewed", people.auditor.pk)]

    again = client.post(of("evidence-take-back", shot), {"reason": "Twice."}, follow=True)
    assert "Somebody has taken it back already." in said(again)
    assert "Twice." not in said(again)
    sent = client.post(page("evidence", shot.referral_id), {"file": [file("new.png", picture() + HTML)]})
    assert "took it back; it stays so." in said(sent)


def test_only_the_agency_that_attached_it_takes_it_back(shot: Evidence, signed_in: SignedIn) -> None:
    for person in access.COLUMNS:
        with undone():
            answer = signed_in(person).post(of("evidence-take-back", shot), MISTAKE)
            takes = person in ("officer", "reviewer")
            assert access.word(answer) == access.pinned()["evidence-take-back"]["POST"][person], person
            assert answer.status_code == 302 or not takes, person
            with acting_as(SYSTEM):
                assert EvidenceWithdrawal.objects.count() == takes, person


# -- a look ------------------------------------------------------------------------------------------------------


def look(one: UUID, seen: str = "online", **more: Any) -> dict[str, Any]:
    return {"referral": str(one), "seen": seen, "note": "Pinned post.", **more}


def test_a_look_carries_its_screenshot(people: People, one: UUID, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    form = client.get(page("look-again") + f"?referral={one}").content.decode()
    assert 'enctype="multipart/form-data"' in form
    answer = client.post(page("look-again"), look(one, screenshot=file("up.png", picture())), follow=True)
    assert "kept what you saw" in said(answer)
    with acting_as(SYSTEM):
        check = Check.objects.select_related("evidence").get(item__referrals=one)
    assert check.evidence is not None
    assert (check.seen, check.evidence.filename, check.evidence.note) == ("online", "up.png", "Pinned post.")
    link = of("evidence-one", check.evidence)
    assert f'href="{link}">Screenshot' in client.get(page("referral", one)).content.decode()
    others = signed_in("other_officer").get(page("referral", one)).content.decode()
    assert "Pinned post." in others
    assert link not in others


def test_of_a_bad_screenshot_nothing_is_kept_and_the_form_says_why(one: UUID, signed_in: SignedIn) -> None:
    answer = signed_in("officer").post(page("look-again"), look(one, screenshot=file("up.png", HTML)))
    assert answer.status_code == 422
    assert "It is a web page" in said(answer)
    with acting_as(SYSTEM):
        assert not Check.objects.exists()
        assert not Evidence.objects.exists()


def test_a_look_without_a_screenshot_is_a_look(one: UUID, signed_in: SignedIn) -> None:
    signed_in("officer").post(page("look-again"), look(one, "offline"))
    with acting_as(SYSTEM):
        assert Check.objects.get(item__referrals=one).evidence is None


# -- statements ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["officer", "other_officer"])
def test_more_evidence_does_not_mean_more_statements(
    person: str, people: People, one: UUID, signed_in: SignedIn
) -> None:
    client = signed_in(person)
    piece = attached(people, one, "0.txt", b"0", by=person)
    counts: list[dict[str, int]] = []
    for number in range(2):
        for more in range(number * 8):
            attached(people, one, f"{number} {more}.txt", b"%d %d" % (number, more), by=person)
            download: Any = client.get(of("evidence-file", piece))
            b"".join(download)
        counts.append({})
        for address in (page("referral", one), page("evidence", one), of("evidence-one", piece)):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts[-1][address] = len(queries)
    assert counts[0] == counts[1]
    assert max(counts[0].values()) - OF_THE_TEST <= MOST_OF_ANY
