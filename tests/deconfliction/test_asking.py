"""Partners are asked in the background; what they say stands beside the referral, and holds it back until somebody says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.deconfliction import asking, pairing
from takedowns.deconfliction.asking import ask_partners
from takedowns.deconfliction.keys import Shared
from takedowns.deconfliction.models import Answer, Exchange, PairKey, Partner
from takedowns.deconfliction.pairing import Facts, PairingError
from takedowns.deconfliction.queries import partner_answers_of, read_partner_answers
from takedowns.ledger.models import Entry
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.sending.dispatch import DispatchError, dispatch, preview
from tests.deconfliction.pair import FACTS, Other, make_other, partner
from tests.factories import make_referrals
from tests.people import People

URLS = ["https://t.me/demo_a", "https://t.me/demo_b/7", "https://youtu.be/demoVIDEO01"]


@pytest.fixture
def other(people: People, monkeypatch: pytest.MonkeyPatch) -> Other:
    made = make_other()
    monkeypatch.setattr(asking, "send", made.send)
    return made


@pytest.fixture
def approved(people: People) -> list[UUID]:
    ids = make_referrals(people.operation, people.agency, URLS)
    apply_to_all("approve", ids, by=SYSTEM, exemptions_checked=True)
    return ids


def said(referral: UUID, people: People, who: str = "officer") -> Any:
    with acting_as(people.actor(who)):
        [one] = read_partner_answers(
            Referral.objects.annotate(partner_answers=partner_answers_of()).get(pk=referral).partner_answers
        )  # type: ignore[attr-defined]
    return one


def tomorrow() -> None:
    with acting_as(SYSTEM):
        Answer.objects.update(at=timezone.now() - timedelta(days=1))
        PairKey.objects.update(next_at=None)


def test_what_a_partner_says_stands_beside_each_referral(
    people: People, other: Other, approved: list[UUID]
) -> None:
    other.has, other.held = {"telegram:demo_a"}, {"telegram:demo_b"}
    assert said(approved[0], people).at is None
    assert ask_partners() == 3
    had, held, neither = (said(one, people) for one in approved)
    assert (had.partner, had.contact) == ("South Unit", "south-desk@example.org")
    assert (had.has, had.on_hold, had.referred_on) == (True, False, date(2019, 11, 20))
    assert (held.has, held.on_hold) == (False, True), "a message of a channel that is held there"
    assert (neither.has, neither.on_hold, neither.at is not None) == (False, False, True)
    assert partner().pair_key.confirmed_at is not None


def test_each_item_is_asked_about_once_a_day_and_again_where_somebody_wants_it(
    people: People, other: Other, approved: list[UUID]
) -> None:
    assert [ask_partners(), ask_partners()] == [3, 0]
    make_referrals(people.operation, people.agency, ["https://t.me/demo_new"])
    assert ask_partners() == 1
    tomorrow()
    assert ask_partners() == 4
    other.held = {"telegram:demo_a"}
    assert pairing.ask_again(people.operation.pk) == 4
    assert ProcrastinateJob.objects.filter(task_name="deconfliction.ask", status="todo").count() == 1
    assert ask_partners() == 4
    assert said(approved[0], people).on_hold
    with acting_as(SYSTEM):
        apply_to_all("refer", approved, by=SYSTEM)
        apply_to_all("decline", [approved[2]], by=SYSTEM, decline_reason="other")
    tomorrow()
    assert ask_partners() == 3, "what is answered is not asked about any more"


def test_asking_costs_as_many_statements_for_many_as_for_one(people: People, other: Other) -> None:
    def statements(number: int) -> int:
        make_referrals(
            people.operation, people.agency, [f"https://t.me/demo_{number}_{n}" for n in range(number)]
        )
        with CaptureQueriesContext(connection) as seen:
            assert ask_partners() == number
        return len(seen)

    statements(1)
    assert statements(2) == statements(200)


def test_a_call_is_recorded_here_as_it_is_there(people: People, other: Other, approved: list[UUID]) -> None:
    other.has = {"telegram:demo_a"}
    ask_partners()
    with acting_as(SYSTEM):
        [call] = Exchange.objects.all()
        assert (call.direction, call.items, call.had, call.held) == ("asked", 3, 1, 0)
        assert (
            Entry.objects.get(what="deconfliction_exchange").origin == f"partner {partner().pk} south.example"
        )
        look = Look.objects.get(what="deconfliction")
        assert look.subject == str(Referral.objects.get(pk=approved[0]).item_id)


def test_one_that_does_not_answer_is_shown_as_not_asked_and_tried_again_later(
    people: People, other: Other, approved: list[UUID]
) -> None:
    other.is_down = True
    assert ask_partners() == 0
    assert said(approved[0], people).at is None
    key = partner().pair_key
    assert "No connection" in key.problem
    assert key.next_at is not None
    assert key.next_at > timezone.now()
    other.is_down = False
    assert ask_partners() == 0, "its turn has not come"
    with acting_as(SYSTEM):
        PairKey.objects.update(next_at=timezone.now())
    assert ask_partners() == 3
    assert (partner().pair_key.problem, partner().pair_key.failing_since) == ("", None)


def test_an_answer_that_is_not_signed_or_names_what_was_not_asked_is_not_believed(
    people: People, other: Other, approved: list[UUID]
) -> None:
    for says, signs, why in (
        (None, False, "not signed"),
        ((200, b'{"version":1,"contact":"x","items":[[3,true,false,null]]}'), True, "not asked"),
        ((200, b'{"version":1,"contact":"x","items":[[0,1,false,null]]}'), True, "no answer"),
        ((200, b'{"version":1,"contact":"x","items":[[0,true,false,"soon"]]}'), True, "no answer"),
        ((200, b"[]"), True, "no answer"),
        ((409, b'{"problem":"clock"}'), True, "clocks"),
        ((500, b"x"), True, "500"),
    ):
        other.says, other.signs = says, signs
        with acting_as(SYSTEM):
            PairKey.objects.update(next_at=None)
        assert ask_partners() == 0
        assert why in partner().pair_key.problem
    with acting_as(SYSTEM):
        assert not Answer.objects.exists()


def test_where_a_partner_answers_only_so_many_more_it_is_asked_about_those(
    people: People, other: Other, approved: list[UUID]
) -> None:
    other.says = (429, b'{"problem":"limit","left":0}')
    assert ask_partners() == 0
    key = partner().pair_key
    assert "limit for a day" in key.problem
    assert key.next_at is not None
    assert key.next_at > timezone.now()
    assert key.next_at.minute == key.next_at.hour == 0


def test_nobody_is_asked_about_more_than_a_day_allows(
    people: People, other: Other, approved: list[UUID]
) -> None:
    with override_settings(DECONFLICTION_MOST_A_DAY=2):
        assert ask_partners() == 2
    assert "Our own limit" in partner().pair_key.problem


@pytest.mark.parametrize("how", ["off", "copy", "paused", "not entered"])
def test_no_call_leaves_where_none_may(people: People, other: Other, approved: list[UUID], how: str) -> None:
    if how == "paused":
        pairing.pause(partner().pk, by=SYSTEM)
    if how == "not entered":
        pairing.renew(partner().pk, by=SYSTEM)
    changed: dict[str, dict[str, Any]] = {"off": {"EXCHANGE": []}, "copy": {"SITE_URL": "https://x.example"}}
    with override_settings(**changed.get(how, {})):
        assert ask_partners() == 0
    assert other.questions == []


def test_an_address_inside_is_not_called_unless_it_is_named(people: People, approved: list[UUID]) -> None:
    pairing.take(Facts("Inside", "https://127.0.0.1:1", "x"), Shared.new().code, by=SYSTEM)
    ask_partners()
    assert "no public address" in partner().pair_key.problem
    with acting_as(SYSTEM):
        PairKey.objects.update(next_at=None)
    with override_settings(DECONFLICTION_ALLOW_NETWORKS=["127.0.0.0/8"]):
        ask_partners()
    assert "No connection" in partner().pair_key.problem


# -- what is held there -------------------------------------------------------------------------------------------


def test_what_a_partner_has_on_hold_does_not_go_unless_it_is_named(
    people: People, other: Other, approved: list[UUID]
) -> None:
    other.held = {"telegram:demo_a", "telegram:demo_b"}
    ask_partners()
    coordinator = people.actor("coordinator")
    made = dispatch(people.operation, by=coordinator)
    assert made.referred == {"youtube": 1}
    assert [(one["referral"], one["code"]) for one in made.refused] == [
        (str(one), "held_elsewhere") for one in sorted(approved[:2])
    ]
    for by in (coordinator, SYSTEM):
        with pytest.raises(DispatchError, match="partner installation"):
            dispatch(people.operation, by=by)
    with acting_as(coordinator):
        made = dispatch(people.operation, by=coordinator, despite=[approved[0]])
    assert made.referred == {"telegram": 1}
    with acting_as(SYSTEM):
        entry = Entry.objects.get(what="dispatch_despite_partner")
    assert (entry.key, entry.person_id) == (str(made.pk), people.coordinator.pk)
    with override_settings(EXCHANGE=[]):
        assert dispatch(people.operation, by=coordinator).referred == {"telegram": 1}


def test_the_preview_says_what_is_held_there(people: People, other: Other, approved: list[UUID]) -> None:
    from takedowns.deconfliction.queries import standing_of

    other.has, other.held = {"telegram:demo_a"}, {"telegram:demo_a"}
    ask_partners()
    with acting_as(people.actor("coordinator")):
        [standing], held = standing_of(people.operation.pk)
        lines = {one.slug: (one.ready, one.held_elsewhere) for one in preview(people.operation, held)}
    assert (standing.asked, standing.not_asked, standing.has) == (3, 0, 1)
    assert [(one.referral, one.partner) for one in held] == [(approved[0], "South Unit")]
    assert lines == {"telegram": (1, 1), "youtube": (1, 0)}


def test_when_a_partnership_ends_its_holds_hold_nothing(
    people: People, other: Other, approved: list[UUID]
) -> None:
    other.held = {"telegram:demo_a"}
    ask_partners()
    pairing.end(partner().pk, by=SYSTEM)
    assert dispatch(people.operation, by=people.actor("coordinator")).total == 3
    with acting_as(SYSTEM):
        assert not PairKey.objects.exists()
        assert Partner.objects.get().state == "ended"


# -- pairing ------------------------------------------------------------------------------------------------------


def test_a_code_is_read_as_it_was_made_and_not_otherwise(db: None) -> None:
    shared = Shared.new()
    assert Shared.read(f" {shared.code[:30]}\n{shared.code[30:]} ") == shared
    for wrong in (
        shared.code[:-2],
        shared.code.replace("1-", "2-"),
        "x",
        shared.code[:20] + "é" + shared.code[21:],
    ):
        with pytest.raises(ValueError, match="no code"):
            Shared.read(wrong)
    flipped = shared.code[:40] + ("A" if shared.code[40] != "A" else "B") + shared.code[41:]
    with pytest.raises(ValueError, match="no code"):
        Shared.read(flipped)


def test_the_secret_is_sealed_and_a_code_is_entered_once_and_not_where_it_was_made(people: People) -> None:
    _made, code = pairing.offer(FACTS, by=SYSTEM)
    assert Shared.read(code).secret not in partner().pair_key.secret
    with pytest.raises(PairingError, match="other installation"):
        pairing.take(Facts("Other", "https://o.example", "x"), code, by=SYSTEM)
    with pytest.raises(PairingError, match="has this name"):
        pairing.offer(FACTS, by=SYSTEM)
    with acting_as(SYSTEM):
        assert not Entry.objects.filter(became__contains=Shared.read(code).secret).exists()


def test_a_new_key_ends_the_former(people: People, other: Other) -> None:
    assert other.ask([]).status_code == 200
    code = pairing.renew(partner().pk, by=SYSTEM)
    assert other.ask([]).status_code == 404
    assert Other(Shared.read(code), made_code=False).ask([]).status_code == 200
    theirs = Shared.new()
    pairing.renew_by(partner().pk, theirs.code, by=SYSTEM)
    assert Other(theirs, made_code=True).ask([]).status_code == 200


@pytest.mark.parametrize(
    "url", ["http://south.example", "ftp://x", "south", "https://u:p@x.example", "https://x.example/?a=1"]
)
def test_an_address_that_would_not_be_called_is_refused(people: People, url: str) -> None:
    with pytest.raises(PairingError) as refused:
        pairing.offer(Facts("S", url, "x"), by=SYSTEM)
    assert refused.value.field == "url"


def test_partners_are_for_administrators(people: People, other: Other) -> None:
    for act in (
        lambda by: pairing.offer(Facts("S", "https://s.example", "x"), by=by),
        lambda by: pairing.renew(partner().pk, by=by),
        lambda by: pairing.pause(partner().pk, by=by),
        lambda by: pairing.end(partner().pk, by=by),
        lambda by: pairing.change(partner().pk, FACTS, by=by),
    ):
        for who in ("officer", "coordinator", "auditor", "platform_contact", "stranger"):
            with pytest.raises(PermissionDenied):
                act(people.actor(who))
