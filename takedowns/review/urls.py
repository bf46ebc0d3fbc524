"""The addresses of the pages of review."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.review import views

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}review/", views.review, name="review"),
    path(f"{OPERATION}review/many/", views.review_many, name="review-many"),
]
