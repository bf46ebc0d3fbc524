"""The addresses of the pages of complaints."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.complaints import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}complaints/", views.complaints, name="complaints"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/complaints/", views.complain, name="complain"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/complaints/<uuid:complaint_id>/",
        views.complaint_decide,
        name="complaint-decide",
    ),
]
