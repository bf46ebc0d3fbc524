"""The list of referrals narrowed by submission, day, language, outlet and person, and as a file."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.referrals.models import Item, Outlet, Referral
from tests.clients import SignedIn, Work
from tests.factories import make_referrals

LIST = reverse("web:referrals", args=["RAD19"])


def file_of(client, file_format: str, query: str = "") -> bytes:
    response = client.get(reverse("web:referrals-file", args=["RAD19", file_format]) + query)
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    return b"".join(response)


def rows_of(client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file_of(client, "csv", query).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("query", "urls"),
    [
        ("?language=AR", ["https://t.me/demo_lantern/12"]),
        ("?outlet=amber lantern", ["https://t.me/demo_lantern/12"]),
        ("?referred_from=2019-11-22&referred_to=2019-11-22", ["https://t.me/demo_lantern/12"]),
        ("?referred_to=2019-11-21", []),
        ("?person=other", []),
        ("?language=ar&status=submitted", ["https://t.me/demo_lantern/12"]),
        ("?language=ar&platform=youtube", []),
        ("?q=nonsense", []),
    ],
)
def test_the_list_and_its_file_show_the_same(
    work: Work, signed_in: SignedIn, query: str, urls: list[str]
) -> None:
    with acting_as(SYSTEM):
        outlet = Outlet.objects.create(name="Amber Lantern")
        one = work.referral("https://t.me/demo_lantern/12")
        Item.objects.filter(pk=one.item_id).update(outlet=outlet)
        # The last minute of the day in Amsterdam, the day before in UTC.
        Referral.objects.filter(pk=one.pk).update(
            language="ar", referred_at=datetime(2019, 11, 22, 22, 59, tzinfo=UTC)
        )
    client = signed_in("officer")
    page = client.get(LIST + query).content.decode()
    assert len(re.findall('class="address-link"', page)) == len(urls)
    assert [row["url"] for row in rows_of(client, query)] == urls
    assert f">{len(urls)} referral" in page or not urls


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("query", ["?platform=telegrm", "?referred_from=yesterday", "?submission=1"])
def test_no_file_holds_more_than_was_asked_for(
    work: Work, signed_in: SignedIn, file_format: str, query: str
) -> None:
    client = signed_in("officer")
    told = client.get(reverse("web:referrals-file", args=["RAD19", file_format]) + query, follow=True)
    assert told.redirect_chain == [(LIST + query, 302)]
    assert "left out" in told.content.decode()


def test_by_submission_and_by_a_colleague_but_not_by_a_person_of_another_agency(
    work: Work, signed_in: SignedIn
) -> None:
    people, client = work.people, signed_in("officer")
    make_referrals(
        people.operation, people.other_agency, ["https://t.me/demo_theirs"], submitted_by=people.other_officer
    )
    of_submission = rows_of(client, f"?submission={work.submission.pk}")
    assert len(of_submission) == len(work.referral_ids) - 1
    assert (
        f"?submission={work.submission.pk}"
        in client.get(reverse("web:submission", args=["RAD19", work.submission.pk])).content.decode()
    )
    assert len(rows_of(client, "?person=officer@example.org")) == len(of_submission)
    assert rows_of(client, "?person=other_officer@example.org") == []
    assert len(rows_of(signed_in("other_officer"), "?person=Other Off")) == 1
    problems = client.get(f"{LIST}?submission=x&referred_from=yesterday").content.decode()
    assert "The submission could not be read" in problems
    assert "“yesterday” is no day" in problems


def test_no_cell_of_a_file_is_a_formula(work: Work, signed_in: SignedIn) -> None:
    with acting_as(SYSTEM):
        Referral.objects.filter(pk=work.referral_ids[0]).update(listed_group="=HYPERLINK(1)")
    client = signed_in("officer")
    assert rows_of(client)[0]["listed_group"].startswith("'=")
    content = file_of(client, "xlsx")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == len(work.referral_ids) + 1
    assert rows[1][rows[0].index("listed_group")] == "'=HYPERLINK(1)"
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet


def test_another_format_or_operation_is_not_there(work: Work, signed_in: SignedIn) -> None:
    address = reverse("web:referrals-file", args=["RAD19", "csv"])
    assert signed_in("officer").get(address.replace("csv", "pdf")).status_code == 404
    assert signed_in("absent_officer").get(address).status_code == 404
    assert signed_in("platform_contact").get(address).status_code == 403
