"""The addresses of the pages of verification."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.verification.views import checks, origin

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}look-again/", checks.look_again, name="look-again"),
    path(f"{OPERATION}look-again/many/", checks.look_again_many, name="look-again-many"),
    path(f"{OPERATION}look-again/schedule/", checks.look_again_schedule, name="look-again-schedule"),
    path(f"{OPERATION}still-online/", checks.still_up, name="still-online"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/origin/", origin.origin, name="origin"),
]
