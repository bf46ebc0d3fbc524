"""The addresses of the pages of statements of reasons."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.statements import views

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}statements/", views.statements, name="statements"),
    path(f"{OPERATION}statements/batches.zip", views.batches_file, name="statements-file"),
    path(f"{OPERATION}statements/<uuid:comparison_id>/", views.compared, name="statements-compared"),
    path(
        f"{OPERATION}statements/<uuid:comparison_id>/lines.csv",
        views.compared_csv,
        name="statements-lines-csv",
    ),
]
