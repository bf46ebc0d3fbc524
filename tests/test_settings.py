"""Settings refuse to start unsafely. Each case in a process of its own, since settings are read once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from takedowns.installation import document

ROOT = Path(__file__).resolve().parent.parent
GOOD = {"SECRET_KEY": "x" * 50, "ALLOWED_HOSTS": "takedowns.example"}


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "VIRTUAL_ENV"}}
    code = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG, settings.SESSION_COOKIE_SECURE)"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**kept, "DJANGO_SETTINGS_MODULE": "takedowns.settings", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "SECRET_KEY"),
        ({**GOOD, "SECRET_KEY": "only-for-development-and-the-demo"}, "SECRET_KEY"),
        ({**GOOD, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 50}, "ALLOWED_HOSTS"),
        ({**GOOD, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({**GOOD, "ALLOWED_HOSTS": "takedowns.example,*.example"}, "ALLOWED_HOSTS"),
        ({**GOOD, "ALLOWED_HOSTS": ".example"}, "ALLOWED_HOSTS"),
    ],
)
def test_without_debug_it_refuses_what_is_unsafe_and_says_what_to_set(
    environment: dict[str, str], says: str
) -> None:
    done = start(**environment)
    assert done.returncode != 0
    assert says in done.stderr.strip().splitlines()[-1]


def test_with_a_secret_and_hosts_it_starts_and_its_cookies_are_secure() -> None:
    done = start(**GOOD)
    assert (done.returncode, done.stdout.strip()) == (0, "False True"), done.stderr


def test_a_developer_starts_with_debug_alone() -> None:
    assert start(DEBUG="1").stdout.strip() == "True False"


def test_every_setting_is_described_and_nothing_else() -> None:
    said = {name for of in document.described().values() for name in of}
    # Read before the settings, or by the embedded server.
    assert said ^ {*document.read_by_settings()} == {"VAR_DIR", "POSTGRES_BIN_DIR"}
    assert all(one["meaning"] for of in document.described().values() for one in of.values())


def test_the_page_of_settings_and_the_example_file_are_current() -> None:
    again = "run python -m takedowns.installation.document"
    groups = document.variables()
    assert document.SETTINGS.read_text(encoding="utf-8") == document.settings_page(groups), again
    assert document.ENVIRONMENT.read_text(encoding="utf-8") == document.environment_file(groups), again


def test_the_example_file_starts_an_installation_that_has_a_secret(tmp_path: Path) -> None:
    lines = document.ENVIRONMENT.read_text(encoding="utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(given) == set(document.REQUIRED)
    assert "SECRET_KEY is missing" in start(**given).stderr
    assert start(**{**given, "SECRET_KEY": "x" * 50, "VAR_DIR": str(tmp_path)}).stdout.strip() == "False True"
