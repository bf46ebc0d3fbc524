"""The address of the page of components; only where ``DEBUG`` is set."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages import views

urlpatterns: list[URLPattern] = [path("", views.components, name="components")]
