"""Where a fault of security is reported: /.well-known/security.txt (RFC 9116)."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings

from tests.test_settings import GOOD, ROOT

ADDRESS = "/.well-known/security.txt"


@override_settings(
    SECURITY_CONTACT=["mailto:security@example.org", "https://example.org/report"],
    SITE_URL="https://takedowns.example",
)
def test_it_says_who_is_told_and_until_when_that_holds(client: Client) -> None:
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    *contacts, expires, canonical = answer.content.decode().splitlines()
    assert contacts == ["Contact: mailto:security@example.org", "Contact: https://example.org/report"]
    assert canonical == f"Canonical: https://takedowns.example{ADDRESS}"
    until = datetime.fromisoformat(expires.removeprefix("Expires: "))
    assert timedelta(days=90) < until - datetime.now(UTC) < timedelta(days=365), "RFC 9116, 2.5.5"


def test_where_nobody_is_named_there_is_none(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404


@pytest.mark.parametrize("wrong", ["security@example.org", "http://example.org/report"])
def test_an_address_that_may_not_stand_there_is_refused_at_the_start(wrong: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, **GOOD, "DEBUG": "0", "SECURITY_CONTACT": wrong},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert wrong in done.stderr.strip().splitlines()[-1]
