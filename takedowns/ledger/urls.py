"""The addresses of the pages of the ledger."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.ledger import views
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}referrals/<uuid:referral_id>/sealed/", views.sealed, name="sealed"),
    path("ledger/", views.ledger, name="ledger"),
    path("witness/add-checkpoint", views.add_checkpoint, name="witness-add"),
    path("exports/", views.check_file, name="check-file"),
    path(".well-known/takedowns-ledger", views.keys, name="ledger-keys"),
]
