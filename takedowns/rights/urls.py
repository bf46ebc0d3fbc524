"""The addresses of what the law asks of data that are kept."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.rights import views

urlpatterns: list[URLPattern] = [
    path("retention/legal-holds/", views.legal_holds, name="legal-holds"),
    path(
        "retention/legal-holds/<uuid:hold_id>/release/", views.legal_hold_release, name="legal-hold-release"
    ),
    path("retention/disclosures/", views.disclosure_log, name="disclosures"),
    path("people/<uuid:user_id>/pseudonym/", views.pseudonym, name="pseudonym"),
    path("retention/data-report/", views.data_report, name="data-report"),
]
