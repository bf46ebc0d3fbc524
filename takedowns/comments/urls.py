"""The addresses of the pages of comments."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.comments import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}mentions/", views.mentions, name="mentions"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/comments/", views.comments, name="comments"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/comments/read/", views.read, name="comments-read"),
]
