"""The addresses of the pages of directory."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.directory import views

urlpatterns: list[URLPattern] = [
    path("keys/", views.keys, name="keys"),
    path("keys/make/", views.make, name="key-make"),
    path("keys/<slug:prefix>/", views.key, name="key"),
    path("keys/<slug:prefix>/rotate/", views.rotate, name="key-rotate"),
    path("keys/<slug:prefix>/revoke/", views.revoke, name="key-revoke"),
]
