"""Files that no record names, as whoever is killed at the wrong moment leaves them, go after a day."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from takedowns.access.actor import SYSTEM, acting_as, placed
from takedowns.directory.keys import create
from takedowns.intake.models import Submission
from takedowns.intake.stray_files import delete_strays, deleted_so_far
from takedowns.intake.tasks import delete_stray_files
from takedowns.operating.doctor import examine
from takedowns.operating.findings import Level
from takedowns.operating.metrics import DatabaseCollector
from tests.intake.queued import handed_in
from tests.people import People

pytestmark = pytest.mark.django_db(transaction=True)


def hand_in_to_the_sandbox(people: People) -> str:
    """Return the name of its file."""
    key = create(name="trial", agency=people.agency, test=True)[1]
    told = Client(headers={"Authorization": f"Bearer {key}"}).post(
        "/api/v1/submissions",
        {"operation": "SANDBOX", "rows": [{"url": "https://t.me/demo_sandbox/1"}]},
        content_type="application/json",
    )
    assert told.status_code == 201, told.content
    with placed(in_sandbox=True), acting_as(SYSTEM):
        return str(Submission.objects.get().content.name)


def test_files_that_no_record_names_go_after_a_day(people: People) -> None:
    media = Path(settings.MEDIA_ROOT)
    named = [media / handed_in(people).content.name, media / hand_in_to_the_sandbox(people)]
    strays = [
        media / "submissions" / "2019" / "11" / ("0" * 64),
        named[0].with_name("1" * 64),
        media / "incoming" / "tmpa",
        Path(settings.EVIDENCE_ROOT) / "incoming" / "tmpb",
    ]
    others = [media / "of-the-operator.txt", Path(settings.EVIDENCE_ROOT) / "aa" / "bb" / ("a" * 64)]
    for one in [*strays, *others]:
        one.parent.mkdir(parents=True, exist_ok=True)
        one.write_text("https://t.me/demo")
    assert delete_strays() == 0, "the record may still come"
    two_days_ago = time.time() - 2 * 86_400
    for one in [*named, *strays, *others]:
        os.utime(one, (two_days_ago, two_days_ago))
    delete_stray_files(0)
    assert [one for one in strays if one.exists()] == []
    assert [one for one in [*named, *others] if not one.exists()] == []
    with acting_as(SYSTEM):
        told = deleted_so_far()
    assert told is not None
    assert (told.files, told.size, told.rounds) == (4, 4 * len("https://t.me/demo"), 1)
    [found] = [one for one in examine() if one.what == "stray files"]
    assert found.level == Level.LOOK
    assert "4 that no record named" in found.said
    figures = {one.name: one.samples[0].value for one in DatabaseCollector().collect() if "stray" in one.name}
    assert figures == {"takedowns_stray_files_deleted": 4, "takedowns_stray_bytes_deleted": told.size}
    assert delete_strays(timezone.now() + timedelta(days=9)) == 0
