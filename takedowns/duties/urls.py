"""The addresses of what authorities record beside orders."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.duties import views

urlpatterns: list[URLPattern] = [
    path("duties/", views.duties, name="duties"),
    path("duties/<uuid:duty_id>/take-back/", views.duty_take_back, name="duty-take-back"),
]
