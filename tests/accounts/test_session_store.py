"""A session that cannot be written: because it was ended meanwhile, or because the database is away. The two are told apart."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.core.handlers.exception import convert_exception_to_response
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from psycopg.conninfo import make_conninfo

from takedowns.accounts.session_store import SessionStore
from takedowns.postgres.cluster import SUPERUSER


def _ask(meanwhile) -> HttpResponse:  # type: ignore[no-untyped-def]
    """Open a page whose view writes something into the session, while something happens to it."""
    store = SessionStore()
    store["list"] = 1
    store.save()

    def page(request: HttpRequest) -> HttpResponse:
        request.session["list"] = 2
        meanwhile(store.session_key)
        return HttpResponse("shown")

    request = RequestFactory().get("/operations/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = str(store.session_key)
    answer = convert_exception_to_response(SessionMiddleware(page))(request)
    assert isinstance(answer, HttpResponse)
    return answer


def _cut_off(_key: str | None) -> None:
    connection.ensure_connection()
    ours = connection.connection.info
    server = make_conninfo(host=ours.host, port=ours.port, dbname="postgres", user=SUPERUSER)
    with psycopg.connect(server, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ours.backend_pid])


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_before_the_session_is_written_signs_nobody_out() -> None:
    try:
        answer = _ask(_cut_off)
    finally:
        connection.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


@pytest.mark.django_db(transaction=True)
def test_a_session_that_was_ended_meanwhile_is_told_as_that() -> None:
    answer = _ask(lambda key: Session.objects.filter(pk=key).delete())
    assert answer.status_code == 400
    said = answer.content.decode()
    assert "You were signed out meanwhile" in said
    assert "may have been recorded" in said, "what the page did was done before the session was written"
