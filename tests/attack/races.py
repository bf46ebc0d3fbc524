"""Races between people, with real connections: each is prepared, run at the same moment, and looked at afterwards.

Whoever comes first, what is refused must be refused, what was done must be whole, and nobody waits in a circle.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import UUID

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.holds.models import Hold
from takedowns.holds.services import already_with_platforms, place, place_on_address
from takedowns.orders.issuing import reopen_changed
from takedowns.orders.models import IssuingAuthority, RemovalOrder
from takedowns.orders.writing import write_orders
from takedowns.referrals.corrections import Correction, correct
from takedowns.referrals.models import Event, Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.review.services import assess
from takedowns.sending.dispatch import DispatchError, dispatch
from tests.factories import make_referrals
from tests.orders.test_orders_issuing import EMERGENCY
from tests.pages.test_versions import EDITS, _form
from tests.people import People

Act = Callable[[], Any]


@dataclass
class Attack:
    """Who attacks, with what dice; ``number`` makes each address a new one."""

    people: People
    dice: random.Random
    number: int = 0
    played: dict[str, int] = field(default_factory=dict)

    def referral(self, *, approve: bool, instrument: str = "referral") -> UUID:
        """Make a referral that nobody raced about yet."""
        self.number += 1
        url = f"https://t.me/demo_race_{self.dice.randrange(16**8):08x}{self.number}"
        [one] = make_referrals(
            self.people.operation,
            self.people.agency,
            [url],
            submitted_by=self.people.officer,
            instrument=instrument,
        )
        if instrument == "removal_order":
            write_orders([one], EMERGENCY, by=self.people.actor("officer"))
        if approve:
            done = apply_to_all("approve", [one], by=self.people.actor("reviewer"), exemptions_checked=True)
            assert done.moved == [one]
        return one


def at_once(dice: random.Random, *acts: Act) -> list[Any]:
    """Run acts at the same moment, each through a connection of its own; return what each returned.

    Each begins within some milliseconds of the others, as the dice say. What one raises is raised here.
    """
    barrier, told = Barrier(len(acts)), [None] * len(acts)
    delays = [dice.choice((0.0, 0.0, 0.001, 0.003, 0.008)) for _act in acts]

    def run(place: int) -> None:
        try:
            barrier.wait(30)
            time.sleep(delays[place])
            told[place] = acts[place]()
        except Exception as error:
            told[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [Thread(target=run, args=[place]) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "somebody waits for ever"
    for one in told:
        if isinstance(one, Exception):
            raise one
    return told


def hold_against_dispatch(attack: Attack) -> None:
    """Nothing under a standing hold is referred; a hold that came too late says so."""
    one, people = attack.referral(approve=True), attack.people
    with acting_as(SYSTEM):
        item = Referral.objects.select_related("item").get(pk=one).item
    facts = {
        "agency_id": people.other_agency.pk,
        "by": people.actor("other_officer"),
        "reason": "r",
        "ends_at": timezone.now() + timedelta(days=1),
    }
    holder: Act = attack.dice.choice(
        (
            lambda: place(item_id=item.pk, **facts),  # type: ignore[arg-type]
            lambda: place_on_address(item.url, {}, **facts),  # type: ignore[arg-type]
        )
    )
    hold, outcome = at_once(attack.dice, holder, lambda: apply_to_all("refer", [one], by=SYSTEM))
    assert isinstance(hold, Hold)
    if outcome.moved:
        assert already_with_platforms(hold, by=SYSTEM) == 1, "the hold does not know that it came too late"
    else:
        assert [refused.code for refused in outcome.refused] == ["on_hold"]
        assert _now(one).status == "approved"


def two_reviewers(attack: Attack) -> None:
    """One of two decisions is made, and the other is refused."""
    one = attack.referral(approve=False)
    by = attack.people.actor("reviewer")
    told = at_once(
        attack.dice,
        lambda: assess("approve", [one], by=by, exemptions_checked=True),
        lambda: assess("reject", [one], by=by, reason="r"),
        lambda: assess("approve", [one], by=by, exemptions_checked=True, correction=Correction(one, tier=1)),
    )
    assert sum(len(done.moved) for done in told) == 1
    decided = _kinds(one) & {"approve", "reject"}
    assert len(decided) == 1
    assert _now(one).status == {"approve": "approved", "reject": "rejected"}[decided.pop()]


def two_editors(attack: Attack) -> None:
    """Of two who keep one form, the second is shown both."""
    address = reverse("web:order-authority", args=["RAD19", "north"])
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(attack.people.coordinator)
    opened = _form(clients[0].get(address).content.decode(), EDITS["order-authority"])
    opened.pop("csrfmiddlewaretoken", None)
    phones = [f"+31 {attack.dice.randrange(10**8)}" for _client in clients]

    def keep(place: int) -> Act:
        return lambda: clients[place].post(address, {**opened, "phone": phones[place]}).status_code

    told = at_once(attack.dice, keep(0), keep(1))
    assert sorted(told) == [302, 409], told
    with acting_as(SYSTEM):
        kept = IssuingAuthority.objects.get(agency=attack.people.agency)
    assert kept.phone == phones[told.index(302)]


def withdrawal_against_decision(attack: Attack) -> None:
    """The agency withdraws and the platform decides: one of them, and the other is told what happened."""
    one = attack.referral(approve=True)
    assert apply_to_all("refer", [one], by=SYSTEM).moved
    withdrawn, removed = at_once(
        attack.dice,
        lambda: apply_to_all("withdraw", [one], by=attack.people.actor("officer"), reason="r"),
        lambda: apply_to_all(
            "remove", [one], by=attack.people.actor("platform_contact"), action="account_suspended"
        ),
    )
    assert len(withdrawn.moved) + len(removed.moved) == 1
    [refused] = withdrawn.refused + removed.refused
    assert refused.code == "not_allowed"
    assert _now(one).status == ("withdrawn" if withdrawn.moved else "removed")


def correction_against_dispatch(attack: Attack) -> None:
    """What is changed after its approval is not referred before somebody has seen it again."""
    one = attack.referral(approve=True)
    corrected, referred = at_once(
        attack.dice,
        lambda: correct([Correction(one, tier=1)], by=attack.people.actor("officer")),
        lambda: apply_to_all("refer", [one], by=SYSTEM),
    )
    assert corrected.moved == [one]
    assert bool(corrected.reopened) != bool(referred.moved), (
        "it was referred as it was approved, or not at all"
    )
    assert _now(one).status == ("submitted" if corrected.reopened else "referred")


def parties_against_dispatch(attack: Attack) -> None:
    """An order goes out as it was approved, whoever changes its authority meanwhile."""
    people = attack.people
    one = attack.referral(approve=True, instrument="removal_order")
    with acting_as(SYSTEM):
        approved = RemovalOrder.objects.get(pk=one).sha256

    def change() -> int:
        with acting_as(SYSTEM):
            IssuingAuthority.objects.filter(agency=people.agency).update(
                name=f"Police {attack.dice.randrange(10**6)}"
            )
            return reopen_changed(agency=people.agency.pk, by=people.actor("coordinator"))

    def send() -> bool:
        try:
            return bool(dispatch(people.operation, by=SYSTEM).total)
        except DispatchError:
            return False

    at_once(attack.dice, change, send)
    with acting_as(SYSTEM):
        order = RemovalOrder.objects.get(pk=one)
    if _now(one).status == "referred":
        assert (order.sha256, order.issued_at is not None) == (approved, True)
    else:
        assert order.issued_at is None
        apply_to_all("withdraw", [one], by=SYSTEM, reason="The race is over.")


RACES: dict[str, Callable[[Attack], None]] = {
    race.__name__: race
    for race in (
        hold_against_dispatch,
        two_reviewers,
        two_editors,
        withdrawal_against_decision,
        correction_against_dispatch,
        parties_against_dispatch,
    )
}


def play(attack: Attack, seconds: float) -> Iterator[str]:
    """Play races as the dice say, each once first; look at everything after each; yield the name of each."""
    ends, first = time.monotonic() + seconds, list(RACES)
    while first or time.monotonic() < ends:
        name = first.pop() if first else attack.dice.choice(list(RACES))
        RACES[name](attack)
        look_at_all()
        attack.played[name] = attack.played.get(name, 0) + 1
        yield name


def look_at_all() -> None:
    """Look whether each referral stands where its events say, two persons saw it, and no item has two that are open."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for what, statement in INVARIANTS.items():
            cursor.execute(statement)
            assert cursor.fetchall() == [], what


INVARIANTS = {
    "a referral stands in another cell than its last event says": """
        SELECT referral.id FROM referrals_referral AS referral
        JOIN LATERAL (
            SELECT to_cell_id FROM referrals_event AS event
            WHERE event.referral_id = referral.id AND event.to_cell_id IS NOT NULL ORDER BY event.xid DESC, event.id DESC LIMIT 1
        ) AS last ON true
        WHERE last.to_cell_id <> referral.cell_id
    """,
    "a referral has another status than its cell": """
        SELECT referral.id FROM referrals_referral AS referral JOIN referrals_cell AS cell ON cell.id = referral.cell_id
        WHERE (cell.status, cell.tier) IS DISTINCT FROM (referral.status, referral.tier)
    """,
    "an item has two open referrals": """
        SELECT item_id FROM referrals_referral
        WHERE status IN ('submitted', 'approved', 'referred', 'acknowledged', 'information_requested')
        GROUP BY item_id HAVING count(*) > 1
    """,
    "somebody approved what they submitted": """
        SELECT event.id FROM referrals_event AS event JOIN referrals_referral AS referral ON referral.id = event.referral_id
        WHERE event.kind = 'approve' AND event.actor_id = referral.submitted_by_id
    """,
    "it was referred without an approval that stood": """
        SELECT event.id FROM referrals_event AS event
        JOIN LATERAL (
            SELECT kind FROM referrals_event AS before
            WHERE before.referral_id = event.referral_id AND (before.xid, before.id) < (event.xid, event.id)
              AND before.kind IN ('approve', 'reopen', 'undo_review', 'reject') ORDER BY before.xid DESC, before.id DESC LIMIT 1
        ) AS last ON true
        WHERE event.kind = 'refer' AND last.kind <> 'approve'
    """,
    "an order went out with another document than it keeps": """
        SELECT referral_id FROM orders_removalorder
        WHERE document IS NOT NULL AND encode(sha256(document), 'hex') <> orders_removalorder.sha256
    """,
}


def _now(referral_id: UUID) -> Referral:
    with acting_as(SYSTEM):
        return Referral.objects.get(pk=referral_id)


def _kinds(referral_id: UUID) -> set[str]:
    with acting_as(SYSTEM):
        return set(Event.objects.filter(referral=referral_id).values_list("kind", flat=True))
