"""Each request has a name: the caller's own, or one made here; the answer, the problem and the log bear it."""

from __future__ import annotations

import io
import logging
import logging.config
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from takedowns.access.request_ids import RequestIdFilter

HEADER = "X-Request-ID"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/health/",
        "/api/v1/referrals",
        "/api/v1/nothing",
        "/nothing/",
        "/api/v1/problems/internal",
        "/api/v1/schema",
    ],
)
def test_every_answer_bears_the_name_that_was_given(path: str) -> None:
    answer = Client().get(path, headers={HEADER: "case-17:a.b_c"})
    assert answer[HEADER] == "case-17:a.b_c"
    if answer.headers["Content-Type"] == "application/problem+json":
        assert answer.json()["request_id"] == "case-17:a.b_c"


@pytest.mark.django_db
@pytest.mark.parametrize("given", ["", "a b", "x" * 101, "a\r\nb", "é", "<script>", None], ids=repr)
def test_what_is_no_name_is_replaced_by_one_made_here(given: str | None) -> None:
    headers = {} if given is None else {HEADER: given}
    names = {Client().get("/health/", headers=headers)[HEADER] for _ in range(2)}
    assert len(names) == 2
    assert all(len(name) == 32 and name.isalnum() for name in names)


@pytest.mark.django_db
def test_a_failure_is_logged_under_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("broken")

    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["named"]["format"]))
    root = logging.getLogger("takedowns")
    root.addHandler(handler)
    monkeypatch.setattr("takedowns.api.authentication.check", fail)
    try:
        answer = Client(raise_request_exception=False).get(
            "/api/v1/key", headers={HEADER: "broken-1", "Authorization": "Bearer tkd_0123456789_x"}
        )
    finally:
        root.removeHandler(handler)
    assert answer.status_code == 500
    assert answer.json()["request_id"] == "broken-1"
    assert "[broken-1] API incident" in written.getvalue()
