"""Choosing the language of the pages, signed in or not."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from takedowns.directory.models import User


@require_POST
def choose_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language for this browser and, where somebody is signed in, for them; then back to the page."""
    chosen = request.POST.get("language", "")
    user = request.user
    if isinstance(user, User) and chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        user.language = chosen
        user.save(update_fields=["language"])
    return set_language(request)
