"""The addresses of the pages of notices."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.notices.views import messages, news
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("what-changed/", news.what_changed, name="news"),
    path("what-changed/read/", news.read, name="news-read"),
    path("what-changed/choose/", news.choose, name="news-choose"),
    path(f"{OPERATION}messages/", messages.all_messages, name="messages"),
    path(f"{OPERATION}messages/<uuid:message_id>/end/", messages.end, name="message-end"),
    path(f"{OPERATION}messages/<uuid:message_id>/read/", messages.put_away, name="message-read"),
]
