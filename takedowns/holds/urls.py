"""The addresses of the pages of holds."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.holds import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("holds/", views.holds, name="holds"),
    path("holds/<uuid:hold_id>/release/", views.release_hold, name="hold-release"),
    path(f"{OPERATION}conflicts/", views.conflicts, name="conflicts"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/hold/lift/", views.override, name="hold-override"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/hold/", views.hold_referral, name="hold-referral"),
]
