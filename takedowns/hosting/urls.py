"""The addresses of the pages of hosts that are no platform."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.hosting import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}hosts/", views.other_hosts, name="other-hosts"),
    path(f"{OPERATION}hosts/<str:domain>/", views.other_host, name="other-host"),
    path(f"{OPERATION}hosts/<str:domain>/look-up/", views.other_host_look_up, name="other-host-look-up"),
    path("hosts/<slug:slug>/promote/", views.host_promote, name="host-promote"),
]
