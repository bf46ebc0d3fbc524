"""How text is cut into words: alike whether or not a letter of it is beyond ASCII, which takes another way through the function."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.django_db

ASCII = st.text(st.characters(min_codepoint=1, max_codepoint=127), max_size=200)


def cut(text: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT takedowns_cut(%s)", [text])
        return list(cursor.fetchone()[0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Demo_Channel-12/34", ["demo", "channel", "12", "34"]),
        ("ÀLPHA beta", ["alpha", "beta"]),
        ("a" * 70, ["a" * 60]),
        ("é" * 70, ["e" * 60]),
        ("", []),
        ("--- ~~~", []),
        ("x" * 30 + " " + "y" * 5000, ["x" * 30, "y" * 60]),
    ],
)
def test_cuts_into_words(text: str, words: list[str]) -> None:
    assert cut(text) == words


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASCII)
def test_ascii_is_cut_as_it_is_beside_a_letter_with_a_mark(text: str) -> None:
    assert cut(text + " é") == [*cut(text), "e"]
