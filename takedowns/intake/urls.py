"""The addresses of the pages of intake."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.intake.views import hand_in, preview, submissions, withdrawal
from takedowns.pages.routes import OPERATION

urlpatterns: list[URLPattern] = [
    path(f"{OPERATION}hand-in/", hand_in.hand_in, name="hand-in"),
    path(f"{OPERATION}hand-in/template.csv", hand_in.template_csv, name="hand-in-template"),
    path(f"{OPERATION}submissions/<uuid:submission_id>/preview/", preview.look, name="preview"),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/preview/confirm/",
        preview.confirm,
        name="preview-confirm",
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/preview/discard/",
        preview.discard,
        name="preview-discard",
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/preview/columns/",
        preview.columns,
        name="preview-columns",
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/preview/repair/", preview.repair, name="preview-repair"
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/preview/platform/",
        preview.platform,
        name="preview-platform",
    ),
    path(f"{OPERATION}submissions/", submissions.submissions, name="submissions"),
    path(f"{OPERATION}submissions/<uuid:submission_id>/", submissions.submission, name="submission"),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/withdraw/",
        withdrawal.withdraw,
        name="submission-withdraw",
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/progress/",
        submissions.progress,
        name="submission-progress",
    ),
    path(
        f"{OPERATION}submissions/<uuid:submission_id>/report.csv",
        submissions.report_csv,
        name="submission-csv",
    ),
]
