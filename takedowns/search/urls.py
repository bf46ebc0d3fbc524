"""The addresses of the pages of search."""

from __future__ import annotations

from django.urls import URLPattern, path

from takedowns.pages.routes import OPERATION
from takedowns.search.views import bulk, find, long, saved

urlpatterns: list[URLPattern] = [
    path("find/", find.find_anything, name="find"),
    path("identify/", find.identify_address, name="identify"),
    path(f"{OPERATION}referrals/change/", bulk.change_many, name="bulk"),
    path(f"{OPERATION}referrals/views/keep/", saved.view_keep, name="view-keep"),
    path(f"{OPERATION}referrals/views/drop/", saved.view_drop, name="view-drop"),
    path(f"{OPERATION}changes/", bulk.bulk_changes, name="bulk-changes"),
    path(f"{OPERATION}changes/long/<uuid:change_id>/", long.long_change, name="bulk-long"),
    path(f"{OPERATION}changes/long/<uuid:change_id>/progress/", long.progress, name="bulk-long-progress"),
    path(f"{OPERATION}changes/long/<uuid:change_id>/stop/", long.long_stop, name="bulk-long-stop"),
    path(f"{OPERATION}changes/<uuid:change_id>/", bulk.bulk_change, name="bulk-change"),
    path(f"{OPERATION}changes/<uuid:change_id>/undo/", bulk.bulk_undo, name="bulk-undo"),
]
