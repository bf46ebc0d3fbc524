"""The address of the guide."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.guide import views

urlpatterns: list[URLPattern] = [path("guide/", views.guide, name="guide")]
