"""What others wrote is read as it is written: signs that turn the direction of reading stand there, on pages, paper and in files."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.test import Client
from django.urls import reverse

from takedowns.access.actor import SYSTEM, acting_as
from takedowns.orders.document import pdf_of
from takedowns.orders.models import RemovalOrder
from takedowns.orders.writing import OrderText
from takedowns.referrals.corrections import Correction, correct
from takedowns.tabular import safe_cell, shown
from tests.clients import SignedIn, Work
from tests.orders.test_orders_issuing import approved, make_authority, text_of

TURNED = "invoice\u202efdp.exe\u2066\u200f"
READ = "invoice[U+202E]fdp.exe[U+2066][U+200F]"
SIGNS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def test_each_sign_is_written_out_and_nothing_else() -> None:
    assert shown(SIGNS) == "".join(f"[U+{ord(one):04X}]" for one in SIGNS)
    for text in ("", "plain", "قناة الفانوس", "zero\u200dwidth", "é\N{EM DASH}"):
        assert shown(text) == text
    assert safe_cell(f"={TURNED}") == f"'={READ}"


@pytest.fixture
def officer(work: Work, signed_in: SignedIn) -> Client:
    correct([Correction(one, outlet=TURNED, listed_group=TURNED) for one in work.referral_ids[:2]], by=SYSTEM)
    return signed_in("officer")


def test_on_pages_people_read_them_and_forms_keep_what_is_stored(work: Work, officer: Client) -> None:
    one = work.referral_ids[0]
    for name, arguments in (
        ("referral", ["RAD19", one]),
        ("outlets", []),
        ("origin", ["RAD19", one]),
    ):
        page = officer.get(reverse(f"web:{name}", args=arguments)).content.decode()
        assert READ in page, name
        seen = page.replace(f'value="{TURNED}"', "")
        assert "\u202e" not in seen, name
    form = officer.get(reverse("web:origin", args=["RAD19", one])).content.decode()
    assert f'value="{TURNED}"' in form, "what is sent back unchanged stays as it is"


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_in_files_too(work: Work, officer: Client, form: str) -> None:
    content = b"".join(officer.get(reverse("web:referrals-file", args=["RAD19", form])))
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    text = content.decode("utf-8", "replace")
    assert READ in text
    assert "\u202e" not in text


@pytest.mark.django_db
def test_and_on_paper(work: Work) -> None:
    make_authority(work.people)
    [one] = approved(
        work.people, "https://t.me/demo_turned", text=OrderText(("threatens",), f"It says {TURNED}.")
    )
    with acting_as(SYSTEM):
        said = RemovalOrder.objects.get(pk=one).particulars
    assert READ in text_of(pdf_of(said))
