"""Addresses that are put together once: the same as Django's, whoever asks, however the application is mounted."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.template import engines
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from django.urls.base import get_script_prefix, set_script_prefix

from takedowns.pages.addresses import address_of

ONE = UUID("01a22744-4eee-7feb-8330-991ba3e9d882")


def _written(text: str, **context: object) -> str:
    return str(engines["django"].from_string(text).render(context, RequestFactory().get("/")))


def test_an_address_is_that_of_django_asked_once_or_again() -> None:
    expected = f"/operations/RAD19/referrals/{ONE}/"
    for _ in range(2):
        assert (
            address_of("web:referral", "RAD19", ONE)
            == reverse("web:referral", args=["RAD19", ONE])
            == expected
        )
        assert address_of("web:referral", reference="RAD19", referral_id=ONE) == expected
        assert _written("{% url 'web:referral' 'RAD19' one %}", one=ONE) == expected
        assert _written("{% url 'web:board' reference=where %}", where="RAD19") == "/operations/RAD19/"


def test_arguments_that_are_equal_and_written_differently_are_told_apart() -> None:
    assert address_of("web:board", 1) == "/operations/1/"
    assert address_of("web:board", True) == "/operations/True/"
    assert address_of("web:board", "1") == "/operations/1/"


def test_an_address_follows_where_the_application_is_mounted() -> None:
    before = get_script_prefix()
    assert address_of("web:home") == "/"
    set_script_prefix("/takedowns/")
    try:
        assert address_of("web:home") == "/takedowns/"
        assert _written("{% url 'web:board' 'RAD19' %}") == "/takedowns/operations/RAD19/"
    finally:
        set_script_prefix(before)
    assert address_of("web:home") == "/"


def test_a_page_that_is_not_there_is_an_error_or_nothing_as_with_django() -> None:
    with pytest.raises(NoReverseMatch):
        _written("{% url 'web:nowhere' %}")
    with pytest.raises(NoReverseMatch):
        address_of("web:board", ["no", "key"])
    assert _written("{% url 'web:nowhere' as there %}[{{ there }}]") == "[]"
    assert _written("{% url 'web:home' as there %}[{{ there }}]") == "[/]"
