"""The guide for officers, in the language of its reader."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from takedowns.guide.reading import ENGLISH, sections
from takedowns.pages.access import StaffRequest, staff


@staff
def guide(request: StaffRequest) -> HttpResponse:
    """Show the whole guide on one page, so that the browser's own search finds every word of it."""
    language = (get_language() or ENGLISH).split("-")[0]
    whole, *parts = sections(language)
    return render(request, "guide/guide.html", {"whole": whole, "parts": parts})
