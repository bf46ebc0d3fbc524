"""The one box that finds anything: from every page, by address, reference, handle or words."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from takedowns.finding.search import MOST, find_by_words, find_named
from takedowns.referrals.reference import reference_of
from takedowns.web.access import StaffRequest, staff
from takedowns.web.reading.known import look_up
from takedowns.web.reading.offers import declared_hosts


@staff
def find_anything(request: StaffRequest) -> HttpResponse:
    """Go to what was named, or list what was found.

    The box posts, so that an address stands in no log and no history; words go into the address, to be kept and shared.
    """
    posted = request.method == "POST"
    text = (request.POST if posted else request.GET).get("q", "").strip()
    named = find_named(text, request.asker, declared_hosts()) if text else None
    if named is not None and named.one is not None:
        return redirect("web:referral", named.one.operation.reference, named.one.pk)
    if named is not None:
        known = look_up(text, request.asker)
        return render(request, "web/identify.html", {"text": text, "known": known, "referrals": []})
    if posted and text:
        return redirect(f"{reverse('web:find')}?{urlencode({'q': text})}")
    found = find_by_words(text, request.asker)
    return render(
        request,
        "web/find.html",
        {
            "q": text,
            "found": found,
            "most": MOST,
            "rows": [(one, reference_of(one.operation.reference, one.pk)) for one in found.referrals],
        },
    )
