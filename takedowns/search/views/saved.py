"""Keeping how a list is shown, and dropping that again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from takedowns.pages.access import StaffRequest, staff
from takedowns.referrals.shortcuts import operation_or_404
from takedowns.search.saved_views import ViewError, drop_view, keep_view

#: Where one is in the list is not how it is shown.
_PLACE = ("after", "before", "last", "one")


@require_POST
@staff
def view_keep(request: StaffRequest, reference: str) -> HttpResponse:
    """Keep filters and columns under a name."""
    operation = operation_or_404(request, reference)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    for name in _PLACE:
        query.pop(name, None)
    try:
        view = keep_view(request.user, operation, request.POST.get("name", ""), query.urlencode())
    except ViewError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The view “%(name)s” is kept; only you see it.") % {"name": view.name})
    return _back(operation.reference, query)


@require_POST
@staff
def view_drop(request: StaffRequest, reference: str) -> HttpResponse:
    """Drop a view; the list stays as it is shown."""
    operation = operation_or_404(request, reference)
    drop_view(request.user, operation, request.POST.get("name", ""))
    return _back(operation.reference, QueryDict(request.POST.get("query", "")))


def _back(reference: str, query: QueryDict) -> HttpResponse:
    return redirect(f"{reverse('web:referrals', args=[reference])}?{query.urlencode()}")
