"""The lifecycle in the documents is the lifecycle in the code."""

from __future__ import annotations

import pytest
from django.conf import settings

from takedowns.referrals.describe import refresh
from takedowns.referrals.lifecycle import TRANSITIONS


def test_the_architecture_document_shows_todays_lifecycle() -> None:
    document = (settings.BASE_DIR / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert document == refresh(document), "run: manage.py describe_lifecycle"
    for name in TRANSITIONS:
        assert f"| `{name}` |" in document


def test_a_document_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        refresh("# nothing")
