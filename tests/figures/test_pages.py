"""The figures' pages and files: who gets them, what stands in them, and that they stay few statements."""

from __future__ import annotations

import io
import json
import re
from xml.etree.ElementTree import fromstring

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.figures import kept
from takedowns.figures.detail import detail_of
from takedowns.figures.detail_measures import DETAIL_MEASURES
from takedowns.figures.exports import FORMATS, Row
from takedowns.figures.exports.dictionary import COLUMNS
from takedowns.figures.templatetags.figures import figure
from takedowns.referrals.models import Operation
from takedowns.referrals.transitions import apply_to_all
from tests.clients import SignedIn, Work
from tests.web import access
from tests.web.test_query_counts import MOST_OF_ANY, OF_THE_TEST

FIGURES = "/operations/RAD19/figures/"
CHARTS = ("hours", "outcomes", "times", "seen", "resurfacing", "displacement", "still-online", "reasons")


def test_files_are_for_those_of_the_operation(work: Work, signed_in: SignedIn) -> None:
    files = {
        "report.csv": "figures-report",
        "report.json": "figures-report",
        "charts/outcomes.svg": "figures-chart",
        "charts/displacement.csv": "figures-chart",
    }
    pinned = access.pinned()
    for person in access.COLUMNS:
        client = signed_in(person)
        for address, page in files.items():
            response = client.get(FIGURES + address)
            assert access.word(response) == pinned[page]["GET"][person], (person, address)
            if response.status_code == 200:
                assert "no-store" in response["Cache-Control"], (person, address)


def test_every_format_and_chart_is_a_file(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    begins = {"csv": b"\xef\xbb\xbf", "json": b"{", "jsonstat": b"{", "xlsx": b"PK", "pdf": b"%PDF"}
    for name in FORMATS:
        response = client.get(f"{FIGURES}report.{name}")
        assert response.content.startswith(begins[name]), name
        assert "attachment" in response["Content-Disposition"]
    for chart in CHARTS:
        assert client.get(f"{FIGURES}charts/{chart}.png").content.startswith(b"\x89PNG"), chart
        drawn = client.get(f"{FIGURES}charts/{chart}.svg").content
        root = fromstring(drawn)
        assert root.find(".//{http://www.w3.org/2000/svg}title") is not None
        assert b"var(--" not in drawn  # a picture on its own has its colours with it
        assert client.get(f"{FIGURES}charts/{chart}.csv").content.startswith(b"\xef\xbb\xbf")
    assert client.get(f"{FIGURES}charts/nonsense.svg").status_code == 404
    assert client.get(f"{FIGURES}charts/hours.exe").status_code == 404
    assert client.get(f"{FIGURES}report.exe").status_code == 404


def test_the_report_is_the_boards_figures(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    report = json.loads(client.get(f"{FIGURES}report.json").content)
    assert report["figures"]["total"]["handed_in"] == len(work.referral_ids)
    book = CalamineWorkbook.from_filelike(io.BytesIO(client.get(f"{FIGURES}report.xlsx").content))
    assert book.sheet_names == [
        "Figures",
        "Hours",
        "Platforms' own counts",
        "Came back",
        "Closer",
        "Definitions",
    ]


def test_a_past_moment_is_the_same_to_the_byte(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    address = f"{FIGURES}report.csv?as_of=2020-01-01T00:00:00Z"
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    refused = client.get(f"{FIGURES}report.csv?as_of=2099-01-01T00:00:00Z")
    assert refused.status_code == 422
    assert "still to come" in refused.content.decode()
    assert client.get(f"{FIGURES}report.csv?as_of=nonsense").status_code == 422


PARTS = (
    "",
    "?by=agency",
    "?by=outlet",
    "?platform=telegram",
    "?kind=video&exact=1",
    "?from=2019-01-01&by=day",
    "?language=en",
    "?provider=google",
    "?outlet=Amber+Lantern",
    "?tier=4&instrument=referral",
    "came-back/",
    "closer/",
    "compare/?with=RAD20",
    "compare/?from=2019-11-21&with_to=2019-11-22",
)


def test_no_part_takes_more_statements_than_a_page_may(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="RAD20", name="Another", starts="2020-01-01")
        other.agencies.set([work.people.agency])
    for part in PARTS:
        client.get(FIGURES + part)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(FIGURES + part)
        assert response.status_code == 200, part
        assert len(queries) - OF_THE_TEST <= MOST_OF_ANY, (part, len(queries))


def test_the_closer_look_tells_every_figure_with_what_it_means(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    page = client.get(f"{FIGURES}closer/").content.decode()
    with acting_as(work.people.actor("officer")):
        found = detail_of(work.people.operation, SYSTEM)
    assert found.values["rows_handed_in"]
    for name, measure in DETAIL_MEASURES.items():
        told = re.search(
            rf'{re.escape(measure.label)}</a></th>\s*<td class="number">(?:<a [^>]*>)?([^<]*?) ?<', page
        )
        assert told is not None, name
        assert told[1] == figure(found.values[name]), name
        assert escape(measure.definition) in page, name
    assert f"{FIGURES}closer/" in client.get(FIGURES).content.decode()
    reasons = client.get(f"{FIGURES}charts/reasons.csv").content.decode()
    assert f"Declined: other,{found.values['declined_other']}" in reasons
    assert page.count('scope="col" class="number">Of<') == 1, "the picture of shares"
    before = client.get(f"{FIGURES}closer/?as_of=2000-01-01T00:00").content.decode()
    assert re.search(r'Not even acknowledged</a></th>\s*<td class="number">0</td>', before)
    assert client.get(f"{FIGURES}closer/?as_of=2099-01-01T00:00").status_code == 422


def test_what_is_read_one_by_one_is_kept_until_something_changes_and_for_whom_it_was_read(
    work: Work, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[str] = []
    for name in ("detail", "resurfacing"):
        real = getattr(kept, f"settled_{name}")
        monkeypatch.setattr(
            kept,
            f"settled_{name}",
            lambda *given, real=real, name=name, **more: (reads.append(name), real(*given, **more))[1],
        )
    client = signed_in("officer")
    pages = [
        f"{FIGURES}closer/",
        f"{FIGURES}came-back/",
        f"{FIGURES}charts/reasons.csv",
        f"{FIGURES}charts/displacement.csv",
    ]
    for _ in range(2):
        for page in pages:
            assert client.get(page).status_code == 200
    for _ in range(2):  # the log's horizon may move past the last event once
        before = client.get(pages[0]).content.decode()
    assert len(reads) <= 4
    count = len(reads)
    assert signed_in("auditor").get(pages[0]).status_code == 200
    assert len(reads) == count + 1, "another who asks sees other rows"
    referred = work.referral_ids[0]
    apply_to_all("approve", [referred], by=SYSTEM, exemptions_checked=True)
    apply_to_all("refer", [referred], by=SYSTEM)
    apply_to_all("decline", [referred], by=SYSTEM, decline_reason="not_found")
    after = client.get(pages[0]).content.decode()
    line = 'Declined: not found</th><td class="number">{}</td>'
    assert line.format(0) in before
    assert line.format(1) in after


def test_filters_are_the_address(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")

    def handed_in(query: str) -> int:
        lines = (
            client.get(f"{FIGURES}charts/table-handed-in.csv{query}").content.decode("utf-8-sig").splitlines()
        )
        assert lines[0].split(",")[2] == "handed_in"
        return int(lines[-1].split(",")[2])

    whole = handed_in("")
    assert whole == len(work.referral_ids)
    parts = [handed_in(f"?platform={slug}") for slug in ("telegram", "youtube", "twitter")]
    assert sum(parts) == whole
    assert handed_in("?platform=telegram&by=kind") == parts[0]
    assert handed_in("?platform=telegram&platform=youtube") == parts[0] + parts[1]
    assert handed_in("?from=2000-01-01&to=2000-01-02") == 0
    assert handed_in("?from=2000-01-01") == whole


def test_what_means_nothing_is_said_and_left_out(work: Work, signed_in: SignedIn) -> None:
    client = signed_in("officer")
    page = client.get(f"{FIGURES}?platform=nonsense&from=32.13.2019&as_of=x&by=y").content.decode()
    for sentence in ("“nonsense” is not known here", "is no day", "is no moment", "“y” is not known"):
        assert sentence in page
    # A file with other figures than asked for would be worse than none.
    assert client.get(f"{FIGURES}charts/hours.csv?platform=nonsense").status_code == 422
    assert client.get(f"{FIGURES}?as_of=2099-01-01T00:00").status_code == 422


def test_a_comparison_shows_only_operations_one_may_see(work: Work, signed_in: SignedIn) -> None:
    with acting_as(SYSTEM):
        other = Operation.objects.create(reference="SECRET20", name="Not theirs", starts="2020-01-01")
        other.agencies.set([work.people.absent_agency])
    client: Client = signed_in("officer")
    page = client.get(reverse("web:figures-compare", args=["RAD19"]) + "?with=SECRET20").content.decode()
    assert '<option value="SECRET20"' not in page
    assert "Not theirs" not in page
    assert "There is no operation “SECRET20”" in page
    assert "Not theirs" in signed_in("auditor").get(f"{FIGURES}compare/?with=SECRET20").content.decode()


def test_the_dictionary_explains_every_column_and_measure(work: Work, signed_in: SignedIn) -> None:
    assert {*COLUMNS} == {*Row._fields}
    text = signed_in("officer").get(f"{FIGURES}dictionary.csv").content.decode("utf-8-sig")
    for name in (
        "handed_in",
        "p90_time_to_action",
        "self_report",
        "outlets_back",
        "median_move",
        "as_of_utc",
    ):
        assert f",{name}," in text
