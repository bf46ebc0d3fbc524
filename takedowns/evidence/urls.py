"""The addresses of the pages of evidence."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.evidence import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path("pictures/", views.pictures_choose, name="pictures-choose"),
    path(f"{OPERATION}referrals/<uuid:referral_id>/evidence/", views.evidence, name="evidence"),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/",
        views.evidence_one,
        name="evidence-one",
    ),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/take-back/",
        views.evidence_take_back,
        name="evidence-take-back",
    ),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/picture/",
        views.evidence_picture,
        name="evidence-picture",
    ),
    path(
        f"{OPERATION}referrals/<uuid:referral_id>/evidence/<uuid:evidence_id>/file/",
        views.evidence_file,
        name="evidence-file",
    ),
]
