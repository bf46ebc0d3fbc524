"""A partner asks: it is told which of the items it names are here, and nothing else; whoever is no partner learns nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.models import Look
from takedowns.deconfliction import pairing, wire
from takedowns.deconfliction.keys import DayKey, Shared
from takedowns.deconfliction.models import Exchange, PairKey
from takedowns.holds.services import place
from takedowns.ledger.models import Entry
from takedowns.oversight.alarms import alarms, raise_alarms
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from tests.deconfliction.pair import Other, make_other, partner, said, today
from tests.factories import make_item, make_referrals
from tests.people import People

A, B, POST = "telegram:demo_a", "telegram:demo_b", "telegram:demo_a/7"


@pytest.fixture
def other(people: People) -> Other:
    return make_other()


def hold(people: People, url: str) -> None:
    place(
        agency_id=people.agency.pk,
        by=SYSTEM,
        reason="We read it.",
        ends_at=timezone.now() + timedelta(days=1),
        item_id=make_item(url).pk,
    )


def handed_in(people: People, *urls: str) -> list[Any]:
    return make_referrals(people.operation, people.agency, list(urls))


def test_a_digest_is_the_same_in_sql_and_by_the_standard_library(db: None) -> None:
    key = DayKey(Shared.new().secret, today())
    inner, outer = key.pads
    for name in (A, "web:ä/ö?ü=✓", "x" * 500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT takedowns_keyed_digest(%s, %s, %s)", [name, inner, outer])
            assert bytes(cursor.fetchone()[0]) == key.digest(name)
        assert key.digest(name) == hmac.new(key._key, name.encode(), hashlib.sha256).digest()[:16]


def test_a_key_is_of_one_pair_and_one_day() -> None:
    secret, day = Shared.new().secret, today()
    digests = {
        DayKey(one, at).digest(A)
        for one in (secret, Shared.new().secret)
        for at in (day, day + timedelta(days=1))
    }
    assert len(digests) == 4


def test_it_is_told_what_is_here_on_hold_and_since_when_and_no_more(people: People, other: Other) -> None:
    sent, _waiting = handed_in(people, "https://t.me/demo_a", "https://t.me/demo_b")
    apply_to_all("approve", [sent], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [sent], by=SYSTEM)
    hold(people, "https://t.me/demo_c")
    response = other.ask(
        [["telegram:demo_unknown"], [A], [B], ["telegram:demo_c"], ["telegram:demo_c/9", "telegram:demo_c"]]
    )
    assert response.status_code == 200
    assert said(response) == {
        "version": 1,
        "contact": "north-desk@example.org",
        "items": [
            [1, True, False, today().isoformat()],
            [2, True, False, None],
            [3, False, True, None],
            [4, False, True, None],
        ],
    }
    told = response.content.decode()
    assert not any(word in told for word in ("RAD19", "North", "demo_", "We read it"))


def test_what_was_rejected_or_withdrawn_is_not_had_and_a_channel_of_a_held_post_is_not_held(
    people: People, other: Other
) -> None:
    (rejected,) = handed_in(people, "https://t.me/demo_a")
    apply_to_all("reject", [rejected], by=SYSTEM, reason="No.")
    hold(people, "https://t.me/demo_b/7")
    assert said(other.ask([[A], [B]]))["items"] == []


def test_one_question_costs_as_many_statements_whatever_it_asks(people: People, other: Other) -> None:
    handed_in(people, *(f"https://t.me/demo_{n}" for n in range(30)))

    def statements(names: list[list[str]]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert other.ask(names).status_code == 200
        return len(seen)

    one = statements([[A]])
    assert statements([[f"telegram:demo_{n}", "telegram:demo"] for n in range(500)]) == one


def test_each_call_is_in_the_ledger_and_in_the_access_log(people: People, other: Other) -> None:
    handed_in(people, "https://t.me/demo_a")
    other.ask([[A], [B]])
    with acting_as(SYSTEM):
        [call] = Exchange.objects.all()
        assert (call.direction, call.items, call.had, call.held) == ("answered", 2, 1, 0)
        entry = Entry.objects.get(what="deconfliction_exchange")
        look = Look.objects.get(what="deconfliction")
        item = Referral.objects.get().item_id
    assert entry.origin.startswith(f"partner {partner().pk}")
    assert (look.count, look.subject, look.person_id) == (1, str(item), None)
    assert look.origin.startswith(f"partner {partner().pk}")


def test_whoever_holds_no_key_learns_nothing(people: People, other: Other) -> None:
    handed_in(people, "https://t.me/demo_a")
    stranger = Other(Shared.new(), made_code=True)
    guessing = Other(Shared(other.shared.pair, Shared.new().secret), made_code=True)
    reflected = Other(other.shared, made_code=False)
    told = [
        stranger.ask([[A]]),
        guessing.ask([[A]]),
        reflected.ask([[A]]),
        other.ask([[A]], wrong={wire.SIGNATURE: "0" * 64}),
        other.ask([[A]], wrong={wire.SIGNATURE: "é"}),
        other.ask([[A]], wrong={wire.NONCE: "x"}),
        Client().post(wire.PATH, b"{}", "application/json"),
        Client().post(wire.PATH, b"x" * 100_000, "application/json"),
    ]
    with override_settings(EXCHANGE=[]):
        told.append(other.ask([[A]]))
    pairing.end(partner().pk, by=SYSTEM)
    told.append(other.ask([[A]]))
    assert {(one.status_code, one.content) for one in told} == {(404, b'{"problem":"nothing"}')}
    assert not any(wire.SIGNATURE in one.headers for one in told)
    with acting_as(SYSTEM):
        assert not Exchange.objects.exists()


def test_a_call_is_answered_once(people: People, other: Other) -> None:
    nonce = secrets.token_hex(16)
    assert other.ask([[A]], nonce=nonce).status_code == 200
    again = other.ask([[A]], nonce=nonce)
    assert (again.status_code, said(again)) == (409, {"problem": "replay"})


def test_clocks_and_days_must_agree(people: People, other: Other) -> None:
    assert other.ask([[A]], ahead=240).status_code == 200
    late = other.ask([[A]], ahead=-400)
    assert (late.status_code, said(late)["problem"]) == (409, "clock")
    for days in (-1, 1, 2):
        wrong = other.ask([[A]], day=today() + timedelta(days=days))
        assert (wrong.status_code, said(wrong)) == (409, {"problem": "day"}) or _is_near_midnight()


def _is_near_midnight() -> bool:
    now = timezone.now()
    return (now - timedelta(minutes=6)).date() != (now + timedelta(minutes=6)).date()


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"version":1}', b'{"version":1,"day":"2019-11-21","items":[[]]}', b'{"version":2,"day":"2019-11-21","items":[]}',
             b'{"version":1,"day":"2019-11-21","items":[["00"]]}', b'{"version":1,"day":"2019-11-21","items":[7]}', b'{"version":1,"day":7,"items":[]}']
)  # fmt: skip
def test_what_is_no_question_is_said_to_be_none(people: People, other: Other, body: bytes) -> None:
    moment, nonce = str(int(timezone.now().timestamp())), secrets.token_hex(16)
    signature = wire.call_signature(other.shared.secret, by_maker=True, time=moment, nonce=nonce, body=body)
    headers = {wire.PAIR: other.shared.pair, wire.TIME: moment, wire.NONCE: nonce, wire.SIGNATURE: signature}
    response = Client().post(wire.PATH, body, "application/json", headers=headers)
    assert (response.status_code, said(response)) == (400, {"problem": "question"})


def test_beyond_the_limit_of_a_day_nothing_is_told_and_an_alarm_is_raised(
    people: People, other: Other
) -> None:
    handed_in(people, "https://t.me/demo_a")
    with override_settings(DECONFLICTION_MOST_A_DAY=3):
        assert other.ask([[A], [B]]).status_code == 200
        assert raise_alarms() == []
        refused = other.ask([[A], [B]])
        assert (refused.status_code, said(refused)) == (429, {"problem": "limit", "left": 1})
        assert len(raise_alarms()) == 1
        assert raise_alarms() == []
        with acting_as(people.actor("auditor")):
            [line] = alarms()
        assert (line.who, line.alarm.kind, line.alarm.count) == ("South Unit", "partner", 4)
        assert other.ask([[A]]).status_code == 200
        assert other.ask([[A]]).status_code == 429
    with acting_as(SYSTEM):
        assert Exchange.objects.filter(refused=True).count() == 2


def test_a_paused_partner_is_told_so(people: People, other: Other) -> None:
    pairing.pause(partner().pk, by=SYSTEM)
    response = other.ask([[A]])
    assert (response.status_code, said(response)) == (403, {"problem": "paused"})
    pairing.pause(partner().pk, by=SYSTEM, goes_on=True)
    assert other.ask([[A]]).status_code == 200


def test_a_code_that_nobody_entered_for_three_days_opens_nothing(people: People) -> None:
    other = make_other(made_code=False)
    with acting_as(SYSTEM):
        PairKey.objects.update(made_at=timezone.now() - timedelta(days=4))
    assert other.ask([]).status_code == 404
    with acting_as(SYSTEM):
        PairKey.objects.update(made_at=timezone.now() - timedelta(days=2))
    assert other.ask([]).status_code == 200
    with acting_as(SYSTEM):
        PairKey.objects.update(made_at=timezone.now() - timedelta(days=400))
    assert other.ask([]).status_code == 200
    assert partner().pair_key.confirmed_at is not None


def test_a_copy_of_an_installation_answers_nobody(people: People, other: Other) -> None:
    with override_settings(SITE_URL="https://elsewhere.example"):
        assert other.ask([[A]]).status_code == 503
