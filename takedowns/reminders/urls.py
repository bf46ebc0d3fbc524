"""The addresses of the pages of reminders."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.reminders.views import reminders

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}reminders/", reminders.reminders, name="reminders"),
    path(f"{OPERATION}reminders/times/", reminders.times, name="reminder-times"),
    path(f"{OPERATION}reminders/switch/", reminders.switch, name="reminder-switch"),
    path(f"{OPERATION}reminders/sent/<uuid:reminder_id>/again/", reminders.again, name="reminder-again"),
    path(f"{OPERATION}reminders/to/<slug:slug>/", reminders.recipients, name="reminder-recipients"),
]
