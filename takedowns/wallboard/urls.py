"""The addresses of the pages of wallboard."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.wallboard import views

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}wall/", views.wall, name="wall"),
    path(f"{OPERATION}wall/live/", views.wall_live, name="wall-live"),
    path(f"{OPERATION}wall/links/", views.links, name="wall-links"),
    path(f"{OPERATION}wall/links/<uuid:link_id>/revoke/", views.revoke, name="wall-revoke"),
    path("wall/<str:token>/", views.shown, name="wall-shown"),
    path("wall/<str:token>/live/", views.shown_live, name="wall-shown-live"),
]
