"""The language of a page: as its reader chose, else as the browser asks for. The API speaks English."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers

from takedowns.directory.models import User
from takedowns.pages.routes import API


class LanguageMiddleware:
    """Speaks the language of whoever asks, and says which; stands where the person is known already."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        spoken = language_of(request)
        with translation.override(spoken):
            request.LANGUAGE_CODE = spoken
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", spoken)
        if not request.path_info.startswith(API):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


def language_of(request: HttpRequest) -> str:
    """Return the language to answer in. Programs that use the API compare sentences: those stay as documented."""
    if request.path_info.startswith(API):
        return settings.LANGUAGE_CODE
    if isinstance(request.user, User) and request.user.language in dict(settings.LANGUAGES):
        return request.user.language
    return translation.get_language_from_request(request)
