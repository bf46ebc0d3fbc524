"""The addresses of the pages about who looked."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.oversight import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("who-looked/", views.looks, name="looks"),
    path("who-looked/list.csv", views.looks_file, name="looks-file"),
    path("who-looked/alarms/", views.alarms, name="alarms"),
    path("who-looked/alarms/<uuid:alarm_id>/", views.look_into, name="alarm-look-into"),
    path("my-record/", views.my_looks, name="my-looks"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/looked/", views.looked, name="looked"),
]
