"""What a log holds: who and which request by id, the number of an incident; and what it never holds."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from gunicorn.config import Config

from takedowns.access.actor import acting_as
from takedowns.access.origin import coming_from
from takedowns.access.request_ids import RequestIdFilter
from takedowns.installation.logs import Formatter, without_secrets
from takedowns.serving import Logger, access_log_format
from tests.people import People

log = logging.getLogger("takedowns.tests")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(Formatter("json"))
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_when_what_and_who(people: People, written: io.StringIO) -> None:
    key = UUID(int=7)
    with coming_from(f"key {key} 192.0.2.1"), acting_as(people.actor("officer")):
        log.warning("Done with %s", "it")
    (line,) = lines(written)
    assert line.pop("time").endswith("Z")
    assert line == {
        "event": "Done with it",
        "level": "warning",
        "logger": "takedowns.tests",
        "person": str(people.officer.pk),
        "key": str(key),
    }


@pytest.mark.parametrize(("language", "said"), [("en", "the number of the incident"), ("de", "Vorfalls")])
def test_a_page_about_our_fault_bears_the_number_that_the_log_names(
    people: People, written: io.StringIO, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("takedowns.operating.views.service.overview", fail)
    client = Client(raise_request_exception=False)
    client.force_login(people.administrator)
    answer = client.get("/jobs/", headers={"Accept-Language": language, "X-Request-ID": "one-1"})
    assert answer.status_code == 500
    (line,) = [one for one in lines(written) if one["level"] == "error"]
    incident = line["event"].split()[1]
    assert f"<code>{incident}</code>" in answer.content.decode()
    assert said in answer.content.decode()
    assert line["event"] == f"Incident {incident} at /jobs/"
    assert line["request_id"] == "one-1"
    assert line["person"] == str(people.administrator.pk)
    assert line["exception"].endswith("RuntimeError: broken")
    assert people.administrator.email not in written.getvalue()


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET /search/?q=somebody HTTP/1.1", "GET /search/?… HTTP/1.1"),
        ("/invitation/abc.def/ and /wall/xyz/live/?from=1", "/invitation/…/ and /wall/…/live/?…"),
        ("from https://x.example/hand-off/abc.def-_g/", "from https://x.example/hand-off/…/"),
        ("https://t.me/a/1?single", "https://t.me/a/1?…"),
        ('{"path":"/x?q=a","n":1}', '{"path":"/x?…","n":1}'),
        ("Is it running? It is.", "Is it running? It is."),
    ],
)
def test_what_nobody_should_read_is_left_out(text: str, kept: str) -> None:
    assert without_secrets(text) == kept


def test_a_search_is_in_no_line(people: People, written: io.StringIO) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(people.officer)
    logging.getLogger("django.request").warning(
        "Not Found: %s", "/search/?q=verysecret", extra={"status_code": 404}
    )
    client.get("/no/such/page/?q=verysecret")
    assert "verysecret" not in written.getvalue()
    assert any("/no/such/page/" in line["event"] for line in lines(written))


def test_lines_for_people_are_one_line_each() -> None:
    record = logging.LogRecord("takedowns", logging.ERROR, "", 0, "All of %s", ("it",), None)
    line = Formatter("console").format(record)
    assert "\n" not in line
    assert "[error] All of it [takedowns]" in line


def test_gunicorns_log_of_calls_keeps_to_the_same() -> None:
    response = SimpleNamespace(status="200 OK", headers=[], sent=10)
    request = SimpleNamespace(headers=[("REFERER", "https://takedowns.example/search/?q=verysecret")])
    asked = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": "/search/?q=verysecret",
        "PATH_INFO": "/wall/verysecret/live/",
        "QUERY_STRING": "q=verysecret",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_REFERER": "https://takedowns.example/search/?q=verysecret",
    }
    atoms = Logger(Config()).atoms(response, request, asked, timedelta(seconds=1))
    assert "verysecret" not in repr(
        {name: value for name, value in atoms.items() if not name.startswith("{")}
    )
    assert atoms["r"] == "GET /search/?… HTTP/1.1"
    assert "verysecret" not in access_log_format % {**atoms, "{x-request-id}o": "one"}
