"""Real URLs, as a submission: every row of the corpus gets an outcome that explains it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.identity import Identity, identify
from takedowns.intake.models import Outcome, Submission, SubmissionRow
from takedowns.intake.receive import Loading, receive
from takedowns.referrals.models import Referral
from tests.people import People


@pytest.fixture
def urls(corpus: Path) -> list[str]:
    lines = (corpus / "identify.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines[1:]]


def test_each_real_url_is_referred_or_says_why_not(people: People, urls: list[str]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(
        [["URL", "Note"], *([url, f"row {number}"] for number, url in enumerate(urls))]
    )
    received = receive(
        operation=people.operation,
        agency=people.agency,
        user=people.officer,
        source=Submission.Source.FILE,
        filename="corpus.csv",
        content=text.getvalue().encode(),
        loading=Loading.HERE,
    )
    with acting_as(SYSTEM):
        rows = list(SubmissionRow.objects.filter(submission=received.submission).order_by("line"))
        referrals = set(Referral.objects.values_list("item_id", flat=True))
    assert [row.url for row in rows] == urls, "no row is lost, and each keeps its spelling"
    for row in rows:
        match row.outcome:
            case Outcome.NEW:
                assert row.item_id in referrals
            case Outcome.REPEATED:
                assert row.first_line is not None
                assert row.first_line < row.line
                assert row.item_id in referrals
            case Outcome.UNKNOWN_PLATFORM:
                assert row.domain
                assert row.message
            case Outcome.INVALID:
                assert row.reason
                assert row.message
            case _:
                pytest.fail(f"{row.url}: {row.outcome}")
    assert sum(received.submission.counts.values()) == len(urls)
    # The same by another way: identity alone, one URL at a time.
    found = [
        result for url in urls if isinstance(result := identify(url), Identity) and result.platform != "web"
    ]
    assert referrals == {identity.id for identity in found}
    assert Counter(row.outcome for row in rows)[Outcome.NEW] == len(referrals)
