"""An operation made from an earlier one: a draft, what it takes over, what it says is missing, and opening it."""

from __future__ import annotations

import html
import re
from typing import Any

from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access.roles import Role
from takedowns.directory.models import Membership
from takedowns.notices.messages import write
from takedowns.orders.models import Addressee
from takedowns.referrals.models import Operation, OperationChange, OperationPlatform
from takedowns.web.checklist import checklist_of
from tests.clients import SignedIn, Work
from tests.people import People

PREPARE = reverse("web:operation-prepare")
CHECKLIST = reverse("web:operation-checklist", args=["RAD20"])
OPEN = reverse("web:operation-reopen", args=["RAD20"])


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def filled(people: People, **others: Any) -> dict[str, Any]:
    return {
        "from": "RAD19",
        "reference": "RAD20",
        "name": "Second day",
        "starts": "2020-05-06",
        "scope": "",
        "default_instrument": "referral",
        "default_ground": "",
        "agencies": [str(people.agency.pk), str(people.other_agency.pk)],
        "platforms": ["telegram", "facebook"],
        **others,
    }


def contacts(people: People) -> None:
    with acting_as(SYSTEM):
        asked = OperationPlatform.objects.filter(operation=people.operation, platform="telegram")
        asked.update(contact="Ann, +31 1", channel="file")


def test_another_is_made_from_an_earlier_one_as_a_draft_with_its_contacts(
    people: People, signed_in: SignedIn
) -> None:
    contacts(people)
    coordinator = signed_in("coordinator")
    assert f"{PREPARE}?from=RAD19" in coordinator.get("/operations/RAD19/set-up/").content.decode()
    form = coordinator.get(PREPARE, {"from": "RAD19"}).content.decode()
    assert "Created from RAD19" in said(coordinator.get(PREPARE, {"from": "RAD19"}))
    assert 'value="Directive (EU) 2017/541, Art. 5"' in form
    assert len(re.findall(r'name="platforms"[^>]*checked', form)) == 3
    assert 'name="reference" value=' not in form
    made = coordinator.post(PREPARE, filled(people, draft="1"))
    assert made["Location"] == CHECKLIST
    with acting_as(SYSTEM):
        draft = Operation.objects.get(reference="RAD20")
        assert (draft.is_draft, draft.is_open) == (True, False)
        asked = OperationPlatform.objects.get(operation=draft, platform="telegram")
        assert (asked.contact, asked.channel) == ("Ann, +31 1", "file")
        assert OperationChange.objects.get(operation=draft).details == {"like": "RAD19"}
    assert "Draft" in said(coordinator.get("/operations/"))
    assert "Created from : RAD19" in said(coordinator.get("/operations/RAD20/set-up/")).replace(
        "from:", "from :"
    )
    assert signed_in("officer").get(PREPARE, {"from": "RAD19"}).status_code == 403
    assert signed_in("absent_officer").get(PREPARE, {"from": "RAD19"}).status_code in (403, 404)


def test_the_checklist_says_what_is_missing_and_forgets_what_was_put_right(
    people: People, signed_in: SignedIn
) -> None:
    coordinator = signed_in("coordinator")
    coordinator.post(PREPARE, filled(people, draft="1"))
    page = said(coordinator.get(CHECKLIST))
    for sentence in (
        "South Unit: no reviewer, so nothing of it is approved.",
        "One coordinator alone",
        "Whom to ask is not named: Facebook, Telegram.",
        "No key of the API and no mail address, so files are handed over by hand: Facebook, Telegram.",
        "The scope is empty",
        "No legal ground holds where a list names none.",
        "Nobody was told yet",
    ):
        assert sentence in page
    assert "North Unit: " not in page
    with acting_as(SYSTEM):
        draft = Operation.objects.get(reference="RAD20")
        for name in ("officer", "other_officer"):
            Membership.objects.create(
                user=getattr(people, name), agency=people.other_agency, role=Role.REVIEWER
            )
        Membership.objects.create(user=people.officer, agency=people.agency, role=Role.COORDINATOR)
        for slug in ("telegram", "facebook"):
            Addressee.objects.create(platform_id=slug, name=slug, mail_to=f"abuse@{slug}.example")
        OperationPlatform.objects.filter(operation=draft).update(contact="Ann")
        Operation.objects.filter(pk=draft.pk).update(scope="Channels", default_ground="Art. 5")
    write(draft, text="We begin at six.", by=people.actor("coordinator"))
    page = said(coordinator.get(CHECKLIST))
    assert "Nothing is missing" in page
    assert "Put it right" not in page
    assert signed_in("officer").get(CHECKLIST).status_code == 200, "a coordinator now"
    assert signed_in("reviewer").get(CHECKLIST).status_code == 403


def test_removal_orders_need_their_parties(people: People, signed_in: SignedIn) -> None:
    coordinator = signed_in("coordinator")
    coordinator.post(PREPARE, filled(people, draft="1", default_instrument="removal_order"))
    page = said(coordinator.get(CHECKLIST))
    assert "North Unit: removal orders need an issuing authority" in page
    assert "Removal orders need an addressee, and none is entered: Facebook, Telegram." in page


def test_a_draft_takes_nothing_in_until_it_is_opened(work: Work, signed_in: SignedIn) -> None:
    coordinator, officer = signed_in("coordinator"), signed_in("officer")
    coordinator.post(PREPARE, filled(work.people, draft="1"))
    sent = {"pasted": "https://t.me/demo_new/1", "agency": work.people.agency.pk}
    hand_in = reverse("web:hand-in", args=["RAD20"])
    assert officer.post(hand_in, sent).status_code == 422
    assert officer.post(OPEN).status_code == 403
    assert "RAD20 is open." in said(coordinator.post(OPEN, follow=True))
    with acting_as(SYSTEM):
        opened = Operation.objects.get(reference="RAD20")
        assert (opened.is_draft, opened.is_open) == (False, True)
        kinds = OperationChange.objects.filter(operation=opened).values_list("kind", flat=True)
        assert list(kinds) == ["opened", "prepared"]
    assert officer.post(hand_in, sent).status_code == 302
    assert "Open the operation" not in said(coordinator.get(CHECKLIST))


def test_what_was_announced_counts_also_while_no_agency_takes_part(people: People) -> None:
    with acting_as(SYSTEM):
        people.operation.agencies.clear()
    write(people.operation, text="We begin at six.", by=SYSTEM)
    missing = [one for item in checklist_of(people.operation) for one in item.missing]
    assert "No agency takes part." in missing
    assert not [one for one in missing if "Nobody was told" in one]
