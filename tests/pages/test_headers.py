"""What every answer says to the browser, and that folders of files are nobody else's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from takedowns.evidence import store
from tests.clients import SignedIn

pytestmark = pytest.mark.django_db


def test_every_answer_says_what_a_browser_may_do_with_it(signed_in: SignedIn) -> None:
    client = signed_in("officer")
    for address in (reverse("web:operations"), reverse("web:holds"), "/nowhere/", "/api/v1/operations"):
        headers = client.get(address).headers
        assert "camera=()" in headers["Permissions-Policy"], address
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", address
        assert "no-store" in headers["Cache-Control"], address


def test_signing_out_leaves_nothing_of_the_session_in_the_browser(signed_in: SignedIn) -> None:
    client = signed_in("officer")
    assert "Clear-Site-Data" not in client.get(reverse("web:operations")).headers
    assert client.post(reverse("web:sign-out")).headers["Clear-Site-Data"] == '"cache", "storage"'


def test_over_https_the_cookies_are_this_hosts_alone() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            (
                "from takedowns import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE,"
                " s.CSRF_COOKIE_HTTPONLY)"
            ),
        ],
        env=os.environ | {"DEBUG": "0", "HTTPS": "1", "SECRET_KEY": "x" * 40, "ALLOWED_HOSTS": "example.org"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["__Host-sessionid", "__Host-csrftoken", "True", "True"]


def test_folders_of_files_are_the_applications_own(settings: object, tmp_path: Path) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "some" / "evidence"  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "some" / "media"  # type: ignore[attr-defined]
    with store.take(BytesIO(b"seen")) as taken:
        store.keep(taken)
    name = default_storage.save("aa/list.csv", ContentFile(b"x"))
    folders = [one for one in (tmp_path / "some").rglob("*") if one.is_dir()]
    assert len(folders) >= 5
    assert {stat.S_IMODE(one.stat().st_mode) for one in folders} == {0o700}
    assert stat.S_IMODE(Path(default_storage.path(name)).stat().st_mode) == 0o600
