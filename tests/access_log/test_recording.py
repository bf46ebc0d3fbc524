"""Who looked: every page and call that shows something writes one entry, in the transaction that gives it, or it is not given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.access_log.declaring import Opens, declared_of
from takedowns.access_log.models import Look
from takedowns.access_log.partitions import forget, prepare
from takedowns.access_log.recording import keyed
from takedowns.access_log.vocabulary import What
from takedowns.api.urls import urlpatterns as api_patterns
from takedowns.directory import keys
from takedowns.directory.models import Membership, Scope
from takedowns.referrals.models import Referral
from takedowns.wallboard.services import make_link, token_of
from takedowns.web.admin_site import site as admin_site
from takedowns.web.urls import urlpatterns as web_patterns
from tests.clients import SignedIn, Work
from tests.factories import undone
from tests.people import People
from tests.web import access
from tests.web.test_access_table import arguments  # noqa: F401 - a fixture

_ACTS = "only acts and sends elsewhere: what it does is an event or an entry of the ledger"
_FORM = "an empty form: shows nothing of anybody"
_PUBLIC = "the same for everybody, signed in or not"
#: Pages and calls that open nothing that is recorded, each with the reason: the reviewed list.
NOTHING_OPENED = {
    **dict.fromkeys(
        (
            "answers-confirm",
            "answers-discard",
            "bulk-undo",
            "bulk-long-stop",
            "deconfliction-again",
            "deconfliction-end",
            "deconfliction-pause",
            "desk-answers-confirm",
            "desk-answers-discard",
            "desk-invitation-revoke",
            "hand-off-link-revoke",
            "hold-release",
            "host-take-back",
            "invitation-revoke",
            "job-try-again",
            "key-revoke",
            "message-end",
            "message-read",
            "news-choose",
            "news-read",
            "operation-reopen",
            "preview-confirm",
            "preview-discard",
            "pictures-choose",
            "preview-platform",
            "reminder-again",
            "reminder-switch",
            "review-leave",
            "review-take-back",
            "view-drop",
            "view-keep",
            "wall-revoke",
            "webhook-ping",
            "webhook-remove",
            "webhook-replay",
        ),
        _ACTS,
    ),
    **dict.fromkeys(
        (
            "hand-in-template",
            "platform-make",
            "key-make",
            "listed-group-add",
            "look-again-schedule",
            "desk-alerts",
            "duty-take-back",
            "other-host-look-up",
        ),
        _FORM,
    ),
    **dict.fromkeys(
        (
            "health",
            "livez",
            "readyz",
            "security-txt",
            "language",
            "sign-in",
            "sign-out",
            "invitation",
            "ledger-keys",
            "witness-add",
            "hand-off",
            "hand-off-leave",
            "hand-off-link",
            "figures-dictionary",
            "figures-definitions",
            "desk-help",
            "shortcuts",
            "guide",
        ),
        _PUBLIC,
    ),
    **dict.fromkeys(
        ("token", "token-revocation", "certificate"),
        "of the calling program itself; what it does with a token is recorded as done with its key",
    ),
    **dict.fromkeys(("schema", "collection", "docs", "problem", "nowhere"), _PUBLIC),
    "hand-in": "an empty form, or one’s own list that is not submitted yet",
    **dict.fromkeys(("session", "session-live"), "seconds of one’s own session"),
    "typed": "what one typed oneself, and was not done",
    "bulk-long-progress": "numbers, asked for every two seconds by the page of the change, which is recorded",
    "submission-progress": "a number of rows, asked for every second by the page of the submission, which is recorded",
    "operation-close": "how many referrals stand where, to whoever may close it: no more than the board, which is recorded",
    "places-waiting": "numbers beside the places of a page that is recorded",
    "retention": "what is kept how long, and how many rows are due",
}
#: Lists that name what they show; the other pages show sums, set-up or one thing.
LISTS = {
    What.REFERRALS,
    What.SUBMISSIONS,
    What.ORDERS,
    What.HOLDS,
    What.COMPLAINTS,
    What.OUTLETS,
    What.PEOPLE,
}
#: Of these there is nothing to list in the test's operation, or not for that person.
MAY_BE_EMPTY = {
    "mentions",  # nobody mentions the cast here
    "orders-preserved",  # the cast's orders are not followed yet; with one: tests/orders/test_preservation.py
    "review",
    "review-many",
    "returned",
    "look-again",
    "look-again-many",
    "still-online",
    "conflicts",
    "bulk",
}
WHO = ("officer", "coordinator", "auditor", "administrator", "platform_contact", "other_officer")


def opened_by(pattern: URLPattern) -> Opens | None:
    """Return what a route declares, of a page or a call."""
    return declared_of(pattern.callback) or getattr(getattr(pattern.callback, "cls", None), "opens", None)


def looks() -> list[Look]:
    with acting_as(SYSTEM):
        return list(Look.objects.order_by("at", "id"))


def test_each_page_and_call_declares_what_it_opens_or_stands_on_the_list() -> None:
    routes = [*web_patterns, *api_patterns]
    undeclared = {str(one.name) for one in routes if opened_by(one) is None}
    assert undeclared == NOTHING_OPENED.keys()


def test_each_page_of_the_admin_site_declares_what_it_opens_too() -> None:
    found = [*_routes(admin_site.get_urls())]
    undeclared = {str(one.name) for one in found if opened_by(one) is None}
    assert {name for name in undeclared if not name.endswith("_add")} == {
        *(
            "index",
            "app_list",
            "login",
            "logout",
            "password_change",
            "password_change_done",
        ),  # show nobody's rows
        *("autocomplete", "jsi18n"),  # no field here is completed
        "None",  # an older address, that sends elsewhere; and what leads nowhere
    }
    assert {opened.what for one in found if (opened := opened_by(one))} == {
        *(What.REFERRALS, What.REFERRAL, What.PEOPLE, What.ADMINISTRATION)
    }


def _routes(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _routes(one.url_patterns)
        else:
            yield one


def test_a_part_of_the_address_that_a_page_names_is_there() -> None:
    wrong = [
        one.name
        for one in web_patterns
        if (opened := opened_by(one)) and opened.by and f":{opened.by}>" not in str(one.pattern)
    ]
    assert wrong == []


@pytest.mark.parametrize("person", WHO)
def test_each_page_that_is_given_writes_one_entry_and_no_other_does(
    person: str,
    work: Work,
    signed_in: SignedIn,
    arguments: dict[str, list[Any]],  # noqa: F811
) -> None:
    client, told = signed_in(person), {}
    who = getattr(work.people, person)
    for name, pattern in access.pages().items():
        address = reverse(f"web:{name}", args=arguments[name]) + access.QUERIES.get(name, "")
        with undone():
            response: Any = client.get(address)
            b"".join(response)
            told[name] = response.status_code, looks(), opened_by(pattern)
    wrong = []
    for name, (status, found, opened) in told.items():
        if status != 200 or opened is None:
            wrong += [(name, status, found)] if found else []
            continue
        if [(one.person_id, one.view, one.what) for one in found] != [(who.pk, f"web:{name}", opened.what)]:
            wrong.append((name, status, found))
        elif opened.by and found[0].subject != str(
            dict(zip(_names(name), arguments[name], strict=True))[opened.by]
        ):
            wrong.append((name, found[0].subject, opened))
        elif (
            person == "officer"
            and opened.what in LISTS
            and not (opened.by or found[0].count or name in MAY_BE_EMPTY)
        ):
            wrong.append((name, "names nothing of what it shows", person))
    assert wrong == []
    assert any(found for _status, found, _opened in told.values())


def _names(page: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", str(access.pages()[page].pattern))


def test_a_list_is_one_entry_with_a_digest_that_anybody_can_compute(work: Work, signed_in: SignedIn) -> None:
    signed_in("officer").get("/operations/RAD19/referrals/")
    [found] = looks()
    ids = "\n".join(sorted(str(one) for one in work.referral_ids))
    assert (found.count, bytes(found.digest)) == (
        len(work.referral_ids),
        hashlib.sha256(ids.encode()).digest(),
    )
    assert (found.subject, found.referral_id, found.operation, found.is_file) == ("", None, "RAD19", False)


def test_a_list_taken_as_a_file_is_recorded_before_it_is_sent(work: Work, signed_in: SignedIn) -> None:
    response: Any = signed_in("officer").get("/operations/RAD19/referrals/list.csv")
    [found] = looks()  # nothing of it was read yet
    content = b"".join(response).decode("utf-8-sig")
    assert found.is_file
    assert found.count == len(content.splitlines()) - 1 == len(work.referral_ids)


def test_what_was_searched_for_stands_nowhere_in_clear_and_can_be_asked_for(
    work: Work, signed_in: SignedIn
) -> None:
    client = signed_in("officer")
    client.get("/find/", {"q": "Amber  Lantern"})
    client.post("/identify/", {"url": "https://t.me/demo_lantern/12"})
    by_words, by_address = looks()
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT look::text FROM access_log_look AS look")
        told = " ".join(row[0] for row in cursor.fetchall())
    assert "mber" not in told
    assert "demo_lantern" not in told
    assert bytes(by_words.asked) == keyed("amber lantern")
    assert bytes(by_address.asked) == keyed("https://t.me/demo_lantern/12")
    assert by_address.referral_id is None
    assert (by_words.what, by_address.what) == ("search", "search")


def test_a_call_is_recorded_by_its_key(work: Work) -> None:
    key, secret = keys.create(
        name="Case system", agency=work.people.agency, scopes=[Scope.SUBMISSIONS_READ, Scope.IDENTIFY]
    )
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/submissions").status_code == 200
    assert client.get("/api/v1/identify", {"url": "https://t.me/demo_lantern/12"}).status_code == 200
    assert client.get("/api/v1/submissions/00000000-0000-0000-0000-000000000000").status_code == 404
    listed, asked = looks()
    assert (listed.view, listed.what, listed.subject) == (
        "api:submissions GET",
        "submissions",
        str(work.submission.pk),
    )
    assert {(one.key_id, one.person_id, one.agency_id) for one in (listed, asked)} == {
        (key.pk, None, work.people.agency.pk)
    }
    assert bytes(asked.asked) == keyed("https://t.me/demo_lantern/12")
    assert listed.origin.startswith(f"key {key.pk} ")


def test_a_screen_on_the_wall_is_recorded_by_its_link(work: Work, signed_in: SignedIn) -> None:
    people = work.people
    link = make_link(
        people.operation,
        name="Room",
        expires_at=timezone.now() + timedelta(hours=1),
        by=people.actor("coordinator"),
    )
    assert Client().get(f"/wall/{token_of(link)}/").status_code == 200
    assert signed_in("officer").get(f"/wall/{token_of(link)}/").status_code == 200
    assert [(one.what, one.subject, one.operation, one.person_id) for one in looks()] == [
        ("figures", str(link.pk), "RAD19", None)
    ] * 2


def test_what_did_not_change_and_what_is_refused_is_no_look(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    live = client.get("/operations/RAD19/live/")
    client.get("/operations/RAD19/live/", headers={"If-None-Match": live["ETag"]})
    client.get("/people/")  # refused
    client.get("/operations/NOWHERE/referrals/")
    assert [one.view for one in looks()] == ["web:board-live"]


@contextmanager
def _log_that_takes_nothing() -> Iterator[None]:
    with connections["owner"].cursor() as owner:
        owner.execute("ALTER TABLE access_log_look ADD CONSTRAINT full_up CHECK (view = 'x') NOT VALID")
        try:
            yield
        finally:
            owner.execute("ALTER TABLE access_log_look DROP CONSTRAINT full_up")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_page_and_no_answer_without_an_entry(work: Work, signed_in: SignedIn) -> None:
    people = work.people
    _key, secret = keys.create(name="Case system", agency=people.agency, scopes=[Scope.SUBMISSIONS_READ])
    client, program = signed_in("officer"), Client(headers={"Authorization": f"Bearer {secret}"})
    client.raise_request_exception = False  # as a browser has it
    address = f"/operations/RAD19/referrals/{work.referral_ids[0]}/"
    assert client.get(address).status_code == 200
    with _log_that_takes_nothing():
        page, call, file = (
            client.get(address),
            program.get("/api/v1/submissions"),
            client.get("/operations/RAD19/referrals/list.csv"),
        )
        acted = client.post(address + "hold/", {"on": "item", "reason": "", "ends_at": "2099-01-01T00:00"})
    for one in (page, file, acted):
        assert (one.status_code, one["Retry-After"]) == (503, "60")
        assert "that record cannot be written" in one.content.decode()
        assert "t.me" not in one.content.decode()
    assert (call.status_code, call.json()["type"]) == (503, "/api/v1/problems/not-recorded")
    assert "submissions" not in call.json()
    assert client.get(address).status_code == 200


def _look(person: Any, **given: Any) -> None:
    Look.objects.create(person_id=person.pk, roles="", origin="", view="x", what="referral", **given)


def test_whose_page_it_is_reads_it(work: Work, signed_in: SignedIn) -> None:
    people = work.people
    with acting_as(SYSTEM):
        Membership.objects.create(user=people.reviewer, agency=people.agency, role="coordinator")
        theirs = Referral.objects.all()[0]
    with acting_as(people.actor("officer")):
        _look(people.officer, referral_id=theirs.pk)
        _look(people.officer)
    seen = {}
    for name in ("officer", "reviewer", "coordinator", "other_officer", "auditor", "platform_contact"):
        with acting_as(people.actor(name)):
            seen[name] = Look.objects.count()
    # The reviewer now coordinates the referral's agency; the coordinator is of another.
    assert seen == {
        "officer": 2,
        "reviewer": 1,
        "coordinator": 0,
        "other_officer": 0,
        "auditor": 2,
        "platform_contact": 0,
    }


_PUT = (
    "INSERT INTO access_log_look (person_id, roles, origin, view, what, operation, subject, count, is_file)"
)


def test_nobody_changes_a_look_or_puts_one_into_another_name(people: People) -> None:
    with acting_as(people.actor("officer")):
        _look(people.officer)
    tried = (
        (f"UPDATE access_log_look SET view = 'y' WHERE person_id = '{people.officer.pk}'", "officer"),
        ("DELETE FROM access_log_look", "officer"),
        ("DELETE FROM access_log_look", "administrator"),
        ("TRUNCATE access_log_look", "administrator"),
        ("SELECT * FROM access_log.rest", "administrator"),
        ("SELECT takedowns_forget_access_log(now())", "officer"),
        ("SELECT takedowns_prepare_access_log(1)", "officer"),
        (
            f"{_PUT} VALUES ('{people.reviewer.pk}', '', '', 'x', 'x', '', '', 0, false)",
            "officer",
        ),
    )
    for statement, name in tried:
        with (
            pytest.raises(ProgrammingError),
            transaction.atomic(),
            acting_as(people.actor(name)),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert len(looks()) == 1


def _where() -> list[str]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM access_log_look ORDER BY at")
        return [row[0] for row in cursor.fetchall()]


def test_months_are_made_ahead_take_what_came_before_them_and_go_as_a_whole(people: People) -> None:
    now = timezone.now()
    with acting_as(SYSTEM):
        _look(people.officer, at=now)
        _look(people.officer, at=now + timedelta(days=400))  # of which there is no month yet
    assert _where() == ["access_log.rest"] * 2
    assert prepare(1) == 2
    assert prepare(1) == 0
    assert _where() == [f"access_log.month_{now:%Y_%m}", "access_log.rest"]
    with acting_as(SYSTEM):
        _look(people.officer, at=now)
    assert _where().count(f"access_log.month_{now:%Y_%m}") == 2
    assert forget(now) == 0
    assert len(looks()) == 3
    assert forget(now + timedelta(days=365 * 3)) == 2
    assert looks() == [] or [one.at > now for one in looks()] == [True]
    assert prepare(1) == 2
