"""The addresses of the pages of review."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.review.views import after, many, one

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}review/", one.review, name="review"),
    path(f"{OPERATION}review/many/", many.review_many, name="review-many"),
    path(f"{OPERATION}review/take-back/", after.take_back, name="review-take-back"),
    path(f"{OPERATION}review/leave/", after.leave, name="review-leave"),
    path(f"{OPERATION}returned/", after.returned, name="returned"),
]
