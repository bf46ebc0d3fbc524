"""A change of more referrals than one transaction should lock: asked for on a page, done portion by portion, stopped, taken up again."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.directory.models import Membership
from takedowns.referrals.models import Referral
from takedowns.referrals.transitions import apply_to_all
from takedowns.search import bulk_changes, long_changes, tasks
from takedowns.search.models import BulkChange, LongChange, Portion
from tests.clients import SignedIn
from tests.factories import make_referrals
from tests.people import People

CHANGE = reverse("web:bulk", args=["RAD19"])
FIRST = {"kind_of_change": "correct", "tier": "1"}


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_changes, "MOST", 3)
    monkeypatch.setattr(long_changes, "PORTION", 2)


@pytest.fixture
def ids(people: People) -> list[UUID]:
    """Four of the officer's agency and, the newest, one of another; a list gives the newest first."""
    own = make_referrals(
        people.operation,
        people.agency,
        [f"https://t.me/demo_{number}" for number in range(4)],
        submitted_by=people.officer,
        tier=3,
    )
    return [
        *own,
        *make_referrals(people.operation, people.other_agency, ["https://t.me/demo_theirs"], tier=3),
    ]


@pytest.fixture
def officer(signed_in: SignedIn) -> Client:
    return signed_in("officer")


def said(response: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub("<[^>]+>", " ", response.content.decode())))


def tiers(ids: list[UUID]) -> list[int]:
    with acting_as(SYSTEM):
        return [Referral.objects.get(pk=one).tier for one in ids]


def asked_for(client: Client, given: dict[str, str] = FIRST, found: int = 5) -> UUID:
    """Ask on the page; return the id of what was asked for."""
    sent = client.post(CHANGE, {**given, "expected": str(found)})
    assert sent.status_code == 302, said(sent)
    with acting_as(SYSTEM):
        return LongChange.objects.latest("at").pk


def page_of(asked: UUID) -> str:
    return reverse("web:bulk-long", args=["RAD19", asked])


def test_many_are_changed_in_portions_and_each_is_undone_by_itself(officer: Client, ids: list[UUID]) -> None:
    shown = said(officer.post(CHANGE, FIRST))
    assert "5 referrals are found" in shown
    assert "Tried on the first 2" in shown
    assert "1 : would change" in shown
    assert "1 : Correcting is for the referral's agency" in shown
    assert tiers(ids) == [3] * 5, "a look changes nothing"
    asked = asked_for(officer)
    waiting = officer.get(page_of(asked))
    assert "0 of 5 referrals are done" in said(waiting)
    assert '<progress id="bar" max="5" value="0">' in waiting.content.decode()
    assert "No worker is running" in said(waiting)
    assert long_changes.do_next_portion(asked)
    assert "2 of 5 referrals are done" in said(officer.get(page_of(asked)))
    assert tiers(ids) == [3, 3, 3, 1, 3], "one portion, and nothing of the next"
    tasks.do_portions(str(asked))
    assert tiers(ids) == [1, 1, 1, 1, 3]
    done = said(officer.get(page_of(asked)))
    assert "4 referrals were corrected" in done
    assert "1 : Correcting is for the referral's agency" in done
    assert "are done" not in done
    with acting_as(SYSTEM):
        second = Portion.objects.get(long_change_id=asked, number=2).change
        assert second is not None
        assert second.by_id is not None
    assert "Portion 2 of a change in the background" in said(
        officer.get(reverse("web:bulk-change", args=["RAD19", second.pk]))
    )
    undone = officer.post(reverse("web:bulk-undo", args=["RAD19", second.pk]), follow=True)
    assert "2 referrals are what they were before." in said(undone)
    assert tiers(ids) == [1, 3, 3, 1, 3]
    assert "undone" in said(officer.get(page_of(asked)))
    listed = said(officer.get(reverse("web:bulk-changes", args=["RAD19"])))
    assert "In the background, in portions" in listed
    assert "What was changed of many at once" not in listed, "a portion stands with its change"


def test_what_fails_leaves_its_portion_whole_and_is_gone_on_with(
    officer: Client, ids: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_for(officer)
    assert long_changes.do_next_portion(asked)
    whole = bulk_changes._do

    def cut(*given: Any) -> Any:
        whole(*given)
        raise RuntimeError("the worker is killed")

    with monkeypatch.context() as worse:
        worse.setattr(bulk_changes, "_do", cut)
        with pytest.raises(RuntimeError, match="killed"):
            tasks.do_portions(str(asked))
    assert tiers(ids) == [3, 3, 3, 1, 3]
    assert "2 of 5 referrals are done" in said(officer.get(page_of(asked)))
    tasks.do_portions(str(asked))
    assert tiers(ids) == [1, 1, 1, 1, 3]


def test_a_role_that_was_taken_ends_it(officer: Client, people: People, ids: list[UUID]) -> None:
    asked = asked_for(officer)
    assert long_changes.do_next_portion(asked)
    with acting_as(SYSTEM):
        Membership.objects.filter(user=people.officer).delete()
    tasks.do_portions(str(asked))
    assert tiers(ids) == [3, 3, 3, 1, 3]
    with acting_as(SYSTEM):
        told = long_changes.progress_of(LongChange.objects.get(pk=asked))
    assert (told.changed, told.left, told.job) == (1, 3, None)


def test_it_is_stopped_between_two_portions_and_the_page_says_what_is_left(
    officer: Client, signed_in: SignedIn, ids: list[UUID]
) -> None:
    asked = asked_for(officer)
    assert long_changes.do_next_portion(asked)
    stop = reverse("web:bulk-long-stop", args=["RAD19", asked])
    assert signed_in("auditor").post(stop).status_code == 403
    shown = said(officer.post(stop, follow=True))
    assert "Stopped: 3 referrals were not looked at, and are as they were." in shown
    tasks.do_portions(str(asked))
    assert tiers(ids) == [3, 3, 3, 1, 3]
    assert "Nothing of it is left to stop." in said(officer.post(stop, follow=True))
    ended = officer.get(
        reverse("web:bulk-long-progress", args=["RAD19", asked]), headers={"HX-Request": "true"}
    )
    assert ended.headers["HX-Redirect"] == page_of(asked)


def test_each_is_judged_when_its_turn_comes(officer: Client, people: People, ids: list[UUID]) -> None:
    asked = asked_for(officer, {"kind_of_change": "withdraw", "reason": "Doubled by mistake."})
    assert apply_to_all("reject", ids[:1], by=people.actor("reviewer"), reason="No.").moved == ids[:1]
    tasks.do_portions(str(asked))
    with acting_as(SYSTEM):
        found = [Referral.objects.get(pk=one).status for one in ids]
    assert found == ["rejected", "withdrawn", "withdrawn", "withdrawn", "submitted"]
    assert "1 : " in said(officer.get(page_of(asked)))


def test_nothing_is_begun_where_the_filters_find_others_meanwhile(
    officer: Client, people: People, ids: list[UUID]
) -> None:
    answer = officer.post(CHANGE, {**FIRST, "expected": "4"})
    assert "Meanwhile the filters find others" in said(answer)
    assert "5 referrals are found" in said(answer)
    with acting_as(SYSTEM):
        assert not LongChange.objects.exists()


def test_a_portion_is_as_many_statements_whatever_it_holds(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_changes, "PORTION", 100)
    monkeypatch.setattr(bulk_changes, "MOST", 100)

    def statements(ids: list[UUID]) -> int:
        asked = long_changes.ask_for(
            bulk_changes.Change(BulkChange.Kind.CORRECT, {"tier": 1}),
            ids,
            people.operation,
            by=people.actor("officer"),
            expected=len(ids),
        )
        with CaptureQueriesContext(connection) as queries:
            assert long_changes.do_next_portion(asked.pk)
        return len(queries)

    first, few, many = (
        make_referrals(
            people.operation,
            people.agency,
            [f"https://t.me/demo_{name}{one}" for one in range(number)],
            tier=3,
        )
        for name, number in (("o", 1), ("f", 2), ("m", 100))
    )
    statements(first)  # makes the cell that all enter
    assert statements(few) == statements(many)


def test_one_of_which_no_job_is_left_is_queued_again(officer: Client, ids: list[UUID]) -> None:
    asked = asked_for(officer)
    assert long_changes.forgotten() == []
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE queueing_lock = %s", [long_changes.lock_of(asked)]
        )
        cursor.execute("UPDATE search_longchange SET at = at - interval '1 hour'")
    assert long_changes.forgotten() == [asked]
    tasks.do_portions(str(asked))
    assert long_changes.forgotten() == []
