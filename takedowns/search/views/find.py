"""One box that finds anything, and tells what one address names."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from takedowns.access_log.declaring import opens, saw
from takedowns.access_log.vocabulary import What
from takedowns.directory.hosts import declared_hosts
from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.reference import reference_of
from takedowns.search.known import look_up
from takedowns.search.queries import MOST, find_by_words, find_named


@staff
@opens(What.SEARCH)
def find_anything(request: StaffRequest) -> HttpResponse:
    """Go to what was named, or list what was found.

    The box posts, so that an address stands in no log and no history; words go into the address, to be kept and shared.
    """
    posted = request.method == "POST"
    text = (request.POST if posted else request.GET).get("q", "").strip()
    named = find_named(text, request.actor, declared_hosts()) if text else None
    if named is not None and named.one is not None:
        return redirect("web:referral", named.one.operation.reference, named.one.pk)
    if named is not None:
        known = look_up(text, request.actor, others=False)
        saw(request, (one.pk for one in known.referrals), asked=text)
        return render(request, "search/identify.html", {"text": text, "known": known, "referrals": []})
    if posted and text:
        return redirect(f"{reverse('web:find')}?{urlencode({'q': text})}")
    found = find_by_words(text, request.actor)
    saw(request, (one.pk for one in (*found.referrals, *found.outlets)), asked=text)
    return render(
        request,
        "search/find.html",
        {
            "q": text,
            "found": found,
            "most": MOST,
            "rows": [(one, reference_of(one.operation.reference, one.pk)) for one in found.referrals],
        },
    )


@staff
@opens(What.SEARCH)
def identify_address(request: StaffRequest) -> HttpResponse:
    """Answer at once. The address is posted, so that it stands in no log and no history."""
    text = request.POST.get("url", "").strip() if request.method == "POST" else ""
    known = look_up(text, request.actor, others=True) if request.method == "POST" else None
    saw(request, (one.pk for one in known.referrals) if known else (), asked=text)
    referrals = (
        [(one, reference_of(one.operation.reference, one.pk)) for one in known.referrals] if known else []
    )
    template = "search/parts/known.html" if request.htmx else "search/identify.html"
    return render(request, template, {"text": text, "known": known, "referrals": referrals})
