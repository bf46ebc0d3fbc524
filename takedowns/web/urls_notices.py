"""The addresses of what people are told: what changed for them, and messages to all in an operation."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.web.views import messages, news

_ONE = "operations/<slug:reference>/messages/"

urlpatterns: list[URLPattern] = [
    path("what-changed/", news.what_changed, name="news"),
    path("what-changed/read/", news.read, name="news-read"),
    path("what-changed/choose/", news.choose, name="news-choose"),
    path(_ONE, messages.all_messages, name="messages"),
    path(f"{_ONE}<uuid:message_id>/end/", messages.end, name="message-end"),
    path(f"{_ONE}<uuid:message_id>/read/", messages.put_away, name="message-read"),
]
